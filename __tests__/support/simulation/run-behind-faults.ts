import type { QueueMessage } from "../../../emulator/lambda/message-queue.ts";
import type { startBehindFaults } from "../broken-services.ts";
import { s3Notification, sqsRecord } from "../function-events.ts";
import { markedPayload } from "../function-payloads.ts";
import { intakeBucket } from "../function-services.ts";
import { InMemoryQueue } from "../in-memory-queue.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { FaultPlan, isCorruptedForGood } from "./fault-plan.ts";
import { Random } from "./random.ts";

export interface FaultyRunOptions {
  readonly system: Awaited<ReturnType<typeof startBehindFaults>>;
  readonly seed: number;
  readonly payloads: number;
}

export interface FaultyRunResult {
  /** Ends of the process, with the batch that was under way. */
  readonly crashes: string[];
  /** What failed without a fault of its own, in a batch that had time for it. */
  readonly harmed: string[];
  /** What no retry helps: payloads that always come corrupted, and messages that are no event. */
  readonly hopeless: readonly string[];
  readonly deadLettered: readonly string[];
  /** Payloads that a retry helps, and that did not end as stored. */
  readonly unfinished: readonly string[];
  readonly faults: Readonly<Record<string, number>>;
  readonly batchSizes: ReadonlySet<number>;
}

const visibilityTimeoutSeconds = 12;
/** Beside one payload of so many there is a message that is no event of S3. */
const payloadsPerPoison = 20;

/** Puts payloads, and hands their messages to the function, in batches of 10 down to 1, until the queue has none. */
export async function runBehindFaults({
  system,
  seed,
  payloads,
}: FaultyRunOptions): Promise<FaultyRunResult> {
  const random = new Random(seed);
  const clock = new VirtualClock();
  const shared = { clock, visibilityTimeoutSeconds, retentionSeconds: 86_400 };
  const deadLetterQueue = new InMemoryQueue({ ...shared, arn: "dead" });
  const redrive = { deadLetterQueue, maxReceiveCount: 5 };
  const queue = new InMemoryQueue({ ...shared, arn: "intake", redrive });
  const names = await sendPayloads({ system, random, payloads, queue });
  const nameOf = (messageId: string) => names.get(messageId) ?? messageId;
  const plan = new FaultPlan(random);
  system.faults.fail((request) => plan.of(request));

  const crashes: string[] = [];
  const harmed: string[] = [];
  const batchSizes = new Set<number>();
  for (let size = 10; queue.messageIds.length > 0; size = size === 1 ? 10 : size - 1) {
    const batch = await queue.receive({ maxMessages: size, waitSeconds: 0 });
    if (batch.length === 0) {
      await clock.advance(visibilityTimeoutSeconds * 1000);
      continue;
    }
    batchSizes.add(batch.length);
    plan.struck.clear();
    const outcome = await invoke(system, batch);
    if (outcome.crash !== undefined) {
      crashes.push(`${outcome.crash}: ${batch.map(({ messageId }) => nameOf(messageId)).join(", ")}`);
      continue;
    }
    const failed = [...outcome.failed].map(nameOf);
    if (!outcome.isCutShort)
      harmed.push(...failed.filter((name) => !plan.struck.has(name) && !isPoison(name)));
    await queue.delete(batch.filter(({ messageId }) => !outcome.failed.has(messageId)));
  }

  const all = [...names.values()].toSorted();
  const isHopeless = (name: string) => isPoison(name) || isCorruptedForGood(name);
  const healthy = all.filter((name) => !isHopeless(name));
  const ended = await Promise.all(
    healthy.map(async (item) => ({ item, status: await system.statusOf(item, "s") })),
  );
  return {
    crashes,
    harmed,
    hopeless: all.filter(isHopeless),
    deadLettered: deadLetterQueue.messageIds.map(nameOf).toSorted(),
    unfinished: ended.flatMap(({ item, status }) => (status === "stored" ? [] : [`${item}: ${status}`])),
    faults: plan.counts,
    batchSizes,
  };
}

interface Sending {
  readonly system: FaultyRunOptions["system"];
  readonly random: Random;
  readonly payloads: number;
  readonly queue: InMemoryQueue;
}

/** What each message is about, by its id. */
async function sendPayloads({ system, random, payloads, queue }: Sending): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (let index = 0; index < payloads; index += 1) {
    const padding = Buffer.alloc(random.pick([0, 1_000, 26_000, 200_000]), " ");
    const body = Buffer.concat([markedPayload(String(index % 20)), padding]);
    const key = await system.put(`item-${index}`, "s", body);
    names.set(queue.send(s3Notification(intakeBucket, key)), `item-${index}`);
    if (index % payloadsPerPoison === 3) names.set(queue.send("no event of S3"), `poison-${index}`);
  }
  return names;
}

function isPoison(name: string): boolean {
  return name.startsWith("poison");
}

async function invoke(system: FaultyRunOptions["system"], batch: readonly QueueMessage[]) {
  const Records = batch.map(({ messageId, body }) => sqsRecord(messageId, body));
  const result = await system.invoke({ Records });
  if (result.kind === "failed") return { crash: result.errorMessage };
  const { batchItemFailures } = JSON.parse(result.payload);
  const ids: string[] = batchItemFailures.map((each: { itemIdentifier: string }) => each.itemIdentifier);
  const reasons = await Promise.all(ids.map((id) => system.failureOf(id)));
  return { failed: new Set(ids), isCutShort: reasons.includes("DeadlineError") };
}
