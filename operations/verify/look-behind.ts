import { documentKey, INTAKE_PREFIX } from "../../contract/keys.ts";
import { type Check, type Finding, fails, holds, notChecked } from "./check.ts";
import { describeDepth, follow } from "./follow-payload.ts";
import type { QueueDepth, Seen } from "./operator-view.ts";
import type { Verification } from "./step.ts";

/** The time that the queue function has to delete an object after its outcome is durable. */
const removalSeconds = 15;

/** Why the bucket is empty afterwards: an object is deleted once its outcome is durable. */
export async function lookBehind(verification: Verification): Promise<Check[]> {
  const { stack, view } = verification;
  return [
    await emptiedCheck(verification),
    await documentPlaceCheck(verification),
    depthCheck("the intake queue answers", await view.depthOf(stack.queueUrl), () => undefined),
    depthCheck(
      "the dead-letter queue is empty",
      await view.depthOf(stack.deadLetterQueueUrl),
      ({ visible, inFlight, delayed }) => (visible + inFlight + delayed > 0 ? DEAD_LETTERS : undefined),
    ),
  ].flatMap((check) => check ?? []);
}

const DEAD_LETTERS: Finding = {
  part: "payloads that failed before",
  look: "They are in the dead-letter queue. Run npm run redrive to see why, fix the cause, then redrive.",
  section: "dead-letters",
};

async function emptiedCheck(verification: Verification): Promise<Check | undefined> {
  const { stack, view, caller, payloads, seen } = verification;
  const { item } = payloads.large;
  if (!seen.hasOutcome) return undefined;
  const expected = "the payload is no longer in the intake bucket: it is deleted once its outcome is stored";
  if (caller === undefined) return notChecked(expected, UNKNOWN_CALLER);
  const prefix = `${INTAKE_PREFIX}${caller}/${item}/`;
  const left = await follow(
    verification,
    removalSeconds,
    () => view.keysBelow(stack.intakeBucket, prefix),
    (keys) => keys.kind !== "seen" || keys.value.length === 0,
  );
  if (left.kind === "unseen") return notChecked(expected, left.reason);
  if (left.kind === "missing") return fails(expected, left.reason, OTHER_BUCKET);
  return left.value.length === 0
    ? holds(expected)
    : fails(expected, left.value.join(", "), {
        part: "the queue function's permission to delete",
        look: "The outcome is stored, but the payload remains. Check that the function's role may delete below incoming/. The sweep queues it again each time.",
        section: "unprocessed-objects",
      });
}

const UNKNOWN_CALLER = "the proxy's name of this caller is not known: give --caller <name>";
const OTHER_BUCKET: Finding = {
  part: "the bucket of the outputs",
  look: "It does not exist: the outputs do not match the account.",
};

/** Its key also shows that the caller is who the proxy says that it is. */
async function documentPlaceCheck({ stack, view, caller, payloads, seen }: Verification) {
  const [file] = payloads.large.sample.files;
  const { item } = payloads.large;
  if (!seen.storedItems.has(item) || file === undefined || caller === undefined) return undefined;
  const key = documentKey({ caller, item }, file.sha256);
  const expected = `the documents bucket has ${key}`;
  const found = await view.keysBelow(stack.documentsBucket, key);
  if (found.kind === "unseen") return notChecked(expected, found.reason);
  if (found.kind === "missing") return fails(expected, found.reason, OTHER_BUCKET);
  return found.value.includes(key)
    ? holds(expected)
    : fails(expected, "it is not there", {
        part: "the caller's name",
        look: `The proxy's name for this credential is not ${caller}. Give --caller <name>, or check proxy.callers.`,
      });
}

function depthCheck(
  expected: string,
  seen: Seen<QueueDepth>,
  find: (depth: QueueDepth) => Finding | undefined,
): Check {
  if (seen.kind === "unseen") return notChecked(expected, seen.reason);
  if (seen.kind === "missing") {
    return fails(expected, seen.reason, { ...OTHER_BUCKET, part: "the queue of the outputs" });
  }
  const finding = find(seen.value);
  const got = describeDepth(seen.value);
  return finding === undefined ? holds(expected, got) : fails(expected, got, finding);
}
