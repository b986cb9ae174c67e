import type { DeadLetter } from "./dead-letter.ts";
import { type DeadLetterQueue, givingBack, maxBatchEntries } from "./dead-letter-queue.ts";

export interface DeleteOptions {
  readonly queue: Pick<DeadLetterQueue, "receive" | "giveBack" | "delete">;
  /** An object's key, or a message's id. */
  readonly wanted: string;
  /** Whether to delete them; without it they are only found. */
  readonly apply: boolean;
  readonly signal: AbortSignal;
}

/** As long as a look hides what it sees. */
const hiddenSeconds = 60;

/**
 * Deletes the messages about an object, or the one of that id, and gives all others back.
 * @param found gets each message, once it is deleted: also of a run that fails later
 */
export async function deleteLetters(
  { queue, wanted, apply, signal }: DeleteOptions,
  found: DeadLetter[],
): Promise<void> {
  const seen = new Set<string>();
  const handles: string[] = [];
  await givingBack(
    queue,
    () => handles,
    async () => {
      while (!signal.aborted) {
        const letters = await queue.receive(maxBatchEntries, hiddenSeconds);
        const fresh = letters.filter(({ messageId }) => !seen.has(messageId));
        for (const letter of letters) {
          const isNew = !seen.has(letter.messageId);
          seen.add(letter.messageId);
          const isWanted = isAbout(letter, wanted);
          if (isWanted && apply) await queue.delete(letter);
          else handles.push(letter.receiptHandle);
          if (isWanted && isNew) found.push(letter);
        }
        if (fresh.length === 0) break;
      }
    },
  );
}

/** One that names further objects is about them too: it can be meant by its id alone. */
function isAbout({ messageId, objects = [] }: DeadLetter, wanted: string): boolean {
  return messageId === wanted || (objects.length > 0 && objects.every(({ key }) => key === wanted));
}
