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
  /** Whether the function can bring it to an end. */
  readonly canSucceed: boolean;
  /** Of docs/operations.md. */
  readonly section: string;
}

/** The worst first: a message that tells of several objects is what the worst of them is. */
export const CAUSES = {
  unreadable: {
    title: "The message is no event of S3",
    onRedrive: "it fails again",
    canSucceed: false,
    section: "dead-letters",
  },
  foreign: {
    title: "The key is none that an API writes",
    onRedrive: "left alone, as nobody waits for it",
    canSucceed: false,
    section: "foreign-objects",
  },
  older: {
    title: "The key is of an older version of this project",
    onRedrive: "it fails again: keys of older versions are not read",
    canSucceed: false,
    section: "objects-of-an-older-version",
  },
  gone: {
    title: "The object is gone from the intake bucket",
    onRedrive:
      "done at once where its submission has an outcome; else it fails again, and somebody has to look",
    canSucceed: true,
    section: "dead-letters",
  },
  tooLarge: {
    title: "The object waits, and is larger than payloads may be",
    onRedrive: "rejected, with a reason that its sender can read",
    canSucceed: true,
    section: "dead-letters",
  },
  waiting: {
    title: "The object waits in the intake bucket",
    onRedrive: "processed like a new one",
    canSucceed: true,
    section: "dead-letters",
  },
  nothing: {
    title: "The message tells of no object of the intake",
    onRedrive: "dropped, with a line in the function's log",
    canSucceed: true,
    section: "dead-letters",
  },
} as const satisfies Record<string, Explanation>;

export type Cause = keyof typeof CAUSES;

export const causes = Object.keys(CAUSES) as readonly Cause[];

/** What the function throws where no repetition helps, whatever the message looks like. */
export const FINAL_ERRORS: Readonly<Record<string, Pick<Explanation, "onRedrive" | "section">>> = {
  KeyLayoutError: {
    onRedrive: "it fails again: its key and its metadata disagree, or its key is of an older version",
    section: "dead-letters",
  },
  LostPayloadError: {
    onRedrive: "it fails again: its object is gone, and its submission has no outcome",
    section: "dead-letters",
  },
  NotificationError: { onRedrive: "it fails again", section: "dead-letters" },
};

/** What is known of a diagnosis: of its cause, unless the function's own error tells more. */
export function explain({ cause, loggedError }: Diagnosis): Explanation {
  const explanation: Explanation = CAUSES[cause];
  const final = FINAL_ERRORS[loggedError ?? ""];
  if (final === undefined || !explanation.canSucceed) return explanation;
  return { ...explanation, ...final, canSucceed: false };
}
