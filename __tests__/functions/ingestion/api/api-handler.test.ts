import { createHash } from "node:crypto";
import type { APIGatewayProxyResult } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { intakeKey, SHARED_CALLER } from "../../../../contract/keys.ts";
import { RETRY_AFTER_SECONDS } from "../../../../contract/limits.ts";
import { domain } from "../../../../domain/domain.ts";
import { filesOf, replaceFiles } from "../../../../domain/files.ts";
import { SHARED_PATH } from "../../../../domain/names.ts";
import { createApiHandler } from "../../../../functions/ingestion/api/api-handler.ts";
import { ingest } from "../../../../functions/ingestion/ingest.ts";
import { type ApiRequest, apiEvent, invocation } from "../../../support/function-events.ts";
import { memoryIntake, memoryStores, now } from "../../../support/function-memory-stores.ts";
import { memoryMetrics } from "../../../support/function-metrics.ts";
import { aPayload, markedPayload } from "../../../support/function-payloads.ts";
import {
  aPlainFile,
  fileResource,
  itemResource,
  keptContent,
  keyedBy,
  sampleGroup,
} from "../../../support/function-records.ts";

const payload = aPayload().toString();
const key = keyedBy("item-1");
const path = { [domain.key]: "item-1" };
const group = { [domain.listedBy]: sampleGroup };

beforeEach(() => {
  vi.spyOn(console, "info").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe(createApiHandler, () => {
  it("answers 201 for a new payload, under the gateway's id and time", async () => {
    const { call, stores } = setUp();

    const response = await call(post({ submissionId: "s-1", receivedAt: 1_772_355_600_000 }));

    expect(response.statusCode).toBe(201);
    expect(JSON.parse(response.body)).toEqual({
      ...path,
      submissionId: "s-1",
      status: "stored",
      receivedAt: "2026-03-01T09:00:00.000Z",
    });
    expect(stores.stateOf(key)).toMatchObject({ submissionId: "s-1", receivedAt: 1_772_355_600_000 });
  });

  it("answers 200 for a replaced and for an unchanged payload", async () => {
    const { call } = setUp();
    await call(post({ submissionId: "s-1", receivedAt: 1 }));
    const body = markedPayload("other").toString();

    const replaced = await call(post({ submissionId: "s-2", receivedAt: 2, body }));
    const unchanged = await call(post({ submissionId: "s-3", receivedAt: 3, body }));

    expect(replaced.statusCode).toBe(200);
    expect(JSON.parse(replaced.body)).toMatchObject({ status: "stored" });
    expect(unchanged.statusCode).toBe(200);
    expect(JSON.parse(unchanged.body)).toMatchObject({ status: "unchanged" });
  });

  it("answers 409 for a superseded submission", async () => {
    const { call } = setUp();
    await call(post({ submissionId: "s-2", receivedAt: 2 }));

    const response = await call(post({ submissionId: "s-1", receivedAt: 1 }));

    expectProblem(response, 409);
    expect(response.headers).not.toHaveProperty("Retry-After");
    expect(JSON.parse(response.body)).toMatchObject({ submissionId: "s-1" });
  });

  it("answers 400 with the reasons for a rejected payload", async () => {
    const { call } = setUp();

    const response = await call(post({ submissionId: "s-1", body: "{}" }));

    expectProblem(response, 400);
    expect(JSON.parse(response.body)).toMatchObject({
      submissionId: "s-1",
      reasons: expect.arrayContaining([expect.objectContaining({ path: domain.listedBy })]),
    });
  });

  it("rejects an absent body", async () => {
    const { call } = setUp();

    const { body: _, ...event } = post({});
    const response = await call(event);

    expectProblem(response, 400);
  });

  it("decodes a body that the gateway encoded", async () => {
    const { call } = setUp();

    const body = Buffer.from(payload).toString("base64");
    const response = await call(post({ body, isBase64Encoded: true }));

    expect(response.statusCode).toBe(201);
  });

  it.each(["%E0%A4%A", "a%2Fb", "..", "", "a%20b"])("answers 400 for the item %j", async (item) => {
    const { call, stores } = setUp();

    const response = await call(post({ pathParameters: { [domain.key]: item } }));

    expectProblem(response, 400);
    expect(stores.writes).toEqual([]);
  });

  it("decodes the item of the path", async () => {
    const { call, stores } = setUp();

    await call(post({ pathParameters: { [domain.key]: "item%2D9" } }));

    expect(stores.stateOf(keyedBy("item-9"))?.kind).toBe("record");
  });

  it("shows a stored record, with the path of each of its documents", async () => {
    const { call } = setUp();
    await call(post({ submissionId: "s-1", receivedAt: 1_772_355_600_000 }));

    const response = await call(get(itemResource, path));

    const withPaths = replaceFiles<{ sha256: string }>(keptContent(), domain.files, (file) => ({
      ...file,
      path: `${SHARED_PATH}/item-1/documents/${file.sha256}`,
    }));
    expect(filesOf(withPaths, domain.files).length).toBeGreaterThan(0);
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      "Content-Type": "application/json",
      "Cache-Control": "no-store",
    });
    expect(JSON.parse(response.body)).toEqual({
      ...path,
      ...withPaths,
      submissionId: "s-1",
      receivedAt: "2026-03-01T09:00:00.000Z",
      files: [],
    });
  });

  it("answers 204 for a deletion, and 404 for what was deleted", async () => {
    const { call } = setUp();
    await call(post({ submissionId: "s-1", receivedAt: 1 }));

    const deleted = await call({ ...remove, submissionId: "d-1", receivedAt: 2 });
    const response = await call(get(itemResource, path));

    expect(deleted).toMatchObject({ statusCode: 204, body: "" });
    expectProblem(response, 404);
  });

  it("says how many documents a deletion removed", async () => {
    const { call, stores, sums } = setUp();
    await call(post({ submissionId: "s-1", receivedAt: 1 }));
    const documents = stores.documents.size;

    await call({ ...remove, submissionId: "d-1", receivedAt: 2 });

    expect(stores.documents.size).toBe(0);
    expect(sums).not.toHaveProperty("UnversionedDocuments");
    expect(console.info).toHaveBeenCalledWith({
      message: "record deleted",
      caller: SHARED_CALLER,
      item: "item-1",
      submissionId: "d-1",
      documents,
    });
  });

  it("never answers 204 for documents that it could not remove, since their bucket is not versioned", async () => {
    const { call, stores, sums } = setUp({ isVersioned: false });
    await call(post({ submissionId: "s-1", receivedAt: 1 }));

    const deleted = await call({ ...remove, submissionId: "d-1", receivedAt: 2 });

    expectProblem(deleted, 500);
    expect(sums).toMatchObject({ FailedRequests: 1, UnversionedDocuments: stores.documents.size });
    expect(sums).not.toHaveProperty("Deleted");
    expect(console.error).toHaveBeenCalledWith({
      message: "documents of a deleted record stay: their bucket is not versioned",
      caller: SHARED_CALLER,
      item: "item-1",
      submissionId: "d-1",
      documents: stores.documents.size,
    });
  });

  it("answers 500 where documents could not be removed, so that the deletion is sent again", async () => {
    const { call, handlerOf, stores } = setUp();
    await call(post({ submissionId: "s-1", receivedAt: 1 }));
    const failing = { ...stores.context.documentVersions, delete: () => Promise.reject(new Error("busy")) };
    const deletion = { ...remove, submissionId: "d-1", receivedAt: 2 };

    const failed = await handlerOf({ documentVersions: failing })(apiEvent(deletion), invocation());
    const repeated = await call({ ...deletion, submissionId: "d-2", receivedAt: 3 });

    expectProblem(failed, 500);
    expect(repeated.statusCode).toBe(204);
    expect(stores.documents.size).toBe(0);
  });

  it("answers 204 for the deletion of nothing, which holds off older submissions", async () => {
    const { call } = setUp();

    const deleted = await call({ ...remove, submissionId: "d-1", receivedAt: 2 });
    const late = await call(post({ submissionId: "s-1", receivedAt: 1 }));

    expect(deleted.statusCode).toBe(204);
    expect(late.statusCode).toBe(409);
  });

  it("lists the records of a group page by page", async () => {
    const { call } = setUp();
    for (const item of ["a", "b", "c"]) {
      await call(post({ pathParameters: { [domain.key]: item } }));
    }

    const first = JSON.parse((await call(list({ ...group, limit: "2" }))).body);
    const second = JSON.parse((await call(list({ ...group, limit: "2", cursor: first.cursor }))).body);

    expect(first).toMatchObject({
      items: [{ [domain.key]: "a" }, { [domain.key]: "b" }],
      cursor: expect.any(String),
    });
    expect(second.items).toMatchObject([{ [domain.key]: "c" }]);
    expect(second).not.toHaveProperty("cursor");
  });

  it.each([
    ["no group", {}],
    ["a group that the contract does not allow", { [domain.listedBy]: "x/\n".repeat(500) }],
    ["a cursor of its own making", { ...group, cursor: "Li4v" }],
    ["a limit of nothing", { ...group, limit: "0" }],
    ["a limit beyond the bound", { ...group, limit: "101" }],
    ["a limit that is no number", { ...group, limit: "ten" }],
    ["an empty limit", { ...group, limit: "" }],
    ["a hexadecimal limit", { ...group, limit: "0x10" }],
    ["a limit with an exponent", { ...group, limit: "1e1" }],
    ["a limit with a fraction", { ...group, limit: "1.0" }],
    ["a limit between blanks", { ...group, limit: " 1 " }],
  ])("answers 400 for a list with %s", async (_name, query) => {
    const { call } = setUp();

    expectProblem(await call(list(query)), 400);
  });

  it("shows the outcome of a submission", async () => {
    const { call } = setUp();
    await call(post({ submissionId: "s/1=", receivedAt: 1_772_355_600_000 }));

    const response = await call(getSubmission("s%2F1%3D"));

    expect(response.statusCode).toBe(200);
    expect(JSON.parse(response.body)).toEqual({
      ...path,
      submissionId: "s/1=",
      status: "stored",
      receivedAt: "2026-03-01T09:00:00.000Z",
      finishedAt: "2026-03-01T10:00:00.000Z",
    });
  });

  it("shows a submission by the alias of its id, which needs no encoding in a URL", async () => {
    const { call, intake } = setUp();
    await call(post({ submissionId: "s/1+=" }));
    intake.objects.set(intakeKey(key, "s/2+="), { bytes: Buffer.alloc(1), metadata: {} });
    const aliasOf = (id: string) => Buffer.from(id).toString("base64url");

    const [finished, waiting, ofItself] = [
      await call(getSubmission(aliasOf("s/1+="))),
      await call(getSubmission(aliasOf("s/2+="))),
      await call(getSubmission(encodeURIComponent("s/1+="))),
    ];

    expect(JSON.parse(finished.body)).toMatchObject({ submissionId: "s/1+=", status: "stored" });
    expect(JSON.parse(waiting.body)).toMatchObject({ submissionId: "s/2+=", status: "accepted" });
    expect(ofItself).toEqual(finished);
  });

  it("shows a submission whose id looks like an alias", async () => {
    const { call } = setUp();
    const id = Buffer.from("s-1").toString("base64url");
    await call(post({ submissionId: id }));

    expect(JSON.parse((await call(getSubmission(id))).body)).toMatchObject({ submissionId: id });
  });

  it("answers HEAD as GET, without content", async () => {
    const { call } = setUp();
    await call(post({ submissionId: "s-1" }));
    const requests = [
      get(itemResource, path),
      get(itemResource, { [domain.key]: "unknown" }),
      get(itemResource, { [domain.key]: "a b" }),
      getSubmission("s-1"),
      list(group),
      list({}),
    ];

    for (const request of requests) {
      const answer = await call(request);

      expect(answer.body).not.toBe("");
      expect(await call({ ...request, method: "HEAD" })).toEqual({ ...answer, body: "" });
    }
  });

  it("stores nothing of a payload that does not match its checksum", async () => {
    const { call, stores } = setUp();
    const sha256 = (text: string) => createHash("sha256").update(text).digest("base64");

    const refused = await call(post({ headers: { "x-amz-checksum-sha256": sha256("another") } }));
    expect(stores.writes).toEqual([]);
    const stored = await call(post({ headers: { "x-amz-checksum-sha256": sha256(payload) } }));

    expectProblem(refused, 400);
    expect(JSON.parse(refused.body).detail).toContain("does not match the body");
    expect(stored.statusCode).toBe(201);
  });

  it("tells of bytes that are no UTF-8, and not of their checksum, which API Gateway has made another", async () => {
    const { call } = setUp();
    const bytes = Buffer.concat([Buffer.from([0xff]), Buffer.from(payload)]);
    const sha256 = createHash("sha256").update(bytes).digest("base64");

    const body = bytes.toString("utf8");
    const response = await call(post({ body, headers: { "x-amz-checksum-sha256": sha256 } }));

    expectProblem(response, 400);
    expect(JSON.parse(response.body)).toMatchObject({ reasons: [{ code: "invalid_utf8" }] });
  });

  it("answers accepted while the payload of a submission waits", async () => {
    const { call, intake } = setUp();
    intake.objects.set(intakeKey(key, "s/1"), { bytes: Buffer.alloc(1), metadata: {} });

    const response = await call(getSubmission("s%2F1"));

    expect(response.statusCode).toBe(200);
    expect(JSON.parse(response.body)).toEqual({ ...path, submissionId: "s/1", status: "accepted" });
  });

  it("finds a submission that is finished between its two looks", async () => {
    const { stores, intake, call } = setUp();
    intake.store.exists = async () => {
      await call(post({ submissionId: "s-1" }));
      return false;
    };

    const response = await call(getSubmission("s-1"));

    expect(stores.results.size).toBe(1);
    expect(JSON.parse(response.body)).toMatchObject({ status: "stored" });
  });

  it.each(["unknown", "..%2F..%2Fsecret", "a b", "%zz", "a".repeat(257)])(
    "answers 404 for the submission %j",
    async (submissionId) => {
      const { call } = setUp();

      expectProblem(await call(getSubmission(submissionId)), 404);
    },
  );

  it("answers 404 for a resource that does not exist", async () => {
    const { call } = setUp();

    expectProblem(await call({ method: "PATCH", resource: itemResource }), 404);
  });

  it("says nothing about the inside in a 500, and logs its cause", async () => {
    const { stores, intake } = setUp();
    const records = {
      ...stores.context.records,
      readCurrent: () => Promise.reject(new Error("Table records-prod is gone")),
    };
    const { metrics, sums } = memoryMetrics();
    const context = { ...stores.context, records, intake: intake.store };
    const handler = createApiHandler({ open: () => context, metrics });

    const response = await handler(apiEvent(get(itemResource, path)), invocation());

    expectProblem(response, 500);
    expect(response.headers).toMatchObject({ "Retry-After": String(RETRY_AFTER_SECONDS) });
    expect(response.body).not.toContain("records-prod");
    expect(console.error).toHaveBeenCalledWith({
      message: "request failed",
      submissionId: "Jm5zaGZ=",
      errorName: "Error",
      errorMessage: "Table records-prod is gone",
    });
    expect(sums).toEqual({ FailedRequests: 1 });
  });

  it("answers before it is cut off, and ends what it was waiting for", async () => {
    const { stores, intake } = setUp();
    let ended = false;
    const handler = createApiHandler({
      open: (deadline) => {
        deadline.addEventListener("abort", () => {
          ended = true;
        });
        const records = { ...stores.context.records, readCurrent: () => new Promise<never>(() => undefined) };
        return { ...stores.context, records, intake: intake.store };
      },
      metrics: memoryMetrics().metrics,
    });

    const response = await handler(apiEvent(get(itemResource, path)), invocation(20));

    expectProblem(response, 500);
    expect(ended).toBe(true);
  });

  it("answers 413 for a payload that no path takes", async () => {
    const { call } = setUp();

    expectProblem(await call(post({ body: "x".repeat(1_000_001) })), 413);
  });

  it("rejects a compressed body by what its header says", async () => {
    const { call } = setUp();

    const response = await call(post({ headers: { "content-encoding": "br" } }));

    expectProblem(response, 400);
    expect(JSON.parse(response.body).reasons).toMatchObject([{ code: "compressed" }]);
  });

  it("gives back the caller's correlation id, and keeps it with the submission", async () => {
    const { call, stores } = setUp();

    const response = await call(post({ submissionId: "s-1", headers: { "X-Correlation-Id": "order-7/a" } }));

    expect(response.headers).toMatchObject({ "x-correlation-id": "order-7/a" });
    expect(stores.resultOf(key, "s-1")).toMatchObject({ correlationId: "order-7/a" });
    expect(vi.mocked(console.info).mock.calls.flat()).toMatchObject([{ correlationId: "order-7/a" }]);
  });

  it.each([
    ["without one", {}],
    ["with one that is no id", { "X-Correlation-Id": "a b\n" }],
    ["with one that is too long", { "X-Correlation-Id": "a".repeat(129) }],
  ])("gives API Gateway's request id to a caller %s", async (_name, headers) => {
    const { call } = setUp();

    const response = await call({ ...get(itemResource, { [domain.key]: "none" }), headers });

    expect(response.headers).toMatchObject({ "x-correlation-id": "11111111-2222-3333-4444-555555555555" });
  });

  it("logs the trace in which API Gateway received the request", async () => {
    const { call } = setUp();

    await call(post({ headers: { "X-Amzn-Trace-Id": "Self=1-a-b;Root=1-65a1-c0ffee;Sampled=1" } }));

    expect(vi.mocked(console.info).mock.calls.flat()).toMatchObject([{ traceId: "1-65a1-c0ffee" }]);
  });

  it("counts each outcome with its size and its times", async () => {
    const { call, sums } = setUp();
    await call(post({ submissionId: "s-1", receivedAt: now - 300 }));
    await call(post({ submissionId: "s-2", receivedAt: now - 200 }));
    await call(post({ submissionId: "s-0", receivedAt: now - 400 }));
    await call(post({ submissionId: "s-3", receivedAt: now - 100, body: "{" }));
    await call({ ...remove, receivedAt: now });

    const bytes = Buffer.byteLength(payload);
    expect(sums).toEqual({
      Stored: 1,
      Unchanged: 1,
      Superseded: 1,
      Rejected: 1,
      Deleted: 1,
      PayloadBytes: 3 * bytes + 1,
      IngestTime: 0,
      TimeToOutcome: 1000,
    });
  });
});

describe("plain files", () => {
  const { bytes, contentType, sha256 } = aPlainFile();
  const filePath = { ...path, fileId: "scan" };
  const view = {
    ...path,
    fileId: "scan",
    fileName: "scan",
    contentType,
    sha256,
    sizeBytes: bytes.length,
    path: `${SHARED_PATH}/item-1/files/scan/documents/${sha256}`,
    submissionId: "s-1",
    receivedAt: "2026-03-01T09:00:00.000Z",
  };

  /** What the queue function does with one. */
  function store(stores: ReturnType<typeof memoryStores>, fileId = "scan") {
    const submission = { ...keyedBy("item-1", fileId), submissionId: "s-1", receivedAt: 1_772_355_600_000 };
    return ingest({ bytes, contentType }, submission, stores.context);
  }

  it("are shown, with the path of their bytes", async () => {
    const { call, stores } = setUp();
    await store(stores);

    const response = await call(get(fileResource, filePath));

    expect(response.statusCode).toBe(200);
    expect(JSON.parse(response.body)).toEqual(view);
  });

  it("are shown with the record that they were sent to", async () => {
    const { call, stores } = setUp();
    await call(post({}));
    await store(stores);

    const { files } = JSON.parse((await call(get(itemResource, path))).body);

    expect(files).toEqual([view]);
  });

  it("are listed page by page, up to a hundred of them in the record", async () => {
    const { call, stores } = setUp();
    await call(post({}));
    for (let index = 0; index < 101; index += 1) await store(stores, `file-${1000 + index}`);

    const listOf = async (query: Record<string, string>) =>
      JSON.parse((await call({ ...get(`${itemResource}/files`, path), query })).body);
    const first = await listOf({ limit: "100" });
    const second = await listOf({ limit: "100", cursor: first.cursor });
    const record = JSON.parse((await call(get(itemResource, path))).body);

    expect(first.items).toHaveLength(100);
    expect(record.files).toEqual(first.items);
    expect(second).toEqual({ items: [expect.objectContaining({ fileId: "file-1100" })] });
  });

  it("are deleted apart from their record", async () => {
    const { call, stores } = setUp();
    await call(post({}));
    await store(stores);

    const removal = { ...remove, resource: fileResource, pathParameters: filePath };
    const deleted = await call({ ...removal, submissionId: "d-1", receivedAt: now });

    expect(deleted.statusCode).toBe(204);
    expectProblem(await call(get(fileResource, filePath)), 404);
    expect(JSON.parse((await call(get(itemResource, path))).body)).toMatchObject({ ...path, files: [] });
    expect(vi.mocked(console.info).mock.calls.flat()).toContainEqual({
      message: "record deleted",
      caller: SHARED_CALLER,
      item: "item-1",
      fileId: "scan",
      submissionId: "d-1",
      documents: 1,
    });
  });

  it("stay where their record is deleted", async () => {
    const { call, stores } = setUp();
    await call(post({}));
    await store(stores);

    await call({ ...remove, submissionId: "d-1", receivedAt: now });

    expectProblem(await call(get(itemResource, path)), 404);
    expect((await call(get(fileResource, filePath))).statusCode).toBe(200);
  });

  it("show their submissions, waiting and finished", async () => {
    const { call, stores, intake } = setUp();
    const ofFile = (submissionId: string) =>
      get(`${fileResource}/submissions/{submissionId}`, { ...filePath, submissionId });
    const waiting = intakeKey(keyedBy("item-1", "scan"), "s-1");
    intake.objects.set(waiting, { bytes: Buffer.alloc(1), metadata: {} });

    const before = JSON.parse((await call(ofFile("s-1"))).body);
    await store(stores);
    const after = JSON.parse((await call(ofFile("s-1"))).body);

    expect(before).toEqual({ ...filePath, submissionId: "s-1", status: "accepted" });
    expect(after).toMatchObject({ ...filePath, submissionId: "s-1", status: "stored" });
    expectProblem(await call(getSubmission("s-1")), 404);
  });

  it.each(["a%2Fb", "..", "", "%zz"])("have no id like %j", async (fileId) => {
    const { call } = setUp();

    expectProblem(await call(get(fileResource, { ...path, fileId })), 400);
  });

  it.each([
    ["GET", `${itemResource}/files`],
    ["GET", fileResource],
    ["DELETE", fileResource],
    ["GET", `${fileResource}/submissions/{submissionId}`],
  ])("have no %s %s where the domain takes none", async (method, resource) => {
    const { stores, handlerOf } = setUp();
    await store(stores);
    const handler = handlerOf({ plainFiles: false });
    const pathParameters = { ...filePath, submissionId: "s-1" };

    expectProblem(await handler(apiEvent({ method, resource, pathParameters }), invocation()), 404);
    await handler(apiEvent(post({})), invocation());
    const record = await handler(apiEvent(get(itemResource, path)), invocation());
    expect(JSON.parse(record.body)).not.toHaveProperty("files");
  });
});

const remove: ApiRequest = {
  method: "DELETE",
  resource: itemResource,
  pathParameters: path,
};

function setUp(bucket: { isVersioned?: boolean } = {}) {
  const stores = memoryStores(bucket);
  const intake = memoryIntake();
  const { metrics, sums } = memoryMetrics();
  const handlerOf = (changes = {}) =>
    createApiHandler({ open: () => ({ ...stores.context, ...changes, intake: intake.store }), metrics });
  const handler = handlerOf();
  const call = (request: ApiRequest) => handler(apiEvent(request), invocation());
  return { call, handlerOf, stores, intake, sums };
}

function post(changes: Partial<ApiRequest>): ApiRequest {
  return {
    method: "POST",
    resource: itemResource,
    pathParameters: path,
    body: payload,
    ...changes,
  };
}

function get(resource: string, pathParameters: Record<string, string>): ApiRequest {
  return { method: "GET", resource, pathParameters };
}

function getSubmission(submissionId: string): ApiRequest {
  return get(`${itemResource}/submissions/{submissionId}`, { ...path, submissionId });
}

function list(query: Record<string, string>): ApiRequest {
  return { method: "GET", resource: SHARED_PATH, query };
}

function expectProblem(response: APIGatewayProxyResult, status: number): void {
  expect(response.statusCode).toBe(status);
  expect(response.headers).toMatchObject({ "Content-Type": "application/problem+json" });
  expect(JSON.parse(response.body)).toMatchObject({
    type: "about:blank",
    status,
    title: expect.any(String),
    detail: expect.any(String),
  });
}
