import { setMaxListeners } from "node:events";
import type { FunctionResult } from "../api-gateway/messages.ts";
import { isTestEvent } from "../aws/s3-notifications.ts";
import { failedMessageIds } from "./batch-response.ts";
import type { Clock } from "./clock.ts";
import type { MessageQueue, QueueMessage } from "./message-queue.ts";

export interface EventSourceMappingOptions {
  readonly queue: MessageQueue;
  readonly invoke: (event: unknown) => Promise<FunctionResult>;
  readonly clock: Clock;
  readonly region: string;
  readonly batchSize: number;
  readonly batchWindowSeconds: number;
  /** Invocations at once; undefined for as many as Lambda begins with. */
  readonly maximumConcurrency: number | undefined;
  readonly reportBatchItemFailures: boolean;
  /** For which an empty queue is waited at; as Lambda does if nothing is said. */
  readonly longPollSeconds?: number;
  readonly onEvent?: (event: MappingEvent) => void;
}

/** What a mapping did. It holds no payload. */
export type MappingEvent =
  | {
      readonly kind: "invoked";
      readonly messages: number;
      /** Those of them that S3 sent by itself, when its notification was configured. */
      readonly testEvents: number;
      /** Those that come back once their visibility timeout is over. */
      readonly failed: number;
      readonly durationMs: number;
      /** Why all of them failed. */
      readonly error: string | undefined;
    }
  | { readonly kind: "error"; readonly action: "receive" | "delete"; readonly error: unknown };

export interface RunningMapping {
  /** Receives no more, and waits for the invocations that run. */
  stop(): Promise<void>;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html */
const initialConcurrency = 5;
const longPollOfLambda = 20;
/** Messages of one ReceiveMessage. */
const maxReceivedMessages = 10;
/** Bytes of one invocation's event. */
const maxBatchBytes = 6_291_456;
const retryMilliseconds = 1000;

/**
 * Polls a queue and invokes a function with batches of its messages, as Lambda does. What the function does not
 * report as failed is deleted; everything else comes back when its visibility timeout is over.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export function startEventSourceMapping(options: EventSourceMappingOptions): RunningMapping {
  const stopping = new AbortController();
  // A listener for each poll is no leak, however many pollers there are.
  setMaxListeners(0, stopping.signal);
  // Each polls, invokes and deletes in turn: there are never more invocations than pollers, and none receives
  // messages that it cannot process at once.
  const pollers = Array.from({ length: options.maximumConcurrency ?? initialConcurrency }, () =>
    poll(options, stopping.signal),
  );
  return {
    async stop() {
      stopping.abort();
      await Promise.all(pollers);
    },
  };
}

async function poll(options: EventSourceMappingOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const batch = await gather(options, signal);
    if (batch.length > 0) await processBatch(batch, options);
  }
}

/** A batch that is full, or what came until its window was over. */
async function gather(
  options: EventSourceMappingOptions,
  signal: AbortSignal,
): Promise<readonly QueueMessage[]> {
  const { batchSize, batchWindowSeconds, clock, longPollSeconds = longPollOfLambda } = options;
  const batch = [...(await receive(longPollSeconds, batchSize, options, signal))];
  const windowEnd = clock.now() + batchWindowSeconds * 1000;
  while (batch.length > 0 && batch.length < batchSize && sizeOf(batch) < maxBatchBytes && !signal.aborted) {
    const remainingSeconds = Math.min((windowEnd - clock.now()) / 1000, longPollSeconds);
    if (remainingSeconds <= 0) break;
    batch.push(...(await receive(Math.ceil(remainingSeconds), batchSize - batch.length, options, signal)));
  }
  return batch;
}

function sizeOf(batch: readonly QueueMessage[]): number {
  return batch.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
}

async function receive(
  waitSeconds: number,
  maxMessages: number,
  { queue, clock, onEvent }: EventSourceMappingOptions,
  signal: AbortSignal,
): Promise<readonly QueueMessage[]> {
  try {
    return await queue.receive({
      maxMessages: Math.min(maxMessages, maxReceivedMessages),
      waitSeconds,
      signal,
    });
  } catch (error) {
    if (!signal.aborted) {
      onEvent?.({ kind: "error", action: "receive", error });
      await clock.sleep(retryMilliseconds, signal);
    }
    return [];
  }
}

async function processBatch(
  batch: readonly QueueMessage[],
  options: EventSourceMappingOptions,
): Promise<void> {
  const { queue, clock, onEvent } = options;
  const started = clock.now();
  const result = await invoke(batch, options);
  const failed = failedIn(batch, result, options);
  onEvent?.({
    kind: "invoked",
    messages: batch.length,
    testEvents: batch.filter(({ body }) => isTestEvent(body)).length,
    failed: failed.size,
    durationMs: clock.now() - started,
    error: result.kind === "failed" ? `${result.errorType}: ${result.errorMessage}` : undefined,
  });
  const done = batch.filter(({ messageId }) => !failed.has(messageId));
  if (done.length === 0) return;
  // What is not deleted comes again: functions have to bear that.
  await queue.delete(done).catch((error: unknown) => onEvent?.({ kind: "error", action: "delete", error }));
}

async function invoke(
  batch: readonly QueueMessage[],
  options: EventSourceMappingOptions,
): Promise<FunctionResult> {
  try {
    return await options.invoke({ Records: batch.map((message) => recordOf(message, options)) });
  } catch (error) {
    return { kind: "failed", errorType: "InvocationError", errorMessage: String(error) };
  }
}

function failedIn(
  batch: readonly QueueMessage[],
  result: FunctionResult,
  { reportBatchItemFailures }: EventSourceMappingOptions,
): ReadonlySet<string> {
  const ids = batch.map(({ messageId }) => messageId);
  if (result.kind === "failed") return new Set(ids);
  return reportBatchItemFailures ? failedMessageIds(result.payload, ids) : new Set();
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html#example-standard-queue-message-event */
function recordOf(message: QueueMessage, { queue, region }: EventSourceMappingOptions) {
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: message.attributes,
    messageAttributes: {},
    md5OfBody: message.md5OfBody,
    eventSource: "aws:sqs",
    eventSourceARN: queue.arn,
    awsRegion: region,
  };
}
