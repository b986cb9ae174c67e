import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { createdEvent } from "../../domain/s3-notification.ts";
import { createPace, everyFewSeconds, type Pace } from "../pace.ts";
import type { SqsCalls } from "../redrive/dead-letter-queue.ts";
import type { IntakeListing } from "../waiting-objects.ts";
import { addTo, kindOfWaiting, type Waiting } from "./sort-waiting.ts";

export interface TellOptions extends Pace {
  readonly listing: Pick<IntakeListing, "pages">;
  readonly prefix: string;
  /** Epoch milliseconds. */
  readonly writtenBefore: number;
  /** Undefined: nobody is told, and what waits is only counted. */
  readonly queue:
    | { readonly sqs: SqsCalls; readonly queueUrl: string; readonly intakeBucket: string }
    | undefined;
  readonly onProgress: (waiting: Waiting) => void;
}

/**
 * Sends the intake queue an event for each payload that waits, as the sweep does, and leaves the objects as they are. Told twice, or
 * told of what is being processed, a submission still has one outcome.
 * @param waiting is added to as it goes: what it counts was told
 */
export async function tellAgain(options: TellOptions, waiting: Waiting): Promise<void> {
  const { listing, prefix, writtenBefore, queue, signal, clock } = options;
  const pace = createPace(options);
  const progress = everyFewSeconds(clock, () => options.onProgress(waiting));
  for await (const objects of listing.pages(prefix)) {
    for (const object of objects) {
      const kind = kindOfWaiting(object, writtenBefore);
      if (kind === "payloads" && queue !== undefined) await pace();
      if (signal.aborted) return;
      if (kind === "payloads" && queue !== undefined) {
        const { sqs, queueUrl: QueueUrl, intakeBucket } = queue;
        await sqs.send(
          new SendMessageCommand({ QueueUrl, MessageBody: createdEvent(intakeBucket, object.key) }),
        );
      }
      addTo(waiting[kind], object);
      progress();
    }
  }
}
