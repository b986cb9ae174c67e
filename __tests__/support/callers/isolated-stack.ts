import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CALLER_HEADER } from "../../../contract/keys.ts";
import { domain } from "../../../domain/domain.ts";
import { LARGE_API, SMALL_API } from "../../../domain/names.ts";
import { createApiGateway } from "../../../emulator/api-gateway/api-gateway.ts";
import type { Backends, Headers } from "../../../emulator/api-gateway/messages.ts";
import { headerOf } from "../../../emulator/api-gateway/messages.ts";
import type { createApiHandler } from "../../../functions/ingestion/api/api-handler.ts";
import type { createQueueHandler } from "../../../functions/ingestion/queue/queue-handler.ts";
import type { createDocumentStore } from "../../../functions/ingestion/stores/document-store.ts";
import type { createDocumentVersions } from "../../../functions/ingestion/stores/document-versions.ts";
import type { createIntakeStore } from "../../../functions/ingestion/stores/intake-store.ts";
import type { createRecordStore } from "../../../functions/ingestion/stores/record-store.ts";
import { bindPlaceholders } from "../../../openapi/bind-placeholders.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import { parseDocument } from "../../../openapi/parse-document.ts";
import { listPlaceholders } from "../../../openapi/placeholders.ts";
import { invocation, s3Notification, sqsEvent } from "../function-events.ts";
import { memoryMetrics } from "../function-metrics.ts";
import { MemoryS3 } from "./memory-s3.ts";
import { MemoryTable } from "./memory-table.ts";

/** The code under test: the functions with their stores, or ones with a bug. */
export interface IsolatedModules {
  readonly createApiHandler: typeof createApiHandler;
  readonly createQueueHandler: typeof createQueueHandler;
  readonly createRecordStore: typeof createRecordStore;
  readonly createDocumentStore: typeof createDocumentStore;
  readonly createDocumentVersions: typeof createDocumentVersions;
  readonly createIntakeStore: typeof createIntakeStore;
}

export interface Call {
  readonly api: "small" | "large";
  readonly method: string;
  /** Percent-encoded, with its query. */
  readonly target: string;
  /** The lines of x-caller-id: one, behind a proxy that does its work. */
  readonly callers: readonly string[];
  readonly headers?: Headers;
  readonly body?: Buffer;
}

export interface Answer {
  readonly status: number;
  /** The id that API Gateway gave the request. */
  readonly requestId: string;
  readonly correlationId: string | undefined;
  readonly body: Buffer;
}

const accountId = "111111111111";
const intakeBucket = "intake";
const documentsBucket = "documents";
const values: Readonly<Record<string, string>> = {
  account: accountId,
  region: "eu-central-1",
  partition: "aws",
  "bucket.intake": intakeBucket,
  "bucket.documents": documentsBucket,
  "role.intakeWriter": `arn:aws:iam::${accountId}:role/writer`,
  "role.documentReader": `arn:aws:iam::${accountId}:role/reader`,
  "function.api": `arn:aws:lambda:eu-central-1:${accountId}:function:api`,
};

/** A document of specs/ as the stack binds it; `change` seeds a bug in it. */
function bound(api: string, change: (document: string) => string): OpenApiDocument {
  const text = readFileSync(join(process.cwd(), "specs", `${api}.openapi.json`), "utf8");
  const document = parseDocument(change(text), api);
  const used = [...listPlaceholders(document).keys()].map((name) => [name, values[name] ?? ""]);
  return bindPlaceholders(document, Object.fromEntries(used));
}

/**
 * Both shipped APIs behind API Gateway, the functions' handlers and their stores, over S3 and DynamoDB in memory. Nothing runs
 * by itself: `deliver` is the queue.
 */
export class IsolatedStack {
  readonly s3 = new MemoryS3(accountId, [intakeBucket, documentsBucket]);
  readonly table = new MemoryTable();
  /** By the clock of API Gateway, in epoch milliseconds. */
  now = Date.UTC(2026, 2, 1);
  readonly #gateways: Readonly<Record<Call["api"], ReturnType<typeof createApiGateway>>>;
  readonly #queue: ReturnType<typeof createQueueHandler>;

  constructor(modules: IsolatedModules, change: (document: string) => string = (document) => document) {
    const context = this.#contextOf(modules);
    const { metrics } = memoryMetrics();
    const api = modules.createApiHandler({ open: () => context, metrics });
    this.#queue = modules.createQueueHandler({ open: () => context, metrics });
    const backends: Backends = {
      s3: async (request) => this.s3.answer(request),
      lambda: async (_arn, event) => ({
        kind: "returned",
        payload: JSON.stringify(await api(JSON.parse(event), invocation())),
      }),
      http: async ({ url }) => {
        throw new Error(`Nothing here calls ${url}`);
      },
    };
    const gateway = (name: string) =>
      createApiGateway({
        document: bound(name, change),
        deployment: { apiId: name, accountId, region: "eu-central-1", stageName: "v1", stageVariables: {} },
        backends,
        now: () => new Date(this.now),
      });
    this.#gateways = { small: gateway(SMALL_API), large: gateway(LARGE_API) };
  }

  #contextOf(modules: IsolatedModules) {
    const { client } = this.s3;
    const bucket = (name: string) => ({ name, owner: accountId });
    return {
      intake: modules.createIntakeStore(client, bucket(intakeBucket)),
      documents: modules.createDocumentStore(client, bucket(documentsBucket)),
      documentVersions: modules.createDocumentVersions(client, bucket(documentsBucket)),
      records: modules.createRecordStore(this.table.client, "table"),
      intakeBucket,
      maxPayloadBytes: 1_000_000,
      plainFiles: domain.plainFiles,
      retentionDays: 30,
      deletedDocumentDays: 0,
      now: () => this.now,
    };
  }

  async call({ api, method, target, callers, headers = [], body = Buffer.alloc(0) }: Call): Promise<Answer> {
    const lines = [...callers.map((caller) => [CALLER_HEADER, caller] as const), ...headers];
    const answer = await this.#gateways[api]({ method, target, headers: lines, body, sourceIp: "10.0.0.1" });
    return {
      status: answer.status,
      requestId: headerOf(answer.headers, "x-amz-apigw-id") ?? "",
      correlationId: headerOf(answer.headers, "x-correlation-id"),
      body: answer.body,
    };
  }

  /** Tells the queue function of created objects, in one batch. @returns the keys of those that it could not finish */
  async deliver(keys: readonly string[]): Promise<string[]> {
    const bodies = keys.map((key) => s3Notification(intakeBucket, key));
    const { batchItemFailures } = await this.#queue(sqsEvent(...bodies), invocation());
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    return keys.filter((_key, index) => failed.has(`message-${index}`));
  }

  get waiting(): string[] {
    return this.s3.keys(intakeBucket);
  }

  get documents(): string[] {
    return this.s3.keys(documentsBucket);
  }
}
