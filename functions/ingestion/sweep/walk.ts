import type { SweepProgress, SweepTask } from "../stores/sweep-progress.ts";

export interface Page<T> {
  readonly entries: readonly T[];
  /** The place to list after; absent on the last page. */
  readonly after?: string;
}

export interface Walk<T> {
  readonly task: SweepTask;
  readonly progress: SweepProgress;
  /** Whether there is time for another page; one is always looked at. */
  readonly mayGoOn: () => boolean;
  readonly now: () => number;
  list(after?: string): Promise<Page<T>>;
  visit(entries: readonly T[], pass: Pass): Promise<void>;
}

/** Epoch milliseconds. */
export interface Pass {
  readonly startedAt: number;
  /** When the pass before began. */
  readonly previousAt: number;
}

/**
 * Looks at everything, page by page, from where the last run stopped. Progress is kept after each page, so that a
 * run that breaks off repeats one page at most.
 * @returns whether the pass reached the end
 */
export async function walk<T>({
  task,
  progress,
  mayGoOn,
  now,
  list,
  visit,
}: Walk<T>): Promise<{ completed: boolean }> {
  const { previousPassAt, pass: begun } = await progress.read(task);
  const startedAt = begun?.startedAt ?? now();
  let after = begun?.after;
  do {
    const { entries, after: next } = await list(after);
    await visit(entries, { startedAt, previousAt: previousPassAt });
    if (next === undefined) {
      await progress.write(task, { previousPassAt: startedAt });
      return { completed: true };
    }
    after = next;
    await progress.write(task, { previousPassAt, pass: { startedAt, after } });
  } while (mayGoOn());
  return { completed: false };
}
