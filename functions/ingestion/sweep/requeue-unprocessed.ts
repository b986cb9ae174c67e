import { mayBeSubmission } from "../../../contract/intake-keys.ts";
import { createdEvent } from "../../../domain/s3-notification.ts";
import type { IntakeQueue } from "../stores/intake-queue.ts";
import type { IntakeStore } from "../stores/intake-store.ts";
import type { SweepProgress } from "../stores/sweep-progress.ts";
import { walk } from "./walk.ts";

export interface RequeueContext {
  readonly intake: Pick<IntakeStore, "list">;
  readonly intakeBucket: string;
  readonly queue: IntakeQueue;
  readonly progress: SweepProgress;
  readonly unprocessedAfterMilliseconds: number;
  readonly mayGoOn: () => boolean;
  readonly now: () => number;
}

/**
 * Counts payloads that should have had their outcome long ago and tells the queue of them again: an event that was
 * lost loses nothing. Each is queued again when it comes of that age, of twice that age, of four times that age …,
 * so that one that can't be processed, or a queue that stands still, is not told of over and over.
 *
 * Objects that are no submission are counted apart, and the queue hears nothing of them: nobody waits for them.
 */
export async function requeueUnprocessed(
  context: RequeueContext,
): Promise<{ unprocessed: number; requeued: number; foreign: number }> {
  const { intake, intakeBucket, queue, progress, unprocessedAfterMilliseconds: minAge } = context;
  let unprocessed = 0;
  let requeued = 0;
  let foreign = 0;
  await walk({
    task: "intake",
    progress,
    mayGoOn: context.mayGoOn,
    now: context.now,
    async list(afterKey) {
      const { objects, lastKey } = await intake.list(afterKey);
      return { entries: objects, ...(lastKey && { after: lastKey }) };
    },
    async visit(objects, { startedAt, previousAt }) {
      const old = objects.filter(({ writtenAt }) => startedAt - writtenAt >= minAge);
      const waiting = old.filter(({ key }) => mayBeSubmission(key));
      const due = waiting.filter(
        ({ writtenAt }) =>
          doublings(startedAt - writtenAt, minAge) > doublings(previousAt - writtenAt, minAge),
      );
      unprocessed += waiting.length;
      foreign += old.length - waiting.length;
      await queue.send(due.map(({ key }) => createdEvent(intakeBucket, key)));
      requeued += due.length;
    },
  });
  return { unprocessed, requeued, foreign };
}

/** How often the minimum fits into the age by doubling; -1 for what is younger. */
function doublings(age: number, minAge: number): number {
  return age < minAge ? -1 : Math.floor(Math.log2(age / minAge));
}
