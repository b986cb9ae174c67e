import { resourceNames } from "../../contract/resource-names.ts";
import type { DeployedStack } from "../deployed-stack.ts";
import { counted } from "../printable.ts";
import { describeGroups } from "./describe-groups.ts";
import { type CauseGroup, groupByCause } from "./group-by-cause.ts";
import type { Moved } from "./move-back.ts";

export interface RedriveContext {
  readonly stack: Pick<DeployedStack, "environment" | "namePrefix" | "deadLetterQueueUrl">;
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
  readonly groups: readonly CauseGroup[];
  /** Why the function's log tells nothing, or not all; undefined where it was read. */
  readonly unread: string | undefined;
}

export function lookReport({ inQueue, groups, unread }: Seen, { stack, all }: RedriveContext) {
  const { environment, deadLetterQueueUrl: queue } = stack;
  const counts = { inQueue, looked: sum(groups), movable: movable(groups, all) };
  return { environment, queue, applied: false, ...counts, logRead: unread === undefined, groups };
}

export function describeLook({ inQueue, groups, unread }: Seen, context: RedriveContext): string[] {
  const looked = sum(groups);
  const { all, perSecond } = context;
  return [
    `${nameOf(context)}: about ${counted(inQueue, "message")}, ${looked} looked at.`,
    "SQS has no peek: each was received, which raised its receive count, and given back.",
    ...(looked > 0 ? describeLog(unread) : []),
    ...describeGroups(groups, context),
    "",
    looked === 0
      ? describeNothing(inQueue)
      : `Nothing was moved. With --apply ${movable(groups, all)} of ${looked} go back to the intake queue, ${perSecond} in a second at most.`,
  ];
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
  unread: string | undefined,
  context: RedriveContext,
): string[] {
  const ended = context.signal.aborted
    ? " It was ended before all were seen: run it again for the rest."
    : "";
  const stayed = (count: number, why: string) => ["", `${counted(count, "message")} ${why}:`];
  return [
    `${nameOf(context)}: ${counted(moved.length, "message")} moved back to the intake queue.${ended}`,
    ...(moved.length + kept.length > 0 ? describeLog(unread) : []),
    ...(kept.length > 0 ? stayed(kept.length, "stayed, for which a redrive changes nothing") : []),
    ...describeGroups(groupByCause(kept), context),
    ...(failedAgain.length > 0
      ? stayed(failedAgain.length, "failed again meanwhile and stayed: the cause is not gone")
      : []),
    ...describeGroups(groupByCause(failedAgain), context),
  ];
}

/** Nothing was received: what somebody else has received, or a command that was killed, is counted all the same. */
export function describeNothing(inQueue: number): string {
  return inQueue === 0
    ? "There is nothing to redrive."
    : "All of them are hidden: somebody else has received them, or a command that was killed. Run it again in a minute.";
}

function describeLog(unread: string | undefined): string[] {
  return unread === undefined ? [] : [`The function's log was not read: ${unread}.`];
}

function sum(groups: readonly CauseGroup[]): number {
  return groups.reduce((total, { count }) => total + count, 0);
}

function movable(groups: readonly CauseGroup[], all: boolean): number {
  return sum(groups.filter(({ canSucceed }) => canSucceed || all));
}

function nameOf({ stack }: RedriveContext): string {
  return resourceNames(stack.namePrefix).deadLetterQueue;
}
