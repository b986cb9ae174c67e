import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { DeployedStack } from "../deployed-stack.ts";
import { explainFailure } from "../explain-failure.ts";
import { type PaceClock, systemClock } from "../pace.ts";
import { createIntakeListing, type S3Calls } from "../waiting-objects.ts";
import type { Diagnosis } from "./causes.ts";
import type { DeadLetter } from "./dead-letter.ts";
import { createDeadLetterQueue, type DeadLetterQueue, type SqsCalls } from "./dead-letter-queue.ts";
import { deleteLetters } from "./delete-letters.ts";
import {
  deleteReport,
  describeDelete,
  describeLook,
  describeMove,
  describeNothing,
  lookReport,
  moveReport,
} from "./describe-redrive.ts";
import { diagnose } from "./diagnose.ts";
import { type DiagnosedLetter, groupByCause } from "./group-by-cause.ts";
import { type LoggedErrors, type LogsCalls, readLoggedErrors, readLoggedLines } from "./logged-errors.ts";
import { look } from "./look.ts";
import { type Moved, moveBack } from "./move-back.ts";

export interface RedriveOptions {
  readonly apply: boolean;
  readonly all: boolean;
  /** The key of an object, or the id of a message: its messages are deleted, and no others moved. */
  readonly delete?: string | undefined;
  readonly json: boolean;
  readonly perSecond: number;
  readonly maxMessages: number;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
  /** What is said while it works; the result goes to `print`. */
  readonly printProgress: (line: string) => void;
  readonly clock?: PaceClock;
}

/** What of the clients is called. */
export interface RedriveClients {
  readonly s3: S3Calls;
  readonly sqs: SqsCalls;
  readonly logs: LogsCalls;
}

/** @throws UserError where AWS does not do what is asked of it; what was moved until then is printed before */
export async function redrive(
  stack: DeployedStack,
  clients: RedriveClients,
  options: RedriveOptions,
): Promise<void> {
  const queue = createDeadLetterQueue(clients.sqs, stack);
  const [work, doing] = workOf(options);
  try {
    await work(stack, clients, queue, { clock: systemClock, ...options });
  } catch (error) {
    throw explainFailure(doing, error);
  }
}

function workOf({ apply, delete: wanted }: RedriveOptions) {
  if (wanted !== undefined) return [deleteOne, "Deleting messages"] as const;
  return apply
    ? ([applyRedrive, "Moving messages back"] as const)
    : ([showDeadLetters, "Reading the dead-letter queue"] as const);
}

type Options = RedriveOptions & { readonly clock: PaceClock };

async function showDeadLetters(
  stack: DeployedStack,
  clients: RedriveClients,
  queue: DeadLetterQueue,
  options: Options,
): Promise<void> {
  const now = options.clock.now();
  const [inQueue, intake] = await Promise.all([queue.approximateCount(), queue.intake()]);
  const letters = await look({ queue, ...options });
  const { diagnosed, unread } = await diagnoseAll(letters, stack, clients, now);
  const seen = { inQueue, intake, groups: groupByCause(diagnosed), unread };
  const context = { ...options, now, stack };
  if (options.json) options.print(JSON.stringify(lookReport(seen, context), null, 2));
  else for (const line of describeLook(seen, context)) options.print(line);
}

async function diagnoseAll(
  letters: readonly DeadLetter[],
  stack: DeployedStack,
  clients: RedriveClients,
  now: number,
) {
  const times = letters.map(({ sentAt }) => sentAt).filter(Number.isFinite);
  const errors = await readErrors(
    stack,
    clients,
    times.reduce((a, b) => Math.min(a, b), now),
  );
  const diagnoseLetter = diagnoser(stack, clients, errors);
  const diagnosed: DiagnosedLetter[] = [];
  for (const letter of letters) diagnosed.push({ ...(await diagnoseLetter(letter)), letter });
  return { diagnosed, unread: errors.unread };
}

async function deleteOne(
  stack: DeployedStack,
  clients: RedriveClients,
  queue: DeadLetterQueue,
  options: Options,
): Promise<void> {
  const { apply, delete: wanted = "", print } = options;
  const context = { ...options, now: options.clock.now(), stack };
  const found: DeadLetter[] = [];
  const report = (diagnosed?: readonly DiagnosedLetter[]) => {
    if (options.json) print(JSON.stringify(deleteReport(found.length, diagnosed, context), null, 2));
    else for (const line of describeDelete(found.length, diagnosed, { ...context, wanted })) print(line);
  };
  try {
    await deleteLetters({ ...options, queue, wanted }, found);
  } finally {
    // What is deleted is told, whatever fails after it. Causes matter before.
    if (apply) report();
  }
  options.signal.throwIfAborted();
  if (!apply) report((await diagnoseAll(found, stack, clients, context.now)).diagnosed);
}

/** The log is asked for what the queue can still hold: no queue keeps a message longer than 14 days. */
const longestRetentionMilliseconds = 14 * 86_400_000;

async function applyRedrive(
  stack: DeployedStack,
  clients: RedriveClients,
  queue: DeadLetterQueue,
  options: Options,
): Promise<void> {
  const { clock, printProgress } = options;
  const [inQueue, intake] = await Promise.all([queue.approximateCount(), queue.intake()]);
  const errors = await readErrors(stack, clients, clock.now() - longestRetentionMilliseconds);
  const result: Moved = { moved: [], kept: [], failedAgain: [] };
  const onProgress = () => printProgress(`${result.moved.length} of about ${inQueue} moved …`);
  try {
    await moveBack({ ...options, queue, diagnose: diagnoser(stack, clients, errors), onProgress }, result);
  } finally {
    const context = { ...options, now: clock.now(), stack };
    if (options.json) options.print(JSON.stringify(moveReport(result, errors.unread, context), null, 2));
    else for (const line of describeMove(result, intake, errors.unread, context)) options.print(line);
  }
  const seen = Object.values(result).some((letters) => letters.length > 0);
  if (!seen && !options.json && !options.signal.aborted) options.print(describeNothing(inQueue, intake));
}

async function readErrors(
  { local, functionNames }: DeployedStack,
  { logs }: RedriveClients,
  since: number,
): Promise<LoggedErrors> {
  if (local === undefined) return readLoggedErrors(logs, functionNames["queue"] ?? "", since);
  if (local.errorLog === undefined) {
    return { byMessageId: new Map(), unread: '"npm start" prints it and keeps no copy' };
  }
  return {
    byMessageId: readLoggedLines(existsSync(local.errorLog) ? await readFile(local.errorLog, "utf8") : ""),
    unread: undefined,
  };
}

function diagnoser(stack: DeployedStack, { s3 }: RedriveClients, { byMessageId }: LoggedErrors) {
  const context = {
    listing: createIntakeListing(s3, stack),
    intakeBucket: stack.intakeBucket,
    maxPayloadBytes: stack.payload.maxBytes,
    loggedErrors: byMessageId,
  };
  return (letter: DeadLetter): Promise<Diagnosis> => diagnose(letter, context);
}
