import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { CALLER_HEADER, SHARED_CALLER } from "../../contract/keys.ts";
import { GATEWAY_MAX_REQUEST_BYTES } from "../../contract/limits.ts";
import { UserError } from "../../contract/user-error.ts";
import { LARGE_API, SHARED_PATH, SMALL_API } from "../../domain/names.ts";
import type { ApiRequest, ApiResponse } from "../../emulator/api-gateway/messages.ts";
import { openFrontDoor, type ServedApi } from "../../emulator/front-door.ts";
import { problemDocument, tooLargeForSmallApi } from "../../proxy/refusals.ts";
import { startBuiltInProxy } from "../support/proxy/built-in-proxy.ts";
import { badCorrelationIds, goodCorrelationIds } from "../support/proxy/correlation-ids.ts";
import { expectOutcome, sendEdge } from "../support/proxy/edge-outcome.ts";
import { edges } from "../support/proxy/edges.ts";
import { headerOf, openConnection } from "../support/proxy/raw-http.ts";
import { everyMethodAt, sharedResources } from "../support/proxy/resources.ts";

const thresholdBytes = 1000;
let door: Awaited<ReturnType<typeof openFrontDoor>> | undefined;

afterEach(async () => {
  await door?.close();
  door = undefined;
});

async function open(onError: (error: unknown) => void = (error) => expect.fail(String(error))) {
  const requests: (ApiRequest & { api: string })[] = [];
  const refusals: unknown[] = [];
  let answer: ApiResponse | undefined;
  const api = (name: string, path = SHARED_PATH): ServedApi => ({
    name,
    paths: [path],
    resources: sharedResources[name] ?? everyMethodAt([path]),
    stageName: "v1",
    vpcEndpointId: "vpce-of-the-stack",
    sourceIp: "10.20.0.128",
    gateway: async (request) => {
      requests.push({ ...request, api: name });
      return answer ?? { status: 200, headers: [["X-Api", name]], body: Buffer.from(name) };
    },
  });
  const opened = await openFrontDoor({
    apis: [api(SMALL_API), api(LARGE_API)],
    payload: { thresholdBytes, maxBytes: GATEWAY_MAX_REQUEST_BYTES },
    callers: SHARED_CALLER,
    port: 0,
    onRefused: (refusal) => refusals.push(refusal),
    onError,
  });
  door = opened;
  const send = (method: string, path: string, body?: string | Buffer, headers: Record<string, string> = {}) =>
    fetch(`${opened.url}${path}`, { method, headers, ...(body !== undefined && { body }) });
  const answers = (next: ApiResponse) => {
    answer = next;
  };
  return { send, requests, refusals, answers, url: opened.url };
}

describe(openFrontDoor, () => {
  it("answers 500 where an API gives a header that HTTP does not have, and tells of it", async () => {
    const errors: unknown[] = [];
    const { send, answers } = await open((error) => errors.push(error));
    answers({
      status: 200,
      headers: [
        ["X-Name", "n"],
        ["X-Price", "7 €"],
      ],
      body: Buffer.from("x"),
    });

    for (const path of [`${SHARED_PATH}/a`, `/apis/${SMALL_API}/v1/a`]) {
      const response = await send("GET", path);

      expect(response.status).toBe(500);
      expect(await response.json()).toEqual({ message: "Internal server error" });
      expect(response.headers.has("x-name")).toBe(false);
    }
    expect(errors.map(String)).toEqual([
      expect.stringContaining("X-Price"),
      expect.stringContaining("X-Price"),
    ]);
  });

  it.each([
    ["a body under the threshold", "POST", `${SHARED_PATH}/a`, "x".repeat(thresholdBytes - 1), SMALL_API],
    ["a body at the threshold", "POST", `${SHARED_PATH}/a`, "x".repeat(thresholdBytes), LARGE_API],
    ["a body over the threshold", "POST", `${SHARED_PATH}/a`, "x".repeat(thresholdBytes + 1), LARGE_API],
    ["an empty body", "POST", `${SHARED_PATH}/a`, "", SMALL_API],
    [
      "a download of a document",
      "GET",
      `${SHARED_PATH}/a/documents/${"ab".repeat(32)}`,
      undefined,
      LARGE_API,
    ],
    ["another reading", "GET", `${SHARED_PATH}/a?documents=/documents/b`, undefined, SMALL_API],
    ["a deletion", "DELETE", `${SHARED_PATH}/a`, undefined, SMALL_API],
  ])("sends %s to the API for it", async (_, method, path, body, api) => {
    const { send, requests } = await open();

    const response = await send(method, path, body);

    expect(await response.text()).toBe(api);
    expect(requests).toMatchObject([{ method, target: path, sourceVpcEndpoint: "vpce-of-the-stack" }]);
    expect(requests[0]?.body.toString()).toBe(body ?? "");
  });

  it("keeps an idle connection for longer than a client that is busy may leave it", async () => {
    const { send } = await open();

    const response = await send("GET", `${SHARED_PATH}/a`);

    expect(response.headers.get("Keep-Alive")).toBe("timeout=600");
  });

  it("does not open for an API whose paths lead to single APIs here", async () => {
    const api: ServedApi = {
      name: "catalogue",
      paths: ["/catalogue", "/apis/all"],
      resources: [],
      stageName: "v1",
      vpcEndpointId: undefined,
      gateway: () => Promise.reject(new Error("is not called")),
    };
    const opening = openFrontDoor({
      apis: [api],
      payload: { thresholdBytes, maxBytes: 1 },
      callers: SHARED_CALLER,
      port: 0,
      onRefused: () => undefined,
      onError: () => undefined,
    });

    await expect(opening).rejects.toThrow(
      'The API "catalogue" has the path /apis/all, which cannot be served here: /apis/<name>/<stage> is the URL of an API without the proxy. Choose another path.',
    );
  });

  it("refuses what is larger than an API may take, before any API", async () => {
    const { send, requests, refusals } = await open();

    const response = await send("POST", `${SHARED_PATH}/a`, Buffer.alloc(GATEWAY_MAX_REQUEST_BYTES + 1));

    expect(response.status).toBe(413);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ status: 413, title: "Content Too Large" });
    expect(requests).toEqual([]);
    expect(refusals).toEqual([{ method: "POST", path: `${SHARED_PATH}/a`, status: 413 }]);
  });

  it.each(edges)("decides on $title", async (edge) => {
    const builtIn = await startBuiltInProxy();
    try {
      const response = await sendEdge({ port: builtIn.port }, edge);

      expectOutcome({ response, received: builtIn.received }, edge, edge.builtIn ?? edge.expected);
    } finally {
      await builtIn.stop();
    }
  });

  it("keeps of a request's headers what the external proxy does, and adds its own", async () => {
    const { send, requests } = await open();

    const response = await send("POST", `${SHARED_PATH}/a`, "small", {
      "x-amz-meta-a": "b",
      "x-amzn-vpce-id": "vpce-elsewhere",
      "x-vpc-source-ip": "10.20.0.4",
      [CALLER_HEADER]: "c",
      "x-correlation-id": "d",
      "x-request-id": "e",
    });

    const names = requests[0]?.headers.map(([name]) => name.toLowerCase()) ?? [];
    expect(requests[0]?.headers).toContainEqual(["x-correlation-id", "d"]);
    expect(requests[0]?.headers).toContainEqual(["x-request-id", response.headers.get("x-request-id")]);
    expect(names.filter((name) => /^x-(amz|amzn|vpc)/.test(name))).toEqual([]);
    expect(requests[0]?.headers.filter(([name]) => name.toLowerCase() === CALLER_HEADER)).toEqual([
      [CALLER_HEADER, SHARED_CALLER],
    ]);
    expect(requests[0]).toMatchObject({ sourceVpcEndpoint: "vpce-of-the-stack", sourceIp: "10.20.0.128" });
  });

  it.each([
    ...goodCorrelationIds.map((id) => [id, [`X-Correlation-Id: ${id}`], id] as const),
    ...badCorrelationIds.map(([title, lines]) => [title, lines, undefined] as const),
  ])(
    "keeps a good correlation id, and has the request's id in place of others: %s",
    async (_, lines, kept) => {
      const { url, requests } = await open();
      const connection = await openConnection({ port: Number(new URL(url).port) });
      const head = [`GET ${SHARED_PATH}/a HTTP/1.1`, "Host: a", ...lines, "", ""].join("\r\n");
      await connection.write(Buffer.from(head, "latin1"));
      const response = await connection.response();
      connection.close();

      const ids = requests.flatMap(({ headers }) =>
        headers.flatMap(([name, value]) => (name.toLowerCase() === "x-correlation-id" ? [value] : [])),
      );
      expect(ids).toEqual([kept ?? (response && headerOf(response, "x-request-id"))]);
    },
  );

  it("names the way for large payloads where the API for small ones says 413", async () => {
    const { send, answers } = await open();
    answers({ status: 413, headers: [], body: Buffer.from("Request Too Long") });

    const response = await send("POST", `${SHARED_PATH}/a`, "small");

    expect(response.status).toBe(413);
    expect(await response.text()).toBe(problemDocument(tooLargeForSmallApi));
  });

  it("says 100 Continue to what it takes, and to nothing else", async () => {
    const builtIn = await startBuiltInProxy();
    const expecting = async (length: number) => {
      const connection = await openConnection({ port: builtIn.port });
      await connection.write(
        `POST ${SHARED_PATH}/a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`,
      );
      const first = await connection.response();
      await connection.write("{}");
      const second = await connection.response();
      connection.close();
      return [first?.status, second?.status];
    };

    expect(await expecting(2)).toEqual([100, 200]);
    expect(await expecting(GATEWAY_MAX_REQUEST_BYTES + 1)).toEqual([413, undefined]);
    await builtIn.stop();
  });

  it("serves each API on a path of its own", async () => {
    const { send, requests } = await open();

    const response = await send("POST", `/apis/${LARGE_API}/v1${SHARED_PATH}/a?b=c`, "small");

    expect(await response.text()).toBe(LARGE_API);
    expect(requests).toMatchObject([{ target: `${SHARED_PATH}/a?b=c` }]);
  });

  it.each([`/apis/none/v1${SHARED_PATH}`, `/apis${SHARED_PATH}/v2${SHARED_PATH}`])(
    "tells what there is instead of %s",
    async (path) => {
      const { send } = await open();

      const response = await send("GET", path);

      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({
        detail: `There is no such API. The APIs are /apis${SHARED_PATH}/v1/, /apis/${LARGE_API}/v1/.`,
      });
    },
  );

  it("takes a client that hangs up in the middle of its body for no error", async () => {
    const { send, url, requests } = await open();
    const { hostname, port } = new URL(url);

    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    socket.write(`POST ${SHARED_PATH}/a HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf`);
    // The door reads what comes in the order in which it comes.
    expect((await send("GET", `${SHARED_PATH}/before`)).status).toBe(200);
    socket.destroy();

    expect((await send("GET", `${SHARED_PATH}/b`)).status).toBe(200);
    expect(requests.map(({ target }) => target)).toEqual([`${SHARED_PATH}/before`, `${SHARED_PATH}/b`]);
  });

  it("lets a request come from another VPC endpoint", async () => {
    const { send, requests } = await open();

    await send("GET", `/apis${SHARED_PATH}/v1${SHARED_PATH}/a`, undefined, {
      "x-amzn-vpce-id": "vpce-elsewhere",
    });

    expect(requests).toMatchObject([{ sourceVpcEndpoint: "vpce-elsewhere" }]);
  });

  it("lets a request come from another address", async () => {
    const { send, requests } = await open();

    await send("GET", `/apis${SHARED_PATH}/v1${SHARED_PATH}/a`);
    await send("GET", `/apis${SHARED_PATH}/v1${SHARED_PATH}/a`, undefined, {
      "x-vpc-source-ip": "10.20.0.4",
    });

    expect(requests).toMatchObject([{ sourceIp: "10.20.0.128" }, { sourceIp: "10.20.0.4" }]);
  });

  it("names a port that is taken, and a way out", async () => {
    const { url } = await open();
    const port = Number(new URL(url).port);

    const nothing = () => undefined;
    const second = openFrontDoor({
      apis: [],
      payload: { thresholdBytes, maxBytes: GATEWAY_MAX_REQUEST_BYTES },
      callers: SHARED_CALLER,
      port,
      onRefused: nothing,
      onError: nothing,
    });

    await expect(second).rejects.toThrow(UserError);
    await expect(second).rejects.toThrow(/^Port \d+ cannot be used: another process uses it\. .*PORT=0/);
  });
});
