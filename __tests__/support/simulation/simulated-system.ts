import type { APIGatewayProxyEvent, APIGatewayProxyResult, SQSEvent } from "aws-lambda";
import { type ItemKey, intakeKey } from "../../../contract/keys.ts";
import { domain } from "../../../domain/domain.ts";
import type { FunctionResult } from "../../../emulator/api-gateway/messages.ts";
import { formatObjectEvent } from "../../../emulator/aws/s3-notifications.ts";
import {
  type RunningMapping,
  startEventSourceMapping,
} from "../../../emulator/lambda/event-source-mapping.ts";
import type { MessageQueue } from "../../../emulator/lambda/message-queue.ts";
import type { createApiHandler } from "../../../functions/ingestion/api/api-handler.ts";
import type { createQueueHandler } from "../../../functions/ingestion/queue/queue-handler.ts";
import type { createIntakeStore } from "../../../functions/ingestion/stores/intake-store.ts";
import type { createSweepHandler } from "../../../functions/ingestion/sweep/sweep-handler.ts";
import { apiEvent } from "../function-events.ts";
import { memoryMetrics } from "../function-metrics.ts";
import { fileResource, itemResource } from "../function-records.ts";
import { InMemoryQueue } from "../in-memory-queue.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { type ChooseFault, type Fault, Invocation } from "./invocation.ts";
import type { Random } from "./random.ts";
import type { BodyFault } from "./simulated-body.ts";
import { SimulatedServices } from "./simulated-services.ts";

/** The code under test: the real handlers, or ones with a bug. */
export interface FunctionModules {
  readonly createApiHandler: typeof createApiHandler;
  readonly createQueueHandler: typeof createQueueHandler;
  readonly createSweepHandler: typeof createSweepHandler;
  readonly createIntakeStore: typeof createIntakeStore;
}

export interface SystemOptions {
  readonly functions: FunctionModules;
  readonly random: Random;
  readonly chooseFault: ChooseFault;
  /** What goes wrong with the body of an object, each time that it is opened. */
  readonly chooseBodyFault?: (key: string) => BodyFault | undefined;
  /** Milliseconds that a call to AWS takes. */
  readonly latency: () => number;
  /** When copies of the event of one new object arrive, in milliseconds from now; none where it is lost. */
  readonly eventDelays: () => readonly number[];
  readonly batchSize: number;
  readonly maximumConcurrency: number;
  readonly maxPayloadBytes?: number;
}

export interface Sent extends ItemKey {
  readonly submissionId: string;
  readonly receivedAt: number;
}

const bucket = "intake";
const region = "eu-central-1";
const apiTimeoutMilliseconds = 28_000;
const queueTimeoutMilliseconds = 60_000;
const sweepTimeoutMilliseconds = 300_000;
const maxReceiveCount = 5;

/** A gateway that lost its function answers so. */
const badGateway: APIGatewayProxyResult = { statusCode: 502, body: "" };

/** How many faults of each kind there were. */
export type FaultCounts = Partial<Record<(Fault | BodyFault)["kind"], number>>;

/** Both paths from the gateway to the stores on this machine's own modules, by a virtual clock, with faults. */
export class SimulatedSystem {
  readonly clock = new VirtualClock();
  readonly services: SimulatedServices;
  readonly deadLetterQueue: InMemoryQueue;
  readonly faults: FaultCounts = {};
  readonly #metrics = memoryMetrics();
  readonly #options: SystemOptions;
  readonly #queue: InMemoryQueue;
  readonly #mapping: RunningMapping;
  readonly #keyOfMessage = new Map<string, string>();
  /** How often the messages of each object were received. */
  readonly receives = new Map<string, number>();
  readonly keysWithoutEvent = new Set<string>();
  /** Objects that the sweep told the queue of. */
  readonly keysOfSweep = new Set<string>();
  #running = 0;
  #sequence = 0;
  timeouts = 0;
  eventCopies = 0;

  constructor(options: SystemOptions) {
    this.#options = options;
    const { chooseBodyFault = () => undefined } = options;
    this.services = new SimulatedServices({
      clock: this.clock,
      createIntakeStore: options.functions.createIntakeStore,
      chooseBodyFault: (key) => this.#noted(chooseBodyFault(key)),
    });
    const shared = {
      clock: this.clock,
      visibilityTimeoutSeconds: (6 * queueTimeoutMilliseconds) / 1000,
    };
    this.deadLetterQueue = new InMemoryQueue({
      ...shared,
      arn: "arn:aws:sqs:eu-central-1:111111111111:dead",
      retentionSeconds: 14 * 86_400,
    });
    this.#queue = new InMemoryQueue({
      ...shared,
      arn: "arn:aws:sqs:eu-central-1:111111111111:intake",
      retentionSeconds: 4 * 86_400,
      redrive: { deadLetterQueue: this.deadLetterQueue, maxReceiveCount },
    });
    this.#mapping = startEventSourceMapping({
      queue: this.#faultyQueue(),
      invoke: (event) => this.#invokeQueueFunction(event as SQSEvent),
      clock: this.clock,
      region,
      batchSize: options.batchSize,
      batchWindowSeconds: options.batchSize > 1 ? 1 : 0,
      maximumConcurrency: options.maximumConcurrency,
      reportBatchItemFailures: true,
    });
  }

  get metrics() {
    return this.#metrics.sums;
  }

  /** What the API gateway of the small path does. */
  submitSmall(sent: Sent, bytes: Uint8Array): Promise<APIGatewayProxyResult> {
    const body = Buffer.from(bytes).toString("base64");
    return this.callApi(apiEvent({ ...apiRequest(sent), method: "POST", body, isBase64Encoded: true }));
  }

  delete(sent: Sent): Promise<APIGatewayProxyResult> {
    return this.callApi(apiEvent({ ...apiRequest(sent), method: "DELETE" }));
  }

  /** What the API gateway of the large path and S3 do: the payload is accepted, and an event tells of it. */
  submitLarge(sent: Sent, bytes: Uint8Array, ofFile: Readonly<Record<string, string>> = {}): void {
    const { submissionId, receivedAt } = sent;
    const key = intakeKey(sent, submissionId);
    const metadata = { ...ofFile, "submission-id": submissionId, "received-at": String(receivedAt) };
    this.services.intake.set(key, { bytes, metadata, writtenAt: this.clock.now() });
    this.#sequence += 1;
    const event = {
      bucket,
      key,
      sizeBytes: bytes.length,
      eTag: "e",
      name: "ObjectCreated:Put" as const,
      sourceIp: "10.0.0.1",
    };
    const origin = { region, time: new Date(this.clock.now()), sequence: this.#sequence };
    const body = formatObjectEvent(event, origin);
    const delays = this.#options.eventDelays();
    if (delays.length === 0) {
      this.keysWithoutEvent.add(key);
    }
    for (const delay of delays) {
      this.eventCopies += 1;
      void this.#track(async () => {
        await this.clock.sleep(delay);
        this.sendMessage(body, key);
      });
    }
  }

  /** What a person makes in the console: nothing that anybody waits for. */
  putForeignObject(key: string): void {
    this.services.intake.set(key, { bytes: new Uint8Array(), metadata: {}, writtenAt: this.clock.now() });
  }

  sendMessage(body: string, key: string): void {
    this.#keyOfMessage.set(this.#queue.send(body), key);
  }

  async callApi(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
    const { createApiHandler: create } = this.#options.functions;
    const invocation = this.#invocation(apiTimeoutMilliseconds);
    const handler = create({
      open: () => this.#contextOf(invocation),
      metrics: this.#metrics.metrics,
      abortAfter: invocation.abortAfter,
    });
    return this.#track(() =>
      Promise.race([handler(event, invocation.context), invocation.ended.then(() => badGateway)]),
    );
  }

  /** @returns what ended it otherwise than well */
  async sweep({ unprocessedAfterMinutes = 60, graceMinutes = 30 } = {}): Promise<unknown> {
    const invocation = this.#invocation(sweepTimeoutMilliseconds);
    const handler = this.#options.functions.createSweepHandler({
      open: () => ({
        ...this.#contextOf(invocation),
        queue: {
          send: (bodies) =>
            invocation.call("sendMessages", () => {
              for (const body of bodies) {
                this.keysOfSweep.add(keyIn(body));
                this.sendMessage(body, keyIn(body));
              }
            }),
        },
        progress: this.services.sweepProgress(invocation),
        unprocessedAfterMilliseconds: unprocessedAfterMinutes * 60_000,
        graceMilliseconds: graceMinutes * 60_000,
      }),
      metrics: this.#metrics.metrics,
      abortAfter: invocation.abortAfter,
    });
    return this.#track(() =>
      Promise.race([handler({}, invocation.context), invocation.ended]).catch((error: unknown) => error),
    );
  }

  /** Object keys of the messages that failed for good. */
  deadKeys(): Set<string> {
    return new Set(this.deadLetterQueue.messageIds.map((id) => this.#keyOfMessage.get(id) ?? id));
  }

  /** Lets time go by until nothing is under way any more. */
  async settle(): Promise<void> {
    for (let minutes = 0; this.#running > 0 || this.#queue.messageIds.length > 0; minutes += 1) {
      if (minutes > 24 * 60) {
        throw new Error("The system does not come to rest within a day");
      }
      await this.clock.advance(60_000);
    }
  }

  async stop(): Promise<void> {
    const stopped = this.#mapping.stop();
    await this.clock.advance(60_000);
    await stopped;
  }

  async #invokeQueueFunction(event: SQSEvent): Promise<FunctionResult> {
    const { createQueueHandler: create } = this.#options.functions;
    const invocation = this.#invocation(queueTimeoutMilliseconds);
    const handler = create({
      open: () => this.#contextOf(invocation),
      metrics: this.#metrics.metrics,
      abortAfter: invocation.abortAfter,
    });
    for (const { messageId } of event.Records) {
      const key = this.#keyOfMessage.get(messageId) ?? "";
      this.receives.set(key, (this.receives.get(key) ?? 0) + 1);
    }
    return this.#track(() =>
      Promise.race([
        handler(event, invocation.context).then(returned, failed),
        invocation.ended.then((ending) => failed(new Error(ending))),
      ]),
    );
  }

  #contextOf(invocation: Invocation) {
    return {
      intake: this.services.intakeStore(invocation),
      documents: this.services.documentStore(invocation),
      documentVersions: this.services.documentVersions(invocation),
      deletedDocumentDays: 0,
      records: this.services.recordStore(invocation),
      intakeBucket: bucket,
      maxPayloadBytes: this.#options.maxPayloadBytes ?? 10_485_760,
      plainFiles: domain.plainFiles,
      retentionDays: 30,
      now: () => this.clock.now(),
    };
  }

  #invocation(timeoutMilliseconds: number): Invocation {
    const { chooseFault, latency } = this.#options;
    const invocation = new Invocation({
      clock: this.clock,
      timeoutMilliseconds,
      chooseFault,
      latency,
      onFault: (fault) => void this.#noted(fault),
    });
    void invocation.ended.then((ending) => {
      this.timeouts += ending === "timed-out" ? 1 : 0;
    });
    return invocation;
  }

  /** Of the mapping's own calls too, some fail: what was processed then comes again. */
  #faultyQueue(): MessageQueue {
    const { chooseFault } = this.#options;
    const queue = this.#queue;
    return {
      arn: queue.arn,
      receive: (options) => queue.receive(options),
      delete: async (messages) => {
        if (this.#noted(chooseFault("deleteMessages", 1))) {
          throw new Error("The messages were not deleted");
        }
        await queue.delete(messages);
      },
    };
  }

  #noted<Any extends Fault | BodyFault>(fault: Any | undefined): Any | undefined {
    if (fault) this.faults[fault.kind] = (this.faults[fault.kind] ?? 0) + 1;
    return fault;
  }

  async #track<T>(work: () => Promise<T>): Promise<T> {
    this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
    }
  }
}

function apiRequest({ item, fileId, submissionId, receivedAt }: Sent) {
  const resource = fileId === undefined ? itemResource : fileResource;
  const pathParameters = { [domain.key]: item, ...(fileId !== undefined && { fileId }) };
  return { resource, pathParameters, submissionId, receivedAt };
}

function keyIn(body: string): string {
  return decodeURIComponent(JSON.parse(body).Records[0].s3.object.key);
}

function returned(result: unknown): FunctionResult {
  return { kind: "returned", payload: JSON.stringify(result) ?? "null" };
}

function failed(error: unknown): FunctionResult {
  return { kind: "failed", errorType: "Error", errorMessage: String(error) };
}
