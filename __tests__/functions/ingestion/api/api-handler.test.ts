import type { APIGatewayProxyResult } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createApiHandler } from "../../../../functions/ingestion/api/api-handler.ts";
import { type ApiRequest, apiEvent, invocation } from "../../../support/function-events.ts";
import { memoryIntake, memoryStores, now } from "../../../support/function-memory-stores.ts";
import { memoryMetrics } from "../../../support/function-metrics.ts";
import { aProposal, markedProposal, pdfBytes, sha256Hex } from "../../../support/function-payloads.ts";

const proposal = JSON.stringify(aProposal());

beforeEach(() => {
  vi.spyOn(console, "info").mockReturnValue();
  vi.spyOn(console, "error").mockReturnValue();
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe(createApiHandler, () => {
  it("answers 201 for a new proposal, under the gateway's id and time", async () => {
    const { call, stores } = setUp();

    const response = await call(post({ submissionId: "s-1", receivedAt: 1_772_355_600_000 }));

    expect(response.statusCode).toBe(201);
    expect(JSON.parse(response.body)).toEqual({
      item: "item-1",
      submissionId: "s-1",
      status: "stored",
      receivedAt: "2026-03-01T09:00:00.000Z",
    });
    expect(stores.states.get("item-1")).toMatchObject({ submissionId: "s-1", receivedAt: 1_772_355_600_000 });
  });

  it("answers 200 for a replaced and for an unchanged proposal", async () => {
    const { call } = setUp();
    await call(post({ submissionId: "s-1", receivedAt: 1 }));
    const body = JSON.stringify(markedProposal("other"));

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
    expect(JSON.parse(response.body)).toMatchObject({ submissionId: "s-1" });
  });

  it("answers 400 with the reasons for a rejected payload", async () => {
    const { call } = setUp();

    const response = await call(post({ submissionId: "s-1", body: "{}" }));

    expectProblem(response, 400);
    expect(JSON.parse(response.body)).toMatchObject({
      submissionId: "s-1",
      reasons: [{ path: "clientId" }, { path: "profile" }, { path: "proposal" }, { path: "document" }],
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

    const body = Buffer.from(proposal).toString("base64");
    const response = await call(post({ body, isBase64Encoded: true }));

    expect(response.statusCode).toBe(201);
  });

  it.each(["%E0%A4%A", "a%2Fb", "..", "", "a%20b"])("answers 400 for the item %j", async (item) => {
    const { call, stores } = setUp();

    const response = await call(post({ pathParameters: { item } }));

    expectProblem(response, 400);
    expect(stores.writes).toEqual([]);
  });

  it("decodes the item of the path", async () => {
    const { call, stores } = setUp();

    await call(post({ pathParameters: { item: "item%2D9" } }));

    expect([...stores.states.keys()]).toEqual(["item-9"]);
  });

  it("shows a stored proposal, with the path of its document", async () => {
    const { call } = setUp();
    await call(post({ submissionId: "s-1", receivedAt: 1_772_355_600_000 }));

    const response = await call(get("/proposals/{item}", { item: "item-1" }));

    const { clientId, profile, proposal: metadata } = aProposal();
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      "Content-Type": "application/json",
      "Cache-Control": "no-store",
    });
    expect(JSON.parse(response.body)).toEqual({
      item: "item-1",
      clientId,
      profile,
      proposal: metadata,
      document: {
        path: `/proposals/item-1/documents/${sha256Hex(pdfBytes)}`,
        fileName: "Anlageprofil für März.pdf",
        contentType: "application/pdf",
        sha256: sha256Hex(pdfBytes),
        sizeBytes: pdfBytes.length,
      },
      submissionId: "s-1",
      receivedAt: "2026-03-01T09:00:00.000Z",
    });
  });

  it("answers 204 for a deletion, and 404 for what was deleted", async () => {
    const { call } = setUp();
    await call(post({ submissionId: "s-1", receivedAt: 1 }));

    const deleted = await call({ ...remove, submissionId: "d-1", receivedAt: 2 });
    const response = await call(get("/proposals/{item}", { item: "item-1" }));

    expect(deleted).toMatchObject({ statusCode: 204, body: "" });
    expectProblem(response, 404);
  });

  it("answers 204 for the deletion of nothing, which holds off older submissions", async () => {
    const { call } = setUp();

    const deleted = await call({ ...remove, submissionId: "d-1", receivedAt: 2 });
    const late = await call(post({ submissionId: "s-1", receivedAt: 1 }));

    expect(deleted.statusCode).toBe(204);
    expect(late.statusCode).toBe(409);
  });

  it("lists the proposals of a client page by page", async () => {
    const { call } = setUp();
    for (const item of ["a", "b", "c"]) {
      await call(post({ pathParameters: { item } }));
    }

    const first = JSON.parse((await call(list({ clientId: "client-1", limit: "2" }))).body);
    const second = JSON.parse(
      (await call(list({ clientId: "client-1", limit: "2", cursor: first.cursor }))).body,
    );

    expect(first).toMatchObject({ items: [{ item: "a" }, { item: "b" }], cursor: expect.any(String) });
    expect(second.items).toMatchObject([{ item: "c" }]);
    expect(second).not.toHaveProperty("cursor");
  });

  it.each([
    ["no client", {}],
    ["a client outside its pattern", { clientId: "a/b" }],
    ["a cursor of its own making", { clientId: "client-1", cursor: "Li4v" }],
    ["a limit of nothing", { clientId: "client-1", limit: "0" }],
    ["a limit beyond the bound", { clientId: "client-1", limit: "101" }],
    ["a limit that is no number", { clientId: "client-1", limit: "ten" }],
    ["an empty limit", { clientId: "client-1", limit: "" }],
    ["a hexadecimal limit", { clientId: "client-1", limit: "0x10" }],
    ["a limit with an exponent", { clientId: "client-1", limit: "1e1" }],
    ["a limit with a fraction", { clientId: "client-1", limit: "1.0" }],
    ["a limit between blanks", { clientId: "client-1", limit: " 1 " }],
  ])("answers 400 for a list with %s", async (_name, query) => {
    const { call } = setUp();

    expectProblem(await call(list(query)), 400);
  });

  it("shows the outcome of a submission", async () => {
    const { call } = setUp();
    await call(post({ submissionId: "s/1=", receivedAt: 1_772_355_600_000 }));

    const response = await call(getSubmission("item-1", "s%2F1%3D"));

    expect(response.statusCode).toBe(200);
    expect(JSON.parse(response.body)).toEqual({
      item: "item-1",
      submissionId: "s/1=",
      status: "stored",
      receivedAt: "2026-03-01T09:00:00.000Z",
      finishedAt: "2026-03-01T10:00:00.000Z",
    });
  });

  it("answers accepted while the payload of a submission waits", async () => {
    const { call, intake } = setUp();
    intake.objects.set("incoming/item-1/s/1", { bytes: Buffer.alloc(1), metadata: {} });

    const response = await call(getSubmission("item-1", "s%2F1"));

    expect(response.statusCode).toBe(200);
    expect(JSON.parse(response.body)).toEqual({ item: "item-1", submissionId: "s/1", status: "accepted" });
  });

  it("finds a submission that is finished between its two looks", async () => {
    const { stores, intake, call } = setUp();
    intake.store.exists = async () => {
      await call(post({ submissionId: "s-1" }));
      return false;
    };

    const response = await call(getSubmission("item-1", "s-1"));

    expect(stores.results.size).toBe(1);
    expect(JSON.parse(response.body)).toMatchObject({ status: "stored" });
  });

  it.each(["unknown", "..%2F..%2Fsecret", "a b", "%zz", "a".repeat(257)])(
    "answers 404 for the submission %j",
    async (submissionId) => {
      const { call } = setUp();

      expectProblem(await call(getSubmission("item-1", submissionId)), 404);
    },
  );

  it("answers 404 for a resource that does not exist", async () => {
    const { call } = setUp();

    expectProblem(await call({ method: "PATCH", resource: "/proposals/{item}" }), 404);
  });

  it("says nothing about the inside in a 500, and logs its cause", async () => {
    const { stores, intake } = setUp();
    const records = {
      ...stores.context.records,
      readCurrent: () => Promise.reject(new Error("Table proposals-prod is gone")),
    };
    const { metrics, sums } = memoryMetrics();
    const context = { ...stores.context, records, intake: intake.store };
    const handler = createApiHandler({ open: () => context, metrics });

    const response = await handler(apiEvent(get("/proposals/{item}", { item: "item-1" })), invocation());

    expectProblem(response, 500);
    expect(response.body).not.toContain("proposals-prod");
    expect(console.error).toHaveBeenCalledWith({
      message: "request failed",
      submissionId: "Jm5zaGZ=",
      errorName: "Error",
      errorMessage: "Table proposals-prod is gone",
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

    const response = await handler(apiEvent(get("/proposals/{item}", { item: "item-1" })), invocation(20));

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
    expect(stores.results.get("item-1 s-1")).toMatchObject({ correlationId: "order-7/a" });
    expect(vi.mocked(console.info).mock.calls.flat()).toMatchObject([{ correlationId: "order-7/a" }]);
  });

  it.each([
    ["without one", {}],
    ["with one that is no id", { "X-Correlation-Id": "a b\n" }],
    ["with one that is too long", { "X-Correlation-Id": "a".repeat(129) }],
  ])("gives API Gateway's request id to a caller %s", async (_name, headers) => {
    const { call } = setUp();

    const response = await call({ ...get("/proposals/{item}", { item: "none" }), headers });

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

    const bytes = Buffer.byteLength(proposal);
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

const remove: ApiRequest = {
  method: "DELETE",
  resource: "/proposals/{item}",
  pathParameters: { item: "item-1" },
};

function setUp() {
  const stores = memoryStores();
  const intake = memoryIntake();
  const { metrics, sums } = memoryMetrics();
  const handler = createApiHandler({ open: () => ({ ...stores.context, intake: intake.store }), metrics });
  return { call: (request: ApiRequest) => handler(apiEvent(request), invocation()), stores, intake, sums };
}

function post(changes: Partial<ApiRequest>): ApiRequest {
  return {
    method: "POST",
    resource: "/proposals/{item}",
    pathParameters: { item: "item-1" },
    body: proposal,
    ...changes,
  };
}

function get(resource: string, pathParameters: Record<string, string>): ApiRequest {
  return { method: "GET", resource, pathParameters };
}

function getSubmission(item: string, submissionId: string): ApiRequest {
  return get("/proposals/{item}/submissions/{submissionId}", { item, submissionId });
}

function list(query: Record<string, string>): ApiRequest {
  return { method: "GET", resource: "/proposals", query };
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
