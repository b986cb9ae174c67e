import type { APIGatewayProxyResult } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CALLER_HEADER, type ItemKey, intakeKey } from "../../../../contract/keys.ts";
import { domain } from "../../../../domain/domain.ts";
import { SHARED_PATH } from "../../../../domain/names.ts";
import { createApiHandler } from "../../../../functions/ingestion/api/api-handler.ts";
import { ingest } from "../../../../functions/ingestion/ingest.ts";
import { type ApiRequest, apiEvent, invocation } from "../../../support/function-events.ts";
import { memoryIntake, memoryStores } from "../../../support/function-memory-stores.ts";
import { memoryMetrics } from "../../../support/function-metrics.ts";
import { markedPayload } from "../../../support/function-payloads.ts";
import { aPlainFile, fileResource, itemResource, sampleGroup } from "../../../support/function-records.ts";

const [alice, bob] = ["alice", "bob"] as const;
const path = { [domain.key]: "item-1" };
const filePath = { ...path, fileId: "scan" };
const byGroup = { [domain.listedBy]: sampleGroup };
const received = { submissionId: "s-1", receivedAt: 1 };

beforeEach(() => {
  vi.spyOn(console, "info").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
});

afterEach(() => {
  vi.restoreAllMocks();
});

const operations: readonly [string, ApiRequest][] = [
  ["a list", { method: "GET", resource: SHARED_PATH, query: byGroup }],
  ["a record", { method: "GET", resource: itemResource, pathParameters: path }],
  ["a write", { method: "POST", resource: itemResource, pathParameters: path }],
  ["a deletion", { method: "DELETE", resource: itemResource, pathParameters: path }],
  [
    "a submission",
    {
      method: "GET",
      resource: `${itemResource}/submissions/{submissionId}`,
      pathParameters: { ...path, submissionId: "s-1" },
    },
  ],
  ["a list of files", { method: "GET", resource: `${itemResource}/files`, pathParameters: path }],
  ["a file", { method: "GET", resource: fileResource, pathParameters: filePath }],
  ["a deletion of a file", { method: "DELETE", resource: fileResource, pathParameters: filePath }],
  [
    "a submission of a file",
    {
      method: "GET",
      resource: `${fileResource}/submissions/{submissionId}`,
      pathParameters: { ...filePath, submissionId: "s-1" },
    },
  ],
];

describe("each operation", () => {
  const wrong: readonly [string, readonly string[]][] = [
    ["nobody", []],
    ["two callers", [alice, bob]],
    ["one caller twice", [alice, alice]],
    ["an empty name", [""]],
    ["a list of names", [`${alice},${bob}`]],
    ["a name with a slash", [`${alice}/x`]],
    ["a name with a blank", [`${alice} `]],
    ["a name with an encoded slash", [`${alice}%2Fx`]],
    ["a relative path", [".."]],
    ["a name that is too long", ["a".repeat(65)]],
    ["a name of other letters", ["älice"]],
  ];

  it.each(operations)("answers 400 and does nothing where %s comes from nobody", async (_name, operation) => {
    const { call, stores, intake } = setUp();
    await store(stores, alice);
    const before = structuredClone({ states: stores.states, results: stores.results });
    const writes = [...stores.writes];

    for (const [what, callers] of wrong) {
      const response = await call({ ...operation, callers, body: markedPayload("other").toString() });

      expect(response.statusCode, what).toBe(400);
      expect(JSON.parse(response.body).detail, what).toContain(CALLER_HEADER);
    }
    expect({ states: stores.states, results: stores.results }).toEqual(before);
    expect(stores.writes).toEqual(writes);
    expect(intake.opened).toEqual([]);
  });

  it("counts the header in whatever spelling it comes", async () => {
    const { call, stores } = setUp();
    await store(stores, alice);
    const get = { method: "GET", resource: itemResource, pathParameters: path };

    const one = await call({ ...get, callers: [], headers: { "X-Caller-Id": alice } });
    const two = await call({ ...get, callers: [bob], headers: { "X-Caller-Id": alice } });

    expect(one.statusCode).toBe(200);
    expect(two.statusCode).toBe(400);
  });
});

describe("another caller", () => {
  it.each(operations.filter(([, { method, resource }]) => method === "GET" && resource.includes("{")))(
    "gets for %s the answer that it would get if there were none",
    async (_name, operation) => {
      const { call, stores } = setUp();
      const empty = await call({ ...operation, callers: [bob] });
      await store(stores, alice);

      const own = await call({ ...operation, callers: [alice] });
      const others = await call({ ...operation, callers: [bob] });

      expect(own.statusCode).toBe(200);
      expect(own.body).not.toBe(empty.body);
      expect(others).toEqual(empty);
    },
  );

  it("sees nothing in a list, nor of a waiting payload", async () => {
    const { call, stores, intake } = setUp();
    await store(stores, alice);
    intake.objects.set(intakeKey({ caller: alice, item: "item-1" }, "w-1"), {
      bytes: Buffer.of(),
      metadata: {},
    });
    const submission = (caller: string) =>
      call({
        method: "GET",
        resource: `${itemResource}/submissions/{submissionId}`,
        pathParameters: { ...path, submissionId: "w-1" },
        callers: [caller],
      });
    const list = (caller: string) =>
      call({ method: "GET", resource: SHARED_PATH, query: byGroup, callers: [caller] });

    expect(itemsOf(await list(alice))).toHaveLength(1);
    expect(itemsOf(await list(bob))).toEqual([]);
    expect((await submission(alice)).statusCode).toBe(200);
    expect((await submission(bob)).statusCode).toBe(404);
  });

  it("goes on in its own records with a cursor that another one was given", async () => {
    const { call, stores } = setUp();
    for (const item of ["a", "b", "c"]) await store(stores, alice, item);
    for (const item of ["0", "d"]) await store(stores, bob, item);
    const list = (caller: string, query: Record<string, string>) =>
      call({ method: "GET", resource: SHARED_PATH, query: { ...byGroup, ...query }, callers: [caller] });

    const { cursor } = JSON.parse((await list(alice, { limit: "1" })).body);
    const others = await list(bob, { cursor });

    expect(itemsOf(others)).toEqual(["d"]);
    expect(JSON.parse(others.body)).not.toHaveProperty("cursor");
  });

  it("may use the same item, and replaces and deletes its own alone", async () => {
    const { call, stores } = setUp();
    await store(stores, alice);
    const kept = stores.stateOf({ caller: alice, item: "item-1" });
    const keptFile = stores.stateOf({ caller: alice, item: "item-1", fileId: "scan" });
    const as = (request: Partial<ApiRequest>) =>
      call({ method: "POST", resource: itemResource, pathParameters: path, callers: [bob], ...request });

    const created = await as({ body: markedPayload("bob's").toString(), submissionId: "s-2", receivedAt: 2 });
    const deleted = await as({ method: "DELETE", submissionId: "s-3", receivedAt: 3 });
    const deletedFile = await as({
      method: "DELETE",
      resource: fileResource,
      pathParameters: filePath,
      submissionId: "s-4",
      receivedAt: 4,
    });

    expect([created, deleted, deletedFile].map(({ statusCode }) => statusCode)).toEqual([201, 204, 204]);
    expect(stores.stateOf({ caller: alice, item: "item-1" })).toEqual(kept);
    expect(stores.stateOf({ caller: alice, item: "item-1", fileId: "scan" })).toEqual(keptFile);
    expect(stores.stateOf({ caller: bob, item: "item-1" })).toMatchObject({ kind: "tombstone" });
    expect((await as({ method: "GET", callers: [alice] })).statusCode).toBe(200);
  });

  it("is named in the log lines of what it does", async () => {
    const { call } = setUp();
    const as = (method: string) =>
      call({ method, resource: itemResource, pathParameters: path, callers: [bob], body: "{}" });

    await as("POST");
    await as("DELETE");

    expect(vi.mocked(console.info).mock.calls.flat()).toMatchObject([
      { caller: bob, item: "item-1", status: "rejected" },
      { caller: bob, item: "item-1", message: "record deleted" },
    ]);
  });
});

function setUp() {
  const stores = memoryStores();
  const intake = memoryIntake();
  const { metrics } = memoryMetrics();
  const handler = createApiHandler({ open: () => ({ ...stores.context, intake: intake.store }), metrics });
  const call = (request: ApiRequest) => handler(apiEvent(request), invocation());
  return { call, stores, intake };
}

/** A record and a plain file of a caller, which came by the large API. */
async function store({ context }: ReturnType<typeof memoryStores>, caller: string, item = "item-1") {
  const key: ItemKey = { caller, item };
  const { bytes, contentType } = aPlainFile();
  await ingest({ bytes: markedPayload(caller) }, { ...key, ...received }, context);
  await ingest({ bytes, contentType }, { ...key, fileId: "scan", ...received }, context);
}

function itemsOf({ body }: APIGatewayProxyResult): unknown[] {
  return JSON.parse(body).items.map((each: Record<string, unknown>) => each[domain.key]);
}
