/** What a message of the dead-letter queue and its object tell, and the function's log where it was read. */
export interface Diagnosis {
  readonly cause: Cause;
  /** The object that it is about: the worst of them, where a message tells of several. */
  readonly key: string | undefined;
  /** The name of the error with which the function gave the message back last. */
  readonly loggedError: string | undefined;
}

interface Explanation {
  readonly title: string;
  readonly onRedrive: string;
  /** Whether the function can finish it. */
  readonly canSucceed: boolean;
  /** Of docs/operations.md. */
  readonly section: string;
}

/** The worst first: a message that tells of several objects is what the worst of them is. */
export const CAUSES = {
  unreadable: {
    title: "The message is not an event of S3",
    onRedrive: "it fails again",
    canSucceed: false,
    section: "delete-a-message",
  },
  foreign: {
    title: "No API writes keys of this form",
    onRedrive: "the queue function ignores it: no sender waits for it",
    canSucceed: false,
    section: "foreign-objects",
  },
  older: {
    title: "The key was written by an older version of this project",
    onRedrive: "it fails again: the queue function does not read keys of older versions",
    canSucceed: false,
    section: "objects-of-an-older-version",
  },
  gone: {
    title: "The object is no longer in the intake bucket",
    onRedrive: "the queue function drops it if its submission has an outcome; otherwise it fails again",
    canSucceed: true,
    section: "delete-a-message",
  },
  tooLarge: {
    title: "The object is larger than the limit for payloads",
    onRedrive: "its submission is rejected, with a reason that the sender can read",
    canSucceed: true,
    section: "dead-letters",
  },
  waiting: {
    title: "The object waits in the intake bucket",
    onRedrive: "it is processed like a new payload",
    canSucceed: true,
    section: "dead-letters",
  },
  nothing: {
    title: "The message names no object below incoming/ in the intake bucket",
    onRedrive: "the queue function drops it, and writes a line to its log",
    canSucceed: true,
    section: "dead-letters",
  },
} as const satisfies Record<string, Explanation>;

export type Cause = keyof typeof CAUSES;

export const causes = Object.keys(CAUSES) as readonly Cause[];

/** What the function throws where no repetition helps, whatever the message looks like. */
export const FINAL_ERRORS: Readonly<Record<string, Pick<Explanation, "onRedrive" | "section">>> = {
  KeyLayoutError: {
    onRedrive: "it fails again: its metadata names another caller or submission than its key",
    section: "dead-letters",
  },
  LostPayloadError: {
    onRedrive: "it fails again: its submission has no outcome, and its payload is lost",
    section: "delete-a-message",
  },
  NotificationError: { onRedrive: "it fails again", section: "delete-a-message" },
};

/** Metadata is not read here: without the function's log nobody knows. */
const unlessItNamesAnother = "or fails again if its metadata names another caller than its key";

/** What is known of a diagnosis: of its cause, unless the function's own error tells more. */
export function explain({ cause, loggedError }: Diagnosis): Explanation {
  const explanation: Explanation = CAUSES[cause];
  const final = FINAL_ERRORS[loggedError ?? ""];
  if (explanation.canSucceed && final !== undefined) return { ...explanation, ...final, canSucceed: false };
  if (cause !== "waiting" || loggedError !== undefined) return explanation;
  return { ...explanation, onRedrive: `${explanation.onRedrive}, ${unlessItNamesAnother}` };
}
