import { type Diagnosis, explain } from "./causes.ts";
import type { DeadLetter } from "./dead-letter.ts";

export interface DiagnosedLetter extends Diagnosis {
  readonly letter: Pick<DeadLetter, "messageId" | "sentAt">;
}

/** Messages that failed alike. */
export interface CauseGroup {
  readonly cause: Diagnosis["cause"];
  readonly title: string;
  readonly loggedError: string | null;
  readonly count: number;
  /** When the oldest of them was sent first; null where the queue does not say. */
  readonly oldest: string | null;
  readonly exampleKey: string | null;
  /** The id of one of its messages. */
  readonly exampleMessageId: string;
  readonly onRedrive: string;
  readonly canSucceed: boolean;
  readonly runbook: string;
}

/** The largest first. */
export function groupByCause(letters: readonly DiagnosedLetter[]): CauseGroup[] {
  const groups = new Map<string, DiagnosedLetter[]>();
  for (const letter of letters) {
    const name = `${letter.cause} ${letter.loggedError ?? ""}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [letter]);
    else group.push(letter);
  }
  return [...groups.values()].map(groupOf).toSorted((a, b) => b.count - a.count);
}

function groupOf(letters: readonly DiagnosedLetter[]): CauseGroup {
  const [first] = letters;
  if (first === undefined) throw new Error("a group has a message");
  const { title, onRedrive, canSucceed, section } = explain(first);
  const times = letters.map(({ letter }) => letter.sentAt).filter(Number.isFinite);
  return {
    cause: first.cause,
    title,
    loggedError: first.loggedError ?? null,
    count: letters.length,
    oldest: times.length > 0 ? new Date(times.reduce((a, b) => Math.min(a, b))).toISOString() : null,
    exampleKey: letters.find(({ key }) => key !== undefined)?.key ?? null,
    exampleMessageId: first.letter.messageId,
    onRedrive,
    canSucceed,
    runbook: `docs/operations.md#${section}`,
  };
}
