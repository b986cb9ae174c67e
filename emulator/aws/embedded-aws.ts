import { createServer, type IncomingMessage, type Server } from "node:http";
import { SQSClient } from "@aws-sdk/client-sqs";
import dynalite from "dynalite";
import { buildApp } from "fauxqs";
import type { ServiceRequest, ServiceResponse } from "../api-gateway/messages.ts";
import { headerLines, writeResponse } from "../api-gateway/read-request.ts";
import { createHttpClient } from "../http-client.ts";
import { closeServer, listenOnLoopback } from "../loopback-server.ts";
import { createS3 } from "../s3/s3-server.ts";
import { clientConfigOf } from "./clients.ts";
import { createNotifier, type NotifierOptions } from "./notifier.ts";
import { createObjectFolder } from "./object-folder.ts";
import type { BucketNotification } from "./s3-notifications.ts";
import { sqsAsOnAws } from "./sqs-as-on-aws.ts";

const loopback = "127.0.0.1";

export interface EmbeddedAwsOptions extends NotifierOptions {
  /** The owner of every bucket. */
  readonly accountId?: string;
}

export interface EmbeddedAws {
  /** One URL for S3, SQS and DynamoDB, on a free port of the loopback interface. */
  readonly endpoint: string;
  /** Notifies queues of what happens in buckets from now on, beginning with the test event. */
  configureNotifications(notifications: readonly BucketNotification[]): Promise<void>;
  stop(): Promise<void>;
}

/** Amazon S3, SQS and DynamoDB in this process, behind one address as AWS_ENDPOINT_URL expects it. */
export async function startEmbeddedAws(options: EmbeddedAwsOptions): Promise<EmbeddedAws> {
  const { region, accountId = "000000000000", onError } = options;
  const queues = buildApp({ logger: false, host: loopback, defaultRegion: region });
  const sqsBehind = createHttpClient(await queues.listen({ port: 0, host: loopback }));
  const sendToSqs = sqsAsOnAws({ accountId, send: (request) => sqsBehind.send(request) });
  const tables: Server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  const dynamodb = createHttpClient(await listenOnLoopback(tables));
  const notifier = createNotifier(options);
  const s3 = createS3({
    directory: createObjectFolder(),
    accountId,
    region,
    onEvent: notifier.tell,
    ...(onError && { onError }),
  });

  const front = createServer(async (message, response) => {
    try {
      const target = String(message.headers["x-amz-target"] ?? "");
      if (target.startsWith("DynamoDB_") && options.faults?.isTableDown()) {
        await read(message);
        writeResponse(response, tableDown);
      } else if (target.startsWith("DynamoDB_"))
        writeResponse(response, await dynamodb.send(await read(message)));
      else if (target.startsWith("AmazonSQS."))
        writeResponse(response, await sendToSqs(target, await read(message)));
      else await s3.handle(message, response);
    } catch (error) {
      // Whoever hung up, or was hung up on by `stop`, expects no answer.
      if (!message.socket.destroyed) onError?.(error);
      response.destroy();
    }
  });

  const endpoint = await listenOnLoopback(front);
  const sqs = new SQSClient({ ...clientConfigOf(region), endpoint });
  return {
    endpoint,
    configureNotifications: (notifications) => notifier.configure(notifications, sqs),
    async stop() {
      await notifier.settled();
      sqs.destroy();
      await closeServer(front);
      sqsBehind.close();
      dynamodb.close();
      await queues.close();
      await closeServer(tables);
      await s3.close();
    },
  };
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html */
const tableDown: ServiceResponse = {
  status: 500,
  headers: [["Content-Type", "application/x-amz-json-1.0"]],
  body: Buffer.from(
    JSON.stringify({
      __type: "com.amazonaws.dynamodb.v20120810#InternalServerError",
      message: "The request processing has failed because of an unknown error.",
    }),
  ),
};

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
