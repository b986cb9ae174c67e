import type { SQSBatchItemFailure, SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { isTestEvent, parseS3Notification } from "../../../domain/s3-notification.ts";
import { errorFields, log } from "../../log.ts";
import { type AbortAfter, deadlineOf, type RemainingTime, withinDeadline } from "../deadline.ts";
import { type ProcessContext, processCreatedObject } from "./process-created-object.ts";

export interface QueueContext extends Omit<ProcessContext, "metrics"> {
  readonly intakeBucket: string;
}

export interface QueueHandlerOptions {
  /** What an invocation works with; its calls end by the signal. */
  readonly open: (deadline: AbortSignal) => QueueContext;
  readonly metrics: ProcessContext["metrics"];
  readonly abortAfter?: AbortAfter;
}

/**
 * The function behind the intake queue. Only messages that may succeed later, or that someone has to look
 * at, are returned; one after the other, so that memory holds one payload at a time. What can't be finished in
 * the invocation's time is returned as well: cut off, it would take the rest of the batch with it.
 */
export function createQueueHandler({ open, metrics, abortAfter }: QueueHandlerOptions) {
  return async (event: SQSEvent, invocation: RemainingTime): Promise<SQSBatchResponse> => {
    const deadline = deadlineOf(invocation, abortAfter);
    const context = { ...open(deadline), metrics };
    const batchItemFailures: SQSBatchItemFailure[] = [];
    for (const message of event.Records) {
      try {
        await withinDeadline(deadline, () => processMessage(message, context));
      } catch (error) {
        const { messageId } = message;
        metrics.add("FailedMessages", 1);
        log("error", "message failed", { messageId, ...errorFields(error) });
        batchItemFailures.push({ itemIdentifier: messageId });
      }
    }
    metrics.flush();
    return { batchItemFailures };
  };
}

type MessageContext = QueueContext & ProcessContext;

async function processMessage({ body, messageId }: SQSRecord, context: MessageContext): Promise<void> {
  const objects = parseS3Notification(body);
  if (objects.length === 0 && !isTestEvent(body)) {
    context.metrics.add("ForeignEvents", 1);
    log("warn", "message without created objects ignored", { messageId });
  }
  for (const object of objects) {
    if (object.bucket !== context.intakeBucket) {
      context.metrics.add("ForeignEvents", 1);
      log("warn", "event of another bucket ignored", { messageId, bucket: object.bucket });
      continue;
    }
    await processCreatedObject(object, context);
  }
}
