import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, ListObjectVersionsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import * as z from "zod/mini";
import { documentKey, intakeKey, SHARED_CALLER } from "../../contract/keys.ts";
import { domain } from "../../domain/domain.ts";
import { SHARED_PATH } from "../../domain/names.ts";
import { createSample } from "../../domain/sample.ts";
import { createApiHandler } from "../../functions/ingestion/api/api-handler.ts";
import { createQueueHandler } from "../../functions/ingestion/queue/queue-handler.ts";
import { createDocumentStore } from "../../functions/ingestion/stores/document-store.ts";
import { createDocumentVersions } from "../../functions/ingestion/stores/document-versions.ts";
import { createIntakeQueue } from "../../functions/ingestion/stores/intake-queue.ts";
import { createIntakeStore } from "../../functions/ingestion/stores/intake-store.ts";
import { buildTombstone } from "../../functions/ingestion/stores/record.ts";
import { createRecordStore, type RecordStore } from "../../functions/ingestion/stores/record-store.ts";
import { createSweepProgress } from "../../functions/ingestion/stores/sweep-progress.ts";
import { createSweepHandler } from "../../functions/ingestion/sweep/sweep-handler.ts";
import { apiEvent, invocation, s3Notification, sqsEvent } from "./function-events.ts";
import { memoryMetrics } from "./function-metrics.ts";

/** Clients that call as one role, or as the administrator of the account. */
export interface Caller {
  readonly s3: S3Client;
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly logs: CloudWatchLogsClient;
  /** Commands that were denied so far, such as `PutObjectCommand`: handlers answer without saying why. */
  readonly denied: readonly string[];
}

/** Names of what was deployed. */
export interface Names {
  /** The account that owns the buckets. */
  readonly accountId: string;
  readonly intakeBucket: string;
  readonly documentsBucket: string;
  readonly table: string;
  readonly queueUrl: string;
  readonly logGroups: Readonly<Record<"apiFunction" | "queueFunction" | "sweepFunction", string>>;
}

export interface Stage {
  readonly names: Names;
  /** The role that is exercised. */
  readonly role: Caller;
  /** Prepares and looks at things; its calls are always allowed. */
  readonly admin: <T>(work: (caller: Caller) => Promise<T>) => Promise<T>;
}

const { metrics } = memoryMetrics();

let counter = 0;
let sweeps = 0;
const unique = (prefix: string) => `${prefix}-${Date.now()}-${++counter}`;

export function callerOf(config: {
  endpoint: string;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string };
}): Caller {
  const shared = { ...config, region: "eu-central-1", maxAttempts: 1 };
  const clients = {
    s3: new S3Client({ ...shared, forcePathStyle: true }),
    dynamodb: new DynamoDBClient(shared),
    sqs: new SQSClient(shared),
    logs: new CloudWatchLogsClient(shared),
  };
  const denied: string[] = [];
  for (const { middlewareStack } of Object.values(clients)) {
    // The same method of every client, under a type of its own for each.
    (middlewareStack as unknown as MiddlewareStack).add(recordDenials(denied), { step: "initialize" });
  }
  return { ...clients, denied };
}

type Handler = (args: unknown) => Promise<unknown>;
type Middleware = (next: Handler, context: { readonly commandName?: string }) => Handler;
interface MiddlewareStack {
  add(middleware: Middleware, options: { readonly step: "initialize" }): void;
}

function recordDenials(denied: string[]): Middleware {
  return (next, { commandName = "" }) =>
    async (args) => {
      try {
        const result = await next(args).catch((error: unknown) => {
          // Of two threads of moto that take one message, one ends with an error page. Such a call did nothing.
          if (error instanceof SyntaxError) return next(args);
          throw error;
        });
        if (someDenied(result)) denied.push(commandName);
        return result;
      } catch (error) {
        if (error instanceof Error && /^AccessDenied/.test(error.name)) {
          denied.push(commandName);
        }
        throw error;
      }
    };
}

/** S3 says of a batch what it denied in an answer of 200. */
function someDenied(result: unknown): boolean {
  const { output } = batchSchema.safeParse(result).data ?? {};
  return output?.Errors?.some(({ Code }) => Code === "AccessDenied") ?? false;
}

const batchSchema = z.object({
  output: z.object({ Errors: z.optional(z.array(z.object({ Code: z.string() }))) }),
});

/** Everything that the code or integration behind each role does. Throws as soon as a call is denied. */
export const exercises = {
  async gatewayWriter({ names, role }: Stage): Promise<void> {
    await putPayload(role, names, unique("item"));
  },

  async documentReader({ names, role, admin }: Stage): Promise<void> {
    const Key = documentKey({ caller: SHARED_CALLER, item: unique("item") }, "0".repeat(64));
    const object = { Bucket: names.documentsBucket, Key };
    await admin(({ s3 }) => s3.send(new PutObjectCommand({ ...object, Body: "%PDF-" })));

    await role.s3.send(new GetObjectCommand(object));
    await expectMissing(role.s3.send(new GetObjectCommand({ ...object, Key: `${Key}0` })));
  },

  async apiFunction({ names, role, admin }: Stage): Promise<void> {
    const handler = createApiHandler({ open: () => ({ ...storesOf(role, names), now: Date.now }), metrics });
    const item = unique("item");
    const { body, record } = createSample({ mark: item });
    const resource = `${SHARED_PATH}/{${domain.key}}`;
    const pathParameters = { [domain.key]: item };
    const request = { resource, pathParameters, submissionId: unique("submission") };
    const submissions = `${resource}/submissions/{submissionId}`;
    const query = { [domain.listedBy]: String(record[domain.listedBy]) };
    const waiting = await admin((caller) => putPayload(caller, names, item));

    for (const [status, event] of [
      [201, apiEvent({ ...request, method: "POST", body })],
      [200, apiEvent({ ...request, method: "GET" })],
      [200, apiEvent({ method: "GET", resource: SHARED_PATH, query })],
      [
        200,
        apiEvent({
          method: "GET",
          resource: submissions,
          pathParameters: { ...pathParameters, submissionId: waiting },
        }),
      ],
      ...(domain.plainFiles
        ? [[200, apiEvent({ method: "GET", resource: `${resource}/files`, pathParameters })] as const]
        : []),
      [
        404,
        apiEvent({
          method: "GET",
          resource: submissions,
          pathParameters: { ...pathParameters, submissionId: "none" },
        }),
      ],
      [
        204,
        apiEvent({ ...request, method: "DELETE", receivedAt: Date.now(), submissionId: unique("deletion") }),
      ],
    ] as const) {
      const { statusCode, body } = await handler(event, invocation());
      if (statusCode !== status) {
        throw new Error(`${event.httpMethod} ${event.resource} answered ${statusCode}: ${body}`);
      }
    }
    await writeLogs(role, names.logGroups.apiFunction);
  },

  async queueFunction({ names, role, admin }: Stage): Promise<void> {
    const handler = createQueueHandler({
      open: () => ({ ...storesOf(role, names), intakeBucket: names.intakeBucket, now: Date.now }),
      metrics,
    });
    const item = unique("item");
    const deliver = async (body: string) => {
      const { batchItemFailures } = await handler(sqsEvent(body), invocation());
      if (batchItemFailures.length > 0) {
        throw new Error("the message failed");
      }
    };

    const plain = s3Notification(names.intakeBucket, await admin((caller) => putKey(caller, names, item)));
    await deliver(plain);
    await deliver(plain);
    const key = await admin((caller) => putKey(caller, names, item));
    // As events of a versioned bucket name a version; "null" is the one of an object without versioning.
    await deliver(s3Notification(names.intakeBucket, key, { versionId: "null" }));

    const late = await admin((caller) => putKey(caller, names, item));
    const { batchItemFailures: lateFailures } = await createQueueHandler({
      open: () => ({
        ...storesOf(role, names),
        records: overtaken(storesOf(role, names).records),
        intakeBucket: names.intakeBucket,
        now: Date.now,
      }),
      metrics,
    })(sqsEvent(s3Notification(names.intakeBucket, late)), invocation());
    if (lateFailures.length > 0) {
      throw new Error("the message that came late failed");
    }

    await pollAsMapping(role, names, admin);
    await writeLogs(role, names.logGroups.queueFunction);
  },

  async sweepFunction({ names, role, admin }: Stage): Promise<void> {
    const { intake, records, documentVersions } = storesOf(role, names);
    const item = unique("item");
    const Key = documentKey({ caller: SHARED_CALLER, item }, "0".repeat(64));
    const forgotten = { Bucket: names.documentsBucket, Key };
    await admin(async (caller) => {
      await putKey(caller, names, item);
      await caller.s3.send(new PutObjectCommand({ ...forgotten, Body: "%PDF-" }));
    });
    // Everything is old by then, and has doubled its age since the sweep before: only that is queued again.
    const laterThanAllBefore = Date.now() + 60_000 * 2 ** ++sweeps;
    const handler = createSweepHandler({
      open: () => ({
        intake,
        intakeBucket: names.intakeBucket,
        queue: createIntakeQueue(role.sqs, names.queueUrl),
        documentVersions,
        deletedDocumentDays: 0,
        records,
        progress: createSweepProgress(role.dynamodb, names.table),
        unprocessedAfterMilliseconds: 1,
        graceMilliseconds: 1,
        now: () => laterThanAllBefore,
      }),
      metrics,
    });
    await handler({}, invocation());

    const left = await admin(({ s3 }) =>
      s3.send(new ListObjectVersionsCommand({ Bucket: names.documentsBucket, Prefix: forgotten.Key })),
    );
    if ((left.Versions ?? []).length > 0) {
      throw new Error("the document that no record points to is still there");
    }
    await writeLogs(role, names.logGroups.sweepFunction);
  },
};

export type ExercisedRole = keyof typeof exercises;

function storesOf({ s3, dynamodb }: Caller, names: Names) {
  return {
    intake: createIntakeStore(s3, { name: names.intakeBucket, owner: names.accountId }),
    documents: createDocumentStore(s3, { name: names.documentsBucket, owner: names.accountId }),
    documentVersions: createDocumentVersions(s3, { name: names.documentsBucket, owner: names.accountId }),
    deletedDocumentDays: 0,
    records: createRecordStore(dynamodb, names.table),
    maxPayloadBytes: 10_485_760,
    plainFiles: domain.plainFiles,
    retentionDays: 30,
  };
}

/** A deletion comes between, so that what was put has to be removed again. */
function overtaken(records: RecordStore): RecordStore {
  return {
    ...records,
    async replaceCurrent(next, expected) {
      const later = { ...next, receivedAt: next.receivedAt + 1_000 };
      await records.replaceCurrent(buildTombstone(later, later.receivedAt, 4_000_000_000), expected);
      return false;
    },
  };
}

/** Writes a payload as the integration does and returns its submission id. */
async function putPayload(caller: Caller, names: Names, item: string): Promise<string> {
  return (await put(caller, names, item)).submissionId;
}

async function putKey(caller: Caller, names: Names, item: string): Promise<string> {
  return (await put(caller, names, item)).key;
}

async function put({ s3 }: Caller, names: Names, item: string) {
  const submissionId = unique("submission");
  const key = intakeKey({ caller: SHARED_CALLER, item }, submissionId);
  await s3.send(
    new PutObjectCommand({
      Bucket: names.intakeBucket,
      Key: key,
      Body: createSample({ mark: submissionId }).body,
      IfNoneMatch: "*",
      Metadata: { "submission-id": submissionId, "received-at": String(Date.now()) },
    }),
  );
  return { key, submissionId };
}

async function expectMissing(answer: Promise<unknown>): Promise<void> {
  const error = await answer.then(
    () => undefined,
    (thrown: Error) => thrown,
  );
  if (error?.name !== "NoSuchKey") {
    throw error ?? new Error("the object is there");
  }
}

/** What Lambda's event source mapping does with the function's role. */
async function pollAsMapping({ sqs }: Caller, { queueUrl: QueueUrl }: Names, admin: Stage["admin"]) {
  // Long polls of a mapping that was stopped go on in moto, and each still takes a message.
  const Entries = Array.from({ length: 10 }, (_, index) => ({ Id: String(index), MessageBody: "{}" }));
  await admin(async ({ sqs: sender }) => {
    await sender.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    await sender.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  });
  await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
  for (const { ReceiptHandle } of Messages) {
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
  if (Messages.length === 0) {
    throw new Error("the queue gave no message");
  }
}

/** What Lambda does with the function's role for its log. */
async function writeLogs({ logs }: Caller, logGroupName: string): Promise<void> {
  const stream = { logGroupName, logStreamName: unique("stream") };
  await logs.send(new CreateLogStreamCommand(stream));
  const logEvents = [{ timestamp: Date.now(), message: "{}" }];
  await logs.send(new PutLogEventsCommand({ ...stream, logEvents }));
}
