import type { SQSBatchItemFailure, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { errorFields, log } from "../log.ts";
import { type ProcessContext, processCreatedObject } from "./process-created-object.ts";
import { parseS3Notification } from "./s3-notification.ts";

export interface QueueContext extends ProcessContext {
  readonly intakeBucket: string;
}

/**
 * The function behind the intake queue. Only messages that may succeed later, or that someone has to look
 * at, are returned; one after the other, so that memory holds one payload at a time.
 */
export function createQueueHandler(context: QueueContext) {
  return async (event: SQSEvent): Promise<SQSBatchResponse> => {
    const batchItemFailures: SQSBatchItemFailure[] = [];
    for (const { messageId, body } of event.Records) {
      try {
        await processMessage(body, messageId, context);
      } catch (error) {
        log("error", "message failed", { messageId, ...errorFields(error) });
        batchItemFailures.push({ itemIdentifier: messageId });
      }
    }
    return { batchItemFailures };
  };
}

async function processMessage(body: string, messageId: string, context: QueueContext): Promise<void> {
  const objects = parseS3Notification(body);
  if (objects.length === 0) {
    log("warn", "message without created objects dropped", { messageId });
  }
  for (const object of objects) {
    if (object.bucket !== context.intakeBucket) {
      log("warn", "event of a foreign bucket dropped", { messageId, bucket: object.bucket });
      continue;
    }
    await processCreatedObject(object, context);
  }
}
