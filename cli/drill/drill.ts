import { setTimeout as sleep } from "node:timers/promises";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import * as z from "zod";
import { CALLER_HEADER, CALLER_METADATA, intakeKey } from "../../contract/keys.ts";
import { parseJson } from "../../contract/parse-json.ts";
import { UserError } from "../../contract/user-error.ts";
import { LARGE_API, SHARED_PATH } from "../../domain/names.ts";
import { createdEvent } from "../../domain/s3-notification.ts";
import { type Clients, createClients, queueUrlOf } from "../../emulator/aws/clients.ts";
import type { EmbeddedFaults } from "../../emulator/aws/notifier.ts";
import type { QueueDescription, StackDescription } from "../../emulator/describe-stack.ts";
import type { RunningStack, StackEvent } from "../../emulator/run-stack.ts";
import { createClient } from "../demo/client.ts";
import { createDemoSample } from "../demo/sample.ts";

export interface DrillOptions {
  readonly environment: string;
  readonly stack: StackDescription;
  /** The one whose payloads they are. */
  readonly caller: string;
  readonly intakeBucket: string;
  readonly retries?: Retries;
  readonly print: (text: string) => void;
}

/** How often a message is received, and how long it is hidden after each time. */
interface Retries {
  readonly maxReceiveCount: number;
  readonly visibilityTimeoutSeconds: number;
}

export interface DrillRun {
  readonly running: RunningStack;
  /** Comes true once the operator ends the outage. */
  readonly untilMended: () => Promise<unknown>;
  /** How the operator does that, as a sentence. */
  readonly howToMend: string;
  readonly signal: AbortSignal;
}

/** In an account it takes half an hour until a message that always fails is in the dead-letter queue: here about ten seconds. */
const quickRetries: Retries = { maxReceiveCount: 3, visibilityTimeoutSeconds: 3 };

const lostItem = "drill-lost";
const outageItems = ["drill-1", "drill-2", "drill-3"];
/** As extended request ids are: base64, padded. */
const submissionId = "ZHJpbGw=";

/**
 * A rehearsal for operators on a local service: messages that always fail, an outage of the table, and an event that S3 lost. It
 * changes what surrounds the functions, and nothing in them.
 */
export function createDrill(options: DrillOptions) {
  const { stack, caller, intakeBucket, print, retries = quickRetries } = options;
  const state = { isTableDown: false };
  const stored = new Set<string>();
  /** Ids of messages that the queue function has given back. */
  const failed = new Set<string>();
  const olderKey = `incoming/drill-older/${submissionId}`;
  const otherCallersKey = intakeKey({ caller, item: "drill-other-caller" }, submissionId);
  const goneKey = intakeKey({ caller, item: "drill-gone" }, submissionId);
  const faults: EmbeddedFaults = {
    isTableDown: () => state.isTableDown,
    losesEvent: (key) => key.includes(`/${lostItem}/`),
  };

  async function run(drill: DrillRun): Promise<void> {
    const { running, signal } = drill;
    const clients = createClients(stack.region, running.endpoint);
    try {
      print(intro(retries));
      await send(lostItem, running);
      await putPoison(clients);
      print(poisonText({ olderKey, otherCallersKey, goneKey }));
      await untilDeadLetters(3, clients, signal);
      state.isTableDown = true;
      for (const item of outageItems) await send(item, running);
      print(outageText);
      await untilDeadLetters(3 + outageItems.length, clients, signal);
      print(lookText(options, drill.howToMend));
      await drill.untilMended();
      signal.throwIfAborted();
      state.isTableDown = false;
      print(mendText(options));
      await until(() => stored.size === outageItems.length + 1, signal);
      print(lastText(options, olderKey));
    } finally {
      clients.destroy();
    }
  }

  async function putPoison({ s3, sqs }: Clients): Promise<void> {
    const received = { "submission-id": submissionId, "received-at": String(Date.now()) };
    const put = (Key: string, Metadata: Record<string, string>) =>
      s3.send(new PutObjectCommand({ Bucket: intakeBucket, Key, Body: "{}", Metadata }));
    await put(olderKey, received);
    await put(otherCallersKey, { ...received, [CALLER_METADATA]: `not-${caller}` });
    const QueueUrl = await queueUrlOf(sqs, intakeQueue(stack).arn);
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: createdEvent(intakeBucket, goneKey) }));
  }

  /** To the large API itself, as the proxy would. */
  async function send(item: string, { apisUrl }: RunningStack): Promise<void> {
    const api = stack.apis.find(({ name }) => name === LARGE_API);
    const client = createClient(`${apisUrl}/apis/${LARGE_API}/${api?.stageName}`, {
      [CALLER_HEADER]: caller,
    });
    const { status } = await client.send(
      "POST",
      `${SHARED_PATH}/${item}`,
      createDemoSample(item, 2_000).body,
    );
    if (status !== 202)
      throw new UserError(
        `The drill sent ${item} to ${LARGE_API}, which answered ${status}. Expected: 202. See the request in the lines above.`,
      );
  }

  /** Also until the function has told why, which takes longer than the move where this machine is slow. */
  async function untilDeadLetters(count: number, { sqs }: Clients, signal: AbortSignal): Promise<void> {
    const QueueUrl = await queueUrlOf(sqs, deadLetterQueueOf(intakeQueue(stack)));
    const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
    await until(async () => {
      const { Attributes = {} } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }),
      );
      const moved = names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
      return moved >= count && failed.size >= count;
    }, signal);
  }

  return {
    /** The stack, with retries that end soon. */
    stack: withRetries(stack, retries),
    faults,
    observe(event: StackEvent): void {
      const item = event.kind === "log" ? storedItem(event.line) : undefined;
      if (item !== undefined) stored.add(item);
      const messageId = event.kind === "log" ? failedMessage(event.line) : undefined;
      if (messageId !== undefined) failed.add(messageId);
    },
    run,
  };
}

export type Drill = ReturnType<typeof createDrill>;

async function until(isTrue: () => boolean | Promise<boolean>, signal: AbortSignal): Promise<void> {
  while (!(await isTrue())) await sleep(250, undefined, { signal });
}

const finishedSchema = z.object({
  message: z.object({
    message: z.literal("submission finished"),
    status: z.literal("stored"),
    item: z.enum([lostItem, ...outageItems]),
  }),
});

/** Which of the drill's payloads a line of the log says to be stored. */
function storedItem(line: string): string | undefined {
  return finishedSchema.safeParse(parseJson(line)).data?.message.item;
}

const failedSchema = z.object({
  message: z.object({ message: z.literal("message failed"), messageId: z.string() }),
});

function failedMessage(line: string): string | undefined {
  return failedSchema.safeParse(parseJson(line)).data?.message.messageId;
}

const redrivePolicySchema = z.object({ deadLetterTargetArn: z.string() });

function intakeQueue({ queues, notifications }: StackDescription): QueueDescription {
  const found = queues.find(({ arn }) => notifications.some(({ queueArn }) => queueArn === arn));
  if (found === undefined)
    throw new UserError(
      "--drill found no queue of the stack that the intake bucket notifies. Use an environment whose stack has the intake queue.",
    );
  return found;
}

function deadLetterQueueOf({ attributes }: QueueDescription): string {
  return redrivePolicySchema.parse(parseJson(attributes["RedrivePolicy"] ?? "")).deadLetterTargetArn;
}

function withRetries(stack: StackDescription, retries: Retries): StackDescription {
  const intake = intakeQueue(stack);
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: deadLetterQueueOf(intake),
    maxReceiveCount: retries.maxReceiveCount,
  });
  const VisibilityTimeout = String(retries.visibilityTimeoutSeconds);
  const attributes = { ...intake.attributes, VisibilityTimeout, RedrivePolicy };
  const queues = stack.queues.map((queue) => (queue === intake ? { ...queue, attributes } : queue));
  return { ...stack, queues };
}

const seconds = ({ maxReceiveCount, visibilityTimeoutSeconds }: Retries) =>
  maxReceiveCount * visibilityTimeoutSeconds;

const intro = (retries: Retries) => `
Drill: a rehearsal of docs/operations.md#rehearse-an-outage. A message that fails is tried ${retries.maxReceiveCount} times, ${retries.visibilityTimeoutSeconds} s apart, and is in the
dead-letter queue after about ${seconds(retries)} s. In an account that takes 30 minutes by default.
`;

const poisonText = (keys: Record<"olderKey" | "otherCallersKey" | "goneKey", string>) => `
Drill 1/4: three messages that always fail.
  ${keys.olderKey}: a key of an older version
  ${keys.otherCallersKey}: its metadata names another caller
  ${keys.goneKey}: its object was deleted
  S3 also lost one event: the payload of ${lostItem} waits, and no message says so.
`;

const outageText = `
Drill 2/4: an outage. The table answers every call with status 500.
  ${LARGE_API} accepted ${outageItems.join(", ")} (202), because S3 works. The queue function cannot store them.
`;

const lookText = ({ environment }: DrillOptions, howToMend: string) => `
Drill 3/4: six messages are in the dead-letter queue. Your turn, in another terminal:
  npm run redrive -- ${environment} --local
Then end the outage: ${howToMend}
`;

const mendText = ({ environment, caller }: DrillOptions) => `
Drill 4/4: the table answers again. Next:
  npm run redrive -- ${environment} --local --apply
  npm run replay -- ${environment} ${caller}/${lostItem} --local --older-than-minutes 0 --apply
`;

const lastText = ({ environment }: DrillOptions, olderKey: string) => `
Drill: all ${outageItems.length + 1} payloads are stored. The three messages that always fail are left. Delete them one by one, such as:
  npm run redrive -- ${environment} --local --delete ${olderKey} --apply
Then check the service:
  npm run verify -- ${environment} --local
`;
