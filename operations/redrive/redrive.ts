import { resourceNames } from "../../contract/resource-names.ts";
import type { DeployedStack } from "../deployed-stack.ts";
import { explainFailure } from "../explain-failure.ts";
import type { OperatorClients } from "../operator-clients.ts";
import { type PaceClock, systemClock } from "../pace.ts";
import { counted } from "../printable.ts";
import { createIntakeListing } from "../waiting-objects.ts";
import { createDeadLetterQueue, type DeadLetterQueue } from "./dead-letter-queue.ts";
import { describeGroups } from "./describe-groups.ts";
import { diagnose } from "./diagnose.ts";
import { type DiagnosedLetter, groupByCause } from "./group-by-cause.ts";
import { type LoggedErrors, readLoggedErrors } from "./logged-errors.ts";
import { look } from "./look.ts";
import { type Moved, moveBack } from "./move-back.ts";

export interface RedriveOptions {
  readonly apply: boolean;
  readonly all: boolean;
  readonly json: boolean;
  readonly perSecond: number;
  readonly maxMessages: number;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
  /** What is said while it works; the result goes to `print`. */
  readonly printProgress: (line: string) => void;
  readonly clock?: PaceClock;
}

type Clients = Pick<OperatorClients, "s3" | "sqs" | "logs">;

/** @throws UserError where AWS does not do what is asked of it; what was moved until then is printed before */
export async function redrive(
  stack: DeployedStack,
  clients: Clients,
  options: RedriveOptions,
): Promise<void> {
  const queue = createDeadLetterQueue(clients.sqs, stack);
  const work = options.apply ? applyRedrive : showDeadLetters;
  try {
    await work(stack, clients, queue, options);
  } catch (error) {
    throw explainFailure(
      options.apply ? "Moving messages back" : "Looking into the dead-letter queue",
      error,
    );
  }
}

/** The log is asked for what the queue can still hold: no queue keeps a message longer than 14 days. */
const longestRetentionMilliseconds = 14 * 86_400_000;

async function readErrors(
  { local, functionNames }: DeployedStack,
  { logs }: Clients,
  since: number,
): Promise<LoggedErrors> {
  if (local !== undefined) return { byMessageId: new Map(), unread: `"npm start" shows it, and keeps none` };
  return readLoggedErrors(logs, functionNames["queue"] ?? "", since);
}

function diagnoser(stack: DeployedStack, { s3 }: Clients, { byMessageId }: LoggedErrors) {
  const context = {
    listing: createIntakeListing(s3, stack),
    intakeBucket: stack.intakeBucket,
    maxPayloadBytes: stack.payload.maxBytes,
    loggedErrors: byMessageId,
  };
  return (letter: Parameters<typeof diagnose>[0]) => diagnose(letter, context);
}

async function showDeadLetters(
  stack: DeployedStack,
  clients: Clients,
  queue: DeadLetterQueue,
  options: RedriveOptions,
): Promise<void> {
  const { print, json, all } = options;
  const now = (options.clock ?? systemClock).now();
  const inQueue = await queue.approximateCount();
  const letters = await look({ queue, ...options });
  const oldest = letters.map(({ sentAt }) => sentAt).filter(Number.isFinite);
  const since = oldest.reduce((a, b) => Math.min(a, b), now);
  const errors = await readErrors(stack, clients, since);
  const diagnoseLetter = diagnoser(stack, clients, errors);
  const diagnosed: DiagnosedLetter[] = [];
  for (const letter of letters) diagnosed.push({ ...(await diagnoseLetter(letter)), letter });
  const groups = groupByCause(diagnosed);
  const movable = groups
    .filter(({ canSucceed }) => canSucceed || all)
    .reduce((sum, { count }) => sum + count, 0);
  const logRead = errors.unread === undefined;
  if (json) {
    const { environment, deadLetterQueueUrl } = stack;
    const report = {
      environment,
      queue: deadLetterQueueUrl,
      applied: false,
      inQueue,
      looked: letters.length,
    };
    print(JSON.stringify({ ...report, movable, logRead, groups }, null, 2));
    return;
  }
  for (const line of [
    `${nameOf(stack)}: about ${counted(inQueue, "message")}, ${letters.length} looked at.`,
    "SQS has no peek: each was received, which raised its receive count, and given back.",
    ...(letters.length === 0 || logRead ? [] : [`The function's log was not asked: ${errors.unread}.`]),
    ...describeGroups(groups, { all, now }),
    "",
    letters.length === 0
      ? "There is nothing to redrive."
      : `Nothing was moved. With --apply ${movable} of ${letters.length} go back to the intake queue, ${options.perSecond} in a second at most.`,
  ]) {
    print(line);
  }
}

async function applyRedrive(
  stack: DeployedStack,
  clients: Clients,
  queue: DeadLetterQueue,
  options: RedriveOptions,
): Promise<void> {
  const clock = options.clock ?? systemClock;
  const errors = await readErrors(stack, clients, clock.now() - longestRetentionMilliseconds);
  const result: Moved = { moved: [], kept: [], failedAgain: [] };
  const inQueue = await queue.approximateCount();
  try {
    await moveBack(
      {
        ...options,
        clock,
        queue,
        diagnose: diagnoser(stack, clients, errors),
        onProgress: ({ moved }) => options.printProgress(`${moved.length} of about ${inQueue} moved …`),
      },
      result,
    );
  } finally {
    printMoved(stack, result, errors, options, clock.now());
  }
}

function printMoved(
  stack: DeployedStack,
  { moved, kept, failedAgain }: Moved,
  { unread }: LoggedErrors,
  { json, print, all, signal }: RedriveOptions,
  now: number,
): void {
  const groups = {
    moved: groupByCause(moved),
    kept: groupByCause(kept),
    failedAgain: groupByCause(failedAgain),
  };
  if (json) {
    const { environment, deadLetterQueueUrl } = stack;
    const report = { environment, queue: deadLetterQueueUrl, applied: true, moved: moved.length };
    const logRead = unread === undefined;
    print(
      JSON.stringify(
        { ...report, kept: kept.length, failedAgain: failedAgain.length, logRead, groups },
        null,
        2,
      ),
    );
    return;
  }
  const ended = signal.aborted ? " It was ended before all were seen: run it again for the rest." : "";
  print(`${nameOf(stack)}: ${counted(moved.length, "message")} moved back to the intake queue.${ended}`);
  if (unread !== undefined && kept.length + moved.length > 0)
    print(`The function's log was not asked: ${unread}.`);
  if (kept.length > 0) print(`\n${counted(kept.length, "message")} stayed, which can never succeed:`);
  for (const line of describeGroups(groups.kept, { all, now })) print(line);
  if (failedAgain.length > 0) {
    print(
      `\n${counted(failedAgain.length, "message")} failed again meanwhile, and stayed: their cause is not gone.`,
    );
  }
  for (const line of describeGroups(groups.failedAgain, { all, now })) print(line);
}

function nameOf({ namePrefix }: DeployedStack): string {
  return resourceNames(namePrefix).deadLetterQueue;
}
