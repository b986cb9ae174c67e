import type { Finding } from "./check.ts";
import type { QueueDepth } from "./operator-view.ts";

/** What an operator sees of a payload that was accepted and has no outcome; undefined is what nobody could look at. */
export interface Pending {
  /** Whether its object is in the intake bucket. */
  readonly waits: boolean | undefined;
  readonly queue: QueueDepth | undefined;
  /** Those that came since it was sent. */
  readonly deadLetters: number | undefined;
}

/** The steps of the way behind a 202, and how far a payload came: those before `stuckAt` hold. */
export type StuckAt = "intake" | "notification" | "queue" | "function";

export interface Stuck {
  readonly at: StuckAt;
  readonly finding: Finding;
}

/** Where a payload without an outcome is stuck. */
export function diagnosePending({ waits, queue, deadLetters }: Pending): Stuck {
  if (waits === false) return GONE;
  if (queue === undefined) return UNSEEN;
  if (deadLetters !== undefined && deadLetters > 0) return DEAD;
  if (queue.inFlight > 0) return IN_FLIGHT;
  if (queue.visible + queue.delayed > 0) return VISIBLE;
  return NOT_NOTIFIED;
}

const GONE: Stuck = {
  at: "function",
  finding: {
    part: "the queue function, or somebody who deletes in the intake bucket",
    look: "The payload is gone from the intake bucket and has no outcome. Check the function's log, the item's rows in the table, and who else may delete in the bucket.",
    section: "queue-function-errors",
  },
};

const UNSEEN: Stuck = {
  at: "notification",
  finding: {
    part: "the bucket's notification, the queue, its mapping or the queue function",
    look: "The queue could not be read. With AWS credentials, this check shows which one it is. Otherwise look at the queue's depth and the queue function's log.",
    section: "unprocessed-objects",
  },
};

const DEAD: Stuck = {
  at: "function",
  finding: {
    part: "the queue function: a service that it calls",
    look: "The dead-letter queue has more messages than before. Run npm run redrive to see why, fix the cause, then redrive.",
    section: "dead-letters",
  },
};

const IN_FLIGHT: Stuck = {
  at: "function",
  finding: {
    part: "the queue function",
    look: "Messages are in flight and none is finished: the function fails or is slow. Its log has the errors. A failed message comes back after the visibility timeout.",
    section: "queue-function-errors",
  },
};

const VISIBLE: Stuck = {
  at: "queue",
  finding: {
    part: "the event source mapping",
    look: "Messages wait, and Lambda does not receive them. Check that the mapping is enabled, and that the function has free concurrency.",
    section: "mapping-stalled",
  },
};

const NOT_NOTIFIED: Stuck = {
  at: "notification",
  finding: {
    part: "the bucket's notification, or the queue's policy",
    look: "The payload waits in the intake bucket, and the queue is empty: S3 sent no event. Another stack may have overwritten the notification. npm run plan shows it.",
    section: "unprocessed-objects",
  },
};
