import type { Outcome, Submission, WrittenOutcome } from "./outcome.ts";
import type { CurrentState } from "./stores/record.ts";

/** Write a record that answers with this outcome, or keep what is there. */
export type Decision =
  | { readonly action: "write"; readonly outcome: WrittenOutcome }
  | { readonly action: "keep"; readonly outcome: Outcome };

/** What a valid submission does to the state of its item. The last one received wins, whatever comes first. */
export function decideOutcome(
  submission: Submission,
  contentSha256: string,
  current: CurrentState | undefined,
): Decision {
  if (!current) {
    return { action: "write", outcome: { status: "stored", created: true } };
  }
  if (current.kind === "record" && current.submissionId === submission.submissionId) {
    return { action: "keep", outcome: current.outcome };
  }
  if (!isNewer(submission, current)) {
    return { action: "keep", outcome: { status: "superseded" } };
  }
  if (current.kind === "tombstone") {
    return { action: "write", outcome: { status: "stored", created: true } };
  }
  return current.contentSha256 === contentSha256
    ? { action: "write", outcome: { status: "unchanged" } }
    : { action: "write", outcome: { status: "stored", created: false } };
}

type Received = Pick<Submission, "receivedAt" | "submissionId">;

/** Later receive time; of one millisecond, the greater id. */
export function isNewer(left: Received, right: Received): boolean {
  return left.receivedAt === right.receivedAt
    ? left.submissionId > right.submissionId
    : left.receivedAt > right.receivedAt;
}
