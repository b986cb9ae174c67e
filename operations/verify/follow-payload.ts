import { setTimeout as sleep } from "node:timers/promises";
import { intakeKey } from "../../contract/keys.ts";
import { type Answer, describeAnswer, jsonOf } from "./answer.ts";
import { type Check, type Finding, fails, holds, notChecked } from "./check.ts";
import { diagnoseAnswer } from "./diagnose-answer.ts";
import { diagnosePending, type Pending, type StuckAt } from "./diagnose-outcome.ts";
import { send } from "./expect-answer.ts";
import type { QueueDepth } from "./operator-view.ts";
import type { Verification } from "./step.ts";

const firstPauseMilliseconds = 100;
const longestPauseMilliseconds = 5_000;

/** Looks again and again, with longer and longer pauses, until it is done or the time is up. */
export async function follow<Value>(
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
  const expected = "the payload is in the intake bucket, or has its outcome";
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
  return [holds(expected, status === "accepted" ? "it is there" : `its outcome: ${status}`)];
}

const NOT_IN_THE_INTAKE: Finding = {
  part: "the intake bucket, or the API function's permission to list it",
  look: "The large API answered that it wrote the payload, but the synchronous API does not find it. Check that both use the same bucket, that the API function's role may list and read below incoming/, and that both use the same caller.",
  section: "api-server-errors",
};

/** By the order in which a payload goes through them. */
const WAY: readonly (readonly [StuckAt, string])[] = [
  ["notification", "S3 sent the queue an event for the object"],
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
      look: "It rejected or superseded a record of this checkout's contract. Verify from the commit that was applied, or apply this one.",
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
    return position === index
      ? fails(expected, got, finding)
      : notChecked(expected, "the payload did not reach this step");
  });
}

async function lookAtPending(verification: Verification, isGone: boolean): Promise<Pending> {
  const { stack, view, seen } = verification;
  const queue = await view.depthOf(stack.queueUrl);
  const deadLetters = await countDeadLetters(verification);
  return {
    waits: !isGone,
    queue: queue.kind === "seen" ? queue.value : undefined,
    deadLetters: deadLetters === undefined ? undefined : deadLetters - (seen.deadLettersBefore ?? 0),
  };
}

/** Undefined where nobody can look. */
export async function countDeadLetters({ stack, view }: Verification): Promise<number | undefined> {
  const depth = await view.depthOf(stack.deadLetterQueueUrl);
  if (depth.kind !== "seen") return undefined;
  const { visible, inFlight, delayed } = depth.value;
  return visible + inFlight + delayed;
}

function describePending({ waits, queue, deadLetters }: Pending): string {
  const parts = [
    `the object ${waits ? "waits" : "is gone"}`,
    ...(queue ? [`queue: ${describeDepth(queue)}`] : []),
    ...(deadLetters === undefined ? [] : [`new dead letters: ${deadLetters}`]),
  ];
  return ` (${parts.join("; ")})`;
}

export function describeDepth({ visible, inFlight, delayed }: QueueDepth): string {
  return `${visible + delayed} waiting, ${inFlight} in flight`;
}

/** Of what was accepted and is not done, for whoever has to look after it. */
export function pendingKey({ caller, payloads, seen }: Verification): string | undefined {
  if (seen.accepted === undefined || seen.hasOutcome || caller === undefined) return undefined;
  return intakeKey({ caller, item: payloads.large.item }, seen.accepted.submissionId);
}
