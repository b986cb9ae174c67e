import type { DeadLetter } from "./dead-letter.ts";
import { type DeadLetterQueue, givingBack, maxBatchEntries } from "./dead-letter-queue.ts";

export interface LookOptions {
  readonly queue: Pick<DeadLetterQueue, "receive" | "giveBack">;
  readonly maxMessages: number;
  readonly signal: AbortSignal;
}

/** Longer than what a thousand receives of a slow line take: what is seen twice is counted once. */
const hiddenSeconds = 60;

/**
 * Up to so many different messages of the queue. SQS has no peek: each is received, hidden from others meanwhile, and given back
 * as soon as all were seen, also where that fails or is ended.
 */
export async function look({ queue, maxMessages, signal }: LookOptions): Promise<readonly DeadLetter[]> {
  const seen = new Map<string, DeadLetter>();
  const handles: string[] = [];
  await givingBack(
    queue,
    () => handles,
    async () => {
      while (seen.size < maxMessages && !signal.aborted) {
        const letters = await queue.receive(
          Math.min(maxBatchEntries, maxMessages - seen.size),
          hiddenSeconds,
        );
        handles.push(...letters.map(({ receiptHandle }) => receiptHandle));
        const fresh = letters.filter(({ messageId }) => !seen.has(messageId));
        for (const letter of fresh) seen.set(letter.messageId, letter);
        if (fresh.length === 0) break;
      }
    },
  );
  signal.throwIfAborted();
  return [...seen.values()];
}
