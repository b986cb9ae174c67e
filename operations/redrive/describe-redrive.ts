import { resourceNames } from "../../contract/resource-names.ts";
import type { DeployedStack } from "../deployed-stack.ts";
import { counted, pasteable } from "../printable.ts";
import type { IntakeQueueState } from "./dead-letter-queue.ts";
import { describeGroups } from "./describe-groups.ts";
import { type CauseGroup, type DiagnosedLetter, groupByCause } from "./group-by-cause.ts";
import type { Moved } from "./move-back.ts";

export interface RedriveContext {
  readonly stack: Pick<DeployedStack, "environment" | "namePrefix" | "deadLetterQueueUrl" | "local">;
  readonly all: boolean;
  readonly perSecond: number;
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** What a look has seen. */
export interface Seen {
  /** As SQS says it. */
  readonly inQueue: number;
  readonly intake: IntakeQueueState;
  readonly groups: readonly CauseGroup[];
  /** Why the function's log tells nothing, or not all; undefined where it was read. */
  readonly unread: string | undefined;
}

export function lookReport({ inQueue, intake, groups, unread }: Seen, { stack, all }: RedriveContext) {
  const { environment, deadLetterQueueUrl: queue } = stack;
  const counts = { inQueue, looked: sum(groups), movable: movable(groups, all) };
  return { environment, queue, applied: false, ...counts, intake, logRead: unread === undefined, groups };
}

export function describeLook({ inQueue, intake, groups, unread }: Seen, context: RedriveContext): string[] {
  const looked = sum(groups);
  const { all, perSecond } = context;
  return [
    `${namesOf(context).deadLetterQueue}: about ${counted(inQueue, "message")}, ${looked} shown here.`,
    describeIntake(intake, context),
    ...(looked > 0
      ? [
          "SQS shows messages only by delivering them: each receive count went up by one.",
          ...describeLog(unread),
        ]
      : []),
    ...describeGroups(groups, context),
    "",
    looked === 0
      ? describeNothing(inQueue, intake)
      : `Nothing was moved. --apply moves ${movable(groups, all)} of ${looked} back to the intake queue, at most ${perSecond} per second.`,
  ];
}

function describeIntake({ waiting, inFlight }: IntakeQueueState, context: RedriveContext): string {
  return `${namesOf(context).queue}: about ${waiting} waiting, ${inFlight} in flight (being processed, or hidden until the next try).`;
}

export function moveReport(
  { moved, kept, failedAgain }: Moved,
  unread: string | undefined,
  { stack }: RedriveContext,
) {
  const { environment, deadLetterQueueUrl: queue } = stack;
  const counts = { moved: moved.length, kept: kept.length, failedAgain: failedAgain.length };
  const groups = {
    moved: groupByCause(moved),
    kept: groupByCause(kept),
    failedAgain: groupByCause(failedAgain),
  };
  return { environment, queue, applied: true, ...counts, logRead: unread === undefined, groups };
}

export function describeMove(
  { moved, kept, failedAgain }: Moved,
  { retrySeconds }: Pick<IntakeQueueState, "retrySeconds">,
  unread: string | undefined,
  context: RedriveContext,
): string[] {
  const ended = context.signal.aborted
    ? " You stopped the command before it had seen all of them: run it again for the rest."
    : "";
  const stayed = (count: number, why: string) => ["", `${counted(count, "message")} ${why}:`];
  return [
    `${namesOf(context).deadLetterQueue}: ${counted(moved.length, "message")} moved back to the intake queue.${ended}`,
    ...(moved.length > 0 ? describeNextLook(retrySeconds, context) : []),
    ...(moved.length + kept.length > 0 ? describeLog(unread) : []),
    ...(kept.length > 0 ? stayed(kept.length, "stayed, because the queue function cannot process them") : []),
    ...describeGroups(groupByCause(kept), context),
    ...(failedAgain.length > 0
      ? stayed(failedAgain.length, "failed again meanwhile and stayed: the cause is still there")
      : []),
    ...describeGroups(groupByCause(failedAgain), context),
  ];
}

/** That messages were moved does not say that they were processed. */
function describeNextLook(retrySeconds: number | undefined, context: RedriveContext): string[] {
  if (retrySeconds === undefined) return [];
  const duration =
    retrySeconds < 120 ? counted(retrySeconds, "second") : `${Math.ceil(retrySeconds / 60)} minutes`;
  const time = new Date(context.now + retrySeconds * 1_000)
    .toISOString()
    .slice(11, retrySeconds < 120 ? 19 : 16);
  return [
    `A message that still fails is back here in about ${duration} (${time} UTC). Look again then: ${commandOf(context)}`,
  ];
}

export function deleteReport(
  matched: number,
  diagnosed: readonly DiagnosedLetter[] | undefined,
  { stack }: Pick<RedriveContext, "stack">,
) {
  const { environment, deadLetterQueueUrl: queue } = stack;
  return {
    environment,
    queue,
    applied: diagnosed === undefined,
    matched,
    deleted: diagnosed === undefined ? matched : 0,
    ...(diagnosed && { groups: groupByCause(diagnosed) }),
  };
}

/**
 * @param diagnosed the messages, if none of them was deleted
 * @param context with an object's key, or a message's id, as `wanted`
 */
export function describeDelete(
  matched: number,
  diagnosed: readonly DiagnosedLetter[] | undefined,
  { wanted, ...context }: RedriveContext & { readonly wanted: string },
): string[] {
  const queue = namesOf(context).deadLetterQueue;
  const count = counted(matched, "message");
  if (matched === 0) {
    return [
      `${queue}: no message about ${pasteable(wanted)}. Give the key or the message id as "${commandOf(context)}" prints it.`,
    ];
  }
  if (diagnosed === undefined) return [`${queue}: ${count} about ${pasteable(wanted)} deleted.`];
  return [
    `${queue}: ${count} about ${pasteable(wanted)}.`,
    ...describeGroups(groupByCause(diagnosed), context),
    "",
    `Nothing was deleted. --apply deletes ${count}. It deletes no object of the intake bucket.`,
  ];
}

/** Nothing was received: what somebody else has received, or a command that was killed, is counted all the same. */
export function describeNothing(
  inQueue: number,
  { waiting, inFlight, retrySeconds }: IntakeQueueState,
): string {
  if (inQueue > 0) {
    return "SQS hides all of them at the moment: another client, or a command that was killed, has received them. Try again in a minute.";
  }
  if (waiting + inFlight === 0) return "There is nothing to redrive.";
  const when =
    retrySeconds === undefined
      ? ""
      : ` A message that always fails arrives here about ${Math.ceil(retrySeconds / 60)} min after its first try.`;
  return `There is nothing to redrive yet: the intake queue still holds ${counted(waiting + inFlight, "message")}.${when}`;
}

function describeLog(unread: string | undefined): string[] {
  return unread === undefined ? [] : [`The log of the queue function was not read: ${unread}.`];
}

function sum(groups: readonly CauseGroup[]): number {
  return groups.reduce((total, { count }) => total + count, 0);
}

function movable(groups: readonly CauseGroup[], all: boolean): number {
  return sum(groups.filter(({ canSucceed }) => canSucceed || all));
}

function commandOf({ stack: { environment, local } }: RedriveContext): string {
  return `npm run redrive -- ${environment}${local === undefined ? "" : " --local"}`;
}

function namesOf({ stack }: RedriveContext) {
  return resourceNames(stack.namePrefix);
}
