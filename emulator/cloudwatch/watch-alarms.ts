import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import * as z from "zod";
import { parseJson } from "../../contract/parse-json.ts";
import { createClients, queueUrlOf } from "../aws/clients.ts";
import type { QueueDescription, StackDescription } from "../describe-stack.ts";
import type { StackEvent } from "../run-stack.ts";
import type { ResolvedStack } from "../terraform/resolve-stack.ts";
import { collectMetrics, type MetricCollector } from "./collect-metrics.ts";
import { alarmsRaised, type RaisedAlarm } from "./evaluate-alarms.ts";
import { MetricStore } from "./metric-store.ts";

/** What changed since the last look. */
export type AlarmEvent =
  | { readonly kind: "alarm"; readonly state: "ALARM" | "OK"; readonly alarm: RaisedAlarm }
  | { readonly kind: "dead-letters"; readonly queueName: string; readonly moved: number };

export interface WatchOptions {
  readonly resolved: ResolvedStack;
  readonly stack: Pick<StackDescription, "region" | "queues">;
  /** The AWS services. */
  readonly endpoint: string;
  /** Learns what the queues hold, for the time as a whole. */
  readonly metrics: MetricCollector;
  readonly onEvent: (event: AlarmEvent) => void;
  readonly everyMilliseconds?: number;
}

export interface AlarmWatch {
  observe(event: StackEvent): void;
  /** Looks at the queues and evaluates the alarms. */
  look(): Promise<void>;
  stop(): void;
}

/** Shorter than the five minutes of most alarms: whoever tries something does not want to wait for that. */
const PERIOD_MILLISECONDS = 60_000;

const redrivePolicySchema = z.object({ deadLetterTargetArn: z.string() });

/** Evaluates the alarms every few seconds, for the data of the last minute, and tells of each that changes its state. */
export function watchAlarms(options: WatchOptions): AlarmWatch {
  const { resolved, stack, endpoint, metrics, onEvent, everyMilliseconds = 2_000 } = options;
  const recent = collectMetrics(resolved, new MetricStore(PERIOD_MILLISECONDS));
  const { sqs, destroy } = createClients(stack.region, endpoint);
  const held = new Map<string, number>();
  let raised: readonly RaisedAlarm[] = [];

  async function lookAt({ name, arn }: QueueDescription): Promise<void> {
    const count = await messagesIn(arn, sqs);
    const moved = count - (held.get(arn) ?? 0);
    held.set(arn, count);
    const source = stack.queues.find(({ attributes }) => deadLetterQueueOf(attributes) === arn);
    for (const collector of [metrics, recent]) {
      collector.observeQueue(name, count);
      if (source !== undefined && moved > 0) collector.observeDeadLetters(source.arn, moved);
    }
    if (source !== undefined && moved > 0) onEvent({ kind: "dead-letters", queueName: name, moved });
  }

  async function look(): Promise<void> {
    for (const queue of stack.queues) await lookAt(queue);
    recent.observeAges(Date.now());
    const now = alarmsRaised(resolved, recent.store, { onlyWithData: true });
    const isIn = (alarms: readonly RaisedAlarm[]) => (alarm: RaisedAlarm) =>
      alarms.some(({ name }) => name === alarm.name);
    const before = raised;
    raised = now;
    for (const alarm of now) if (!isIn(before)(alarm)) onEvent({ kind: "alarm", state: "ALARM", alarm });
    for (const alarm of before) if (!isIn(now)(alarm)) onEvent({ kind: "alarm", state: "OK", alarm });
  }

  let looking = false;
  const timer = setInterval(async () => {
    if (looking) return;
    looking = true;
    // A queue that does not answer has its own lines.
    await look().catch(() => undefined);
    looking = false;
  }, everyMilliseconds);
  timer.unref();
  return {
    observe: recent.observe,
    look,
    stop() {
      clearInterval(timer);
      destroy();
    },
  };
}

async function messagesIn(queueArn: string, sqs: ReturnType<typeof createClients>["sqs"]): Promise<number> {
  // What is hidden from others for a moment is still there.
  const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: await queueUrlOf(sqs, queueArn), AttributeNames: [...names] }),
  );
  return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
}

/** The ARN of the queue to which another one's messages go that always fail. */
function deadLetterQueueOf(attributes: QueueDescription["attributes"]): string | undefined {
  return redrivePolicySchema.safeParse(parseJson(attributes["RedrivePolicy"] ?? "")).data
    ?.deadLetterTargetArn;
}
