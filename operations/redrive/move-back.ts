import { createPace, everyFewSeconds, type Pace } from "../pace.ts";
import { type Diagnosis, explain } from "./causes.ts";
import type { DeadLetter } from "./dead-letter.ts";
import { type DeadLetterQueue, givingBack, maxBatchEntries } from "./dead-letter-queue.ts";
import type { DiagnosedLetter } from "./group-by-cause.ts";

export interface MoveOptions extends Pace {
  readonly queue: DeadLetterQueue;
  readonly diagnose: (letter: DeadLetter) => Promise<Diagnosis>;
  /** Also what can never succeed. */
  readonly all: boolean;
  readonly maxMessages: number;
  readonly onProgress: (moved: Moved) => void;
}

/** What became of the messages so far. */
export interface Moved {
  readonly moved: DiagnosedLetter[];
  /** Those that can never succeed: they are in the dead-letter queue still. */
  readonly kept: DiagnosedLetter[];
  /** Those that were moved, failed, and came back while others were moved: they stay there. */
  readonly failedAgain: DiagnosedLetter[];
}

/** How long a batch is hidden from others: it is moved within about a second. What a crash leaves is seen again after that time. */
const hiddenSeconds = 60;

/**
 * Moves messages back to the queue that they came from, one after the other: a copy is sent there before the message is deleted here,
 * so that each is in one of the two at any time. After a crash between them it is in both, which does no harm: an outcome
 * is written once. Ends when the queue gives nothing new, when there were as many as wanted, or, after the message in hand, by
 * the signal.
 * @param result is added to as it goes, so that it tells what was moved also where this throws
 */
export async function moveBack(options: MoveOptions, result: Moved): Promise<void> {
  const { queue, maxMessages, perSecond, signal } = options;
  /** Receipt handles of what is here still, by the message's id. */
  const staying = new Map<string, string>();
  const move = createMove(options, result, staying);
  let repeats = 0;
  await givingBack(
    queue,
    () => [...staying.values()],
    async () => {
      // What stays comes again where moving takes longer than it is hidden.
      while (result.moved.length < maxMessages && !signal.aborted && repeats <= staying.size) {
        const wanted = Math.min(maxBatchEntries, perSecond, maxMessages - result.moved.length);
        const batch = await queue.receive(wanted, hiddenSeconds);
        if (batch.length === 0) break;
        const fresh = batch.filter(({ messageId }) => !staying.has(messageId));
        repeats = fresh.length > 0 ? 0 : repeats + batch.length;
        for (const { messageId, receiptHandle } of batch) staying.set(messageId, receiptHandle);
        for (const letter of fresh) {
          await move(letter);
          if (signal.aborted) break;
        }
      }
    },
  );
}

function createMove(options: MoveOptions, result: Moved, staying: Map<string, string>) {
  const { queue, all, signal, clock, onProgress } = options;
  const pace = createPace(options);
  const tell = everyFewSeconds(clock, () => onProgress(result));
  const sent = new Set<string>();
  return async (letter: DeadLetter): Promise<void> => {
    const diagnosed = { ...(await options.diagnose(letter)), letter };
    if (sent.has(letter.messageId)) result.failedAgain.push(diagnosed);
    else if (!all && !explain(diagnosed).canSucceed) result.kept.push(diagnosed);
    else {
      await pace();
      if (signal.aborted) return;
      sent.add(await queue.sendBack(letter));
      await queue.delete(letter);
      staying.delete(letter.messageId);
      result.moved.push(diagnosed);
    }
    tell();
  };
}
