import type { DeployedStack } from "../deployed-stack.ts";
import { explainFailure } from "../explain-failure.ts";
import { type PaceClock, systemClock } from "../pace.ts";
import { counted, pasteable } from "../printable.ts";
import type { SqsCalls } from "../redrive/dead-letter-queue.ts";
import { createIntakeListing, type S3Calls } from "../waiting-objects.ts";
import { describeWaiting } from "./describe-waiting.ts";
import { nothingWaiting } from "./sort-waiting.ts";
import { tellAgain } from "./tell-again.ts";

export interface ReplayOptions {
  readonly prefix: string;
  readonly apply: boolean;
  readonly perSecond: number;
  readonly olderThanMinutes: number;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
  readonly printProgress: (line: string) => void;
  readonly clock?: PaceClock;
}

/** @throws UserError where AWS does not do what is asked of it; what was told until then is printed before */
export async function replay(
  stack: DeployedStack,
  { s3, sqs }: { readonly s3: S3Calls; readonly sqs: SqsCalls },
  options: ReplayOptions,
): Promise<void> {
  const { prefix, apply, olderThanMinutes, signal, print } = options;
  const clock = options.clock ?? systemClock;
  const now = clock.now();
  const waiting = nothingWaiting();
  print(`Below ${pasteable(prefix)} in ${stack.intakeBucket}:`);
  try {
    await tellAgain(
      {
        ...options,
        clock,
        listing: createIntakeListing(s3, stack),
        // Whatever S3's clock says in comparison with this one.
        writtenBefore: olderThanMinutes === 0 ? Number.POSITIVE_INFINITY : now - olderThanMinutes * 60_000,
        queue: apply ? { sqs, ...stack } : undefined,
        onProgress: ({ payloads }) =>
          options.printProgress(`${counted(payloads.count, "payload")} ${apply ? "queued" : "found"} …`),
      },
      waiting,
    );
  } catch (error) {
    throw explainFailure(apply ? "Queueing payloads again" : "Listing the intake bucket", error);
  } finally {
    for (const line of describeWaiting(waiting, { now, olderThanMinutes })) print(line);
    const payloads = counted(waiting.payloads.count, "payload");
    const ended = signal.aborted
      ? " You stopped the command before it had seen all of them: run it again. A payload that is queued twice has one outcome."
      : "";
    print(
      apply
        ? `\n${payloads} queued again.${ended}`
        : `\nNothing was queued. --apply queues ${payloads} again, at most ${options.perSecond} per second.${ended}`,
    );
  }
}
