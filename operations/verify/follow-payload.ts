import { setTimeout as sleep } from "node:timers/promises";
import { documentKey, INTAKE_PREFIX, intakeKey } from "../../contract/keys.ts";
import { type Answer, describeAnswer, jsonOf } from "./answer.ts";
import { type Check, type Finding, fails, holds, notChecked } from "./check.ts";
import { diagnoseAnswer } from "./diagnose-answer.ts";
import { diagnosePending, type Pending, type StuckAt } from "./diagnose-outcome.ts";
import { send } from "./expect-answer.ts";
import type { QueueDepth, Seen } from "./operator-view.ts";
import type { Verification } from "./step.ts";

const firstPauseMilliseconds = 100;
const longestPauseMilliseconds = 5_000;

/** Looks again and again, with longer and longer pauses, until it is done or the time is up. */
async function follow<Value>(
  { signal }: Verification,
  seconds: number,
  look: () => Promise<Value>,
  isDone: (value: Value) => boolean,
): Promise<Value> {
  const deadline = performance.now() + seconds * 1000;
  for (let pause = firstPauseMilliseconds; ; pause = Math.min(pause * 1.5, longestPauseMilliseconds)) {
    const value = await look();
    if (isDone(value) || performance.now() + pause > deadline) return value;
    await sleep(pause, undefined, { signal });
  }
}

/** `accepted` is said of what lies in the intake bucket alone, so that this needs no rights there. */
export async function lookIntoIntake(verification: Verification): Promise<Check[]> {
  const { accepted } = verification.seen;
  if (accepted === undefined) return [];
  const expected = "the payload lies in the intake bucket, or has its outcome already";
  const answer = await send(verification, "GET", accepted.statusPath);
  const { status } = jsonOf(answer);
  if (answer.status !== 200) {
    return [
      fails(
        expected,
        describeAnswer(answer),
        answer.status === 404 ? NOT_IN_THE_INTAKE : diagnoseAnswer(answer),
      ),
    ];
  }
  return [holds(expected, status === "accepted" ? "it lies there" : `its outcome is there: ${status}`)];
}

const NOT_IN_THE_INTAKE: Finding = {
  part: "the intake bucket, or the API function's right to look into it",
  look: "The large API says that it wrote the payload, and the synchronous one finds none: do both have the same bucket, and may the API function's role list and read below incoming/? Or the caller of the key is another.",
  section: "api-server-errors",
};

/** By the order in which a payload goes through them. */
const WAY: readonly (readonly [StuckAt, string])[] = [
  ["notification", "S3 told the queue of the object"],
  ["queue", "the event source mapping took the message"],
  ["function", "the queue function stored the record"],
];

export async function awaitOutcome(verification: Verification): Promise<Check[]> {
  const { seen, timeoutSeconds } = verification;
  const { accepted } = seen;
  if (accepted === undefined) return [];
  const answer = await follow(
    verification,
    timeoutSeconds,
    () => send(verification, "GET", accepted.statusPath),
    hasEnded,
  );
  const { status } = jsonOf(answer);
  if (answer.status !== 200 && answer.status !== 404) {
    return [fails("its submission can be read", describeAnswer(answer), diagnoseAnswer(answer))];
  }
  if (answer.status === 200 && status !== "accepted") return outcomeChecks(verification, answer);
  return stuckChecks(verification, answer.status === 404);
}

/** What is neither waiting nor busy, so that another look would tell nothing else. */
function hasEnded(answer: Answer): boolean {
  if (answer.status === 200) return jsonOf(answer)["status"] !== "accepted";
  return answer.status !== 404 && answer.status !== 429 && answer.status < 500;
}

function outcomeChecks({ seen, payloads }: Verification, answer: Answer): Check[] {
  seen.hasOutcome = true;
  const checks = WAY.slice(0, -1).map(([, expected]) => holds(expected));
  const [, stored] = WAY[WAY.length - 1] ?? ["", ""];
  if (jsonOf(answer)["status"] === "stored") {
    seen.storedItems.add(payloads.large.item);
    return [...checks, holds(stored)];
  }
  return [
    ...checks,
    fails(stored, describeAnswer(answer), {
      part: "the queue function's version",
      look: "It rejected, or set aside, what this checkout makes by its contract: verify from the commit that was applied, or apply this one.",
      section: "rejected-submissions",
    }),
  ];
}

async function stuckChecks(verification: Verification, isGone: boolean): Promise<Check[]> {
  const pending = await lookAtPending(verification, isGone);
  const { at, finding } = diagnosePending(pending);
  const index = WAY.findIndex(([part]) => part === at);
  const got = `no outcome after ${verification.timeoutSeconds} s${describePending(pending)}`;
  return WAY.map(([, expected], position) => {
    if (position < index) return holds(expected);
    return position === index ? fails(expected, got, finding) : notChecked(expected, "nothing came so far");
  });
}

async function lookAtPending({ stack, view }: Verification, isGone: boolean): Promise<Pending> {
  const [queue, deadLetters] = await Promise.all([
    view.depthOf(stack.queueUrl),
    view.depthOf(stack.deadLetterQueueUrl),
  ]);
  const dead = seenValue(deadLetters);
  return {
    waits: !isGone,
    queue: seenValue(queue),
    deadLetters: dead && dead.visible + dead.inFlight + dead.delayed,
  };
}

function seenValue<Value>(seen: Seen<Value>): Value | undefined {
  return seen.kind === "seen" ? seen.value : undefined;
}

function describePending({ waits, queue, deadLetters }: Pending): string {
  const parts = [
    `the object ${waits ? "waits" : "is gone"}`,
    ...(queue ? [`queue: ${describeDepth(queue)}`] : []),
    ...(deadLetters === undefined ? [] : [`dead letters: ${deadLetters}`]),
  ];
  return ` (${parts.join("; ")})`;
}

function describeDepth({ visible, inFlight, delayed }: QueueDepth): string {
  return `${visible + delayed} waiting, ${inFlight} in flight`;
}

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
  look: "They wait in the dead-letter queue. Look at what they failed at, mend it, then redrive.",
  section: "dead-letters",
};

async function emptiedCheck(verification: Verification): Promise<Check | undefined> {
  const { stack, view, caller, payloads, seen } = verification;
  const { item } = payloads.large;
  if (!seen.hasOutcome) return undefined;
  const expected =
    "the intake bucket holds nothing of it any more: a payload is deleted once its outcome is durable";
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
        part: "the queue function's right to delete",
        look: "The outcome is there, and the payload stays: may the function's role delete below incoming/? The sweep queues it again and again.",
        section: "unprocessed-objects",
      });
}

const UNKNOWN_CALLER = "nobody says by which name the proxy knows this caller: give --caller <name>";
const OTHER_BUCKET: Finding = {
  part: "the bucket of the outputs",
  look: "There is none of that name: the outputs are of another state than the account.",
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
        look: `The proxy knows this credential by another name than ${caller}: give --caller <name>, or look at proxy.callers.`,
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

/** Of what was accepted and is not done, for whoever has to look after it. */
export function pendingKey({ caller, payloads, seen }: Verification): string | undefined {
  if (seen.accepted === undefined || seen.hasOutcome || caller === undefined) return undefined;
  return intakeKey({ caller, item: payloads.large.item }, seen.accepted.submissionId);
}
