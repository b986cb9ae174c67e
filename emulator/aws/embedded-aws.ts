import { createServer, type IncomingMessage, type Server } from "node:http";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import dynalite from "dynalite";
import { buildApp } from "fauxqs";
import { headerOf, type ServiceRequest, type ServiceResponse } from "../api-gateway/messages.ts";
import { headerLines, writeResponse } from "../api-gateway/read-request.ts";
import { createHttpClient } from "../http-client.ts";
import { closeServer, listenOnLoopback } from "../loopback-server.ts";
import { clientConfigOf, queueUrlOf } from "./clients.ts";
import {
  type BucketNotification,
  formatObjectEvent,
  formatTestEvent,
  isNotified,
} from "./s3-notifications.ts";
import { createS3Rules, objectTargetOf } from "./s3-rules.ts";
import { createS3Versions } from "./s3-versions.ts";

const loopback = "127.0.0.1";

export interface EmbeddedAwsOptions {
  readonly region: string;
  /** The owner of every bucket. */
  readonly accountId?: string;
  /** How often each event is delivered; Amazon S3 promises at least once. */
  readonly deliveriesPerEvent?: number;
  /** Told of every event that was delivered. */
  readonly onNotification?: (bucket: string, key: string, queueArn: string) => void;
  readonly onError?: (error: unknown) => void;
}

export interface EmbeddedAws {
  /** One URL for S3, SQS and DynamoDB, on a free port of the loopback interface. */
  readonly endpoint: string;
  /** Notifies queues of what happens in buckets from now on, beginning with the test event. */
  configureNotifications(notifications: readonly BucketNotification[]): Promise<void>;
  stop(): Promise<void>;
}

/** Amazon S3, SQS and DynamoDB in this process: emulators, and before them what S3 does and its emulator does not. */
export async function startEmbeddedAws(options: EmbeddedAwsOptions): Promise<EmbeddedAws> {
  const objectsAndQueues = buildApp({ logger: false, host: loopback, defaultRegion: options.region });
  const s3AndSqs = createHttpClient(await objectsAndQueues.listen({ port: 0, host: loopback }));
  const tables: Server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const dynamodb = createHttpClient(await listenOnLoopback(tables));
  const notifier = createNotifier(options);
  const { accountId = "000000000000" } = options;
  const s3 = createS3Rules(
    createS3Versions((request) => s3AndSqs.send(request)),
    accountId,
  );

  const front = createServer(async (message, response) => {
    try {
      const request = await read(message);
      writeResponse(response, await route(request));
    } catch (error) {
      // Whoever hung up, or was hung up on by `stop`, expects no answer.
      if (!message.socket.destroyed) options.onError?.(error);
      response.destroy();
    }
  });

  async function route(request: ServiceRequest): Promise<ServiceResponse> {
    const target = headerOf(request.headers, "X-Amz-Target") ?? "";
    if (target.startsWith("DynamoDB_")) return dynamodb.send(request);
    if (target.startsWith("AmazonSQS.")) return s3AndSqs.send(request);
    const response = await s3(request);
    if (request.method === "PUT" && response.status === 200) notifier.objectWritten(request, response);
    return response;
  }

  const endpoint = await listenOnLoopback(front);
  const sqs = new SQSClient({ ...clientConfigOf(options.region), endpoint });
  return {
    endpoint,
    configureNotifications: (notifications) => notifier.configure(notifications, sqs),
    async stop() {
      await notifier.settled();
      sqs.destroy();
      await closeServer(front);
      s3AndSqs.close();
      dynamodb.close();
      await objectsAndQueues.close();
      await closeServer(tables);
    },
  };
}

/** Sends an event for each object written, until the queue has taken it. */
function createNotifier({ region, deliveriesPerEvent = 1, onNotification, onError }: EmbeddedAwsOptions) {
  let notifications: readonly BucketNotification[] = [];
  let client: SQSClient | undefined;
  let sequence = 0;
  const pending = new Set<Promise<void>>();

  async function deliver(queueArn: string, body: string): Promise<void> {
    if (client === undefined) return;
    const QueueUrl = await queueUrlOf(client, queueArn);
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
  }

  async function notify(request: ServiceRequest, response: ServiceResponse): Promise<void> {
    const { bucket, key } = objectTargetOf(request.target);
    const event = {
      bucket,
      key,
      sizeBytes: request.body.length,
      eTag: headerOf(response.headers, "ETag") ?? "",
      name:
        headerOf(request.headers, "x-amz-copy-source") === undefined
          ? "ObjectCreated:Put"
          : "ObjectCreated:Copy",
      sourceIp: loopback,
    };
    for (const { queueArn } of notifications.filter((notification) => isNotified(notification, event))) {
      const body = formatObjectEvent(event, { region, time: new Date(), sequence: ++sequence });
      for (let delivery = 0; delivery < deliveriesPerEvent; delivery++) await deliver(queueArn, body);
      onNotification?.(bucket, key, queueArn);
    }
  }

  return {
    async configure(configured: readonly BucketNotification[], sqs: SQSClient): Promise<void> {
      notifications = configured;
      client = sqs;
      for (const { bucket, queueArn } of configured)
        await deliver(queueArn, formatTestEvent(bucket, new Date()));
    },
    objectWritten(request: ServiceRequest, response: ServiceResponse): void {
      if (objectTargetOf(request.target).key === "") return;
      const notified = notify(request, response)
        .catch((error: unknown) => onError?.(error))
        .finally(() => pending.delete(notified));
      pending.add(notified);
    },
    async settled(): Promise<void> {
      await Promise.all(pending);
    },
  };
}

async function read(message: IncomingMessage): Promise<ServiceRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return {
    method: message.method ?? "GET",
    target: message.url ?? "/",
    headers: headerLines(message.rawHeaders),
    body: Buffer.concat(chunks),
  };
}
