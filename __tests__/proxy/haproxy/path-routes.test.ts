import { request as sendRequest } from "node:https";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SHARED_PATH } from "../../../domain/names.ts";
import { problemDocument, refusalsFor } from "../../../proxy/refusals.ts";
import { bytesOf, routes } from "../../support/proxy/edges.ts";
import { ProxyUnderTest } from "../../support/proxy/proxy-under-test.ts";
import { headerOf } from "../../support/proxy/raw-http.ts";
import { until } from "../../support/until.ts";

let proxy: ProxyUnderTest;

beforeAll(async () => {
  proxy = await ProxyUnderTest.start({
    environment: "dev",
    routes,
    change: (settings) => ({
      ...settings,
      listener: { ...settings.listener, authentication: { kind: "none" } },
      payload: { thresholdBytes: 500, maxBytes: 1_000 },
      healthCheckSeconds: 1,
    }),
  });
  await proxy.ready();
});
afterAll(() => proxy?.stop());
beforeEach(() => proxy.forget());

async function send(method: string, target: string, body: Buffer = Buffer.alloc(0), ...headers: string[]) {
  const connection = await proxy.connect();
  const lines = [
    `${method} ${target} HTTP/1.1`,
    "Host: proxy.example.com",
    `Content-Length: ${body.length}`,
    ...headers,
  ];
  await connection.write([...lines, "", ""].join("\r\n"));
  const sending = connection.write(body);
  const response = await connection.response();
  await sending;
  connection.close();
  return response;
}

const received = () =>
  Object.entries(proxy.backends).flatMap(([api, { requests }]) =>
    requests.map(({ target, body }) => `${api} ${target} ${body.length}`),
  );

describe("an API with paths of its own", () => {
  it("gets requests under its own name, behind its stage, with their whole paths and no more headers than others", async () => {
    await send("GET", "/portraits/of.people/7?a=b%2Fc", undefined, "x-correlation-id: c-1", "x-api-key: k");

    const [request] = proxy.backends["statements"]?.requests ?? [];
    const { host, hostname } = new URL(proxy.settings.apiUrls["statements"] ?? "");
    expect(request).toMatchObject({
      target: "/v1/portraits/of.people/7?a=b%2Fc",
      serverName: hostname,
    });
    expect(request && headerOf(request, "host")).toBe(host);
    expect(request && headerOf(request, "x-correlation-id")).toBe("c-1");
    expect(request && headerOf(request, "x-api-key")).toBe(undefined);
  });

  it("is not held to the size of a record, nor chosen by it", async () => {
    const statuses = [];
    for (const target of [`${SHARED_PATH}/p-1`, "/statements"]) {
      statuses.push((await send("POST", target, bytesOf(1_001)))?.status);
    }

    expect(statuses).toEqual([413, 200]);
    expect(received()).toEqual(["statements /v1/statements 1001"]);
  });

  it("answers what is too large for itself as it does, and not in the name of the synchronous API", async () => {
    proxy.backends["statements"]?.answers(() => "HTTP/1.1 413 X\r\nContent-Length: 3\r\n\r\nown");

    expect((await send("POST", "/statements"))?.body.toString()).toBe("own");
  });

  it("shows the refusal to a client that sends 11 MB before it reads, twelve times out of twelve", async () => {
    const { status, ...refusal } = refusalsFor(proxy.settings.payload)["content-over-gateway-limit"];
    const answers = [];
    for (let index = 0; index < 12; index += 1) answers.push(await upload("/statements", 11_000_000));

    expect(answers).toEqual(Array(12).fill({ status, text: problemDocument({ status, ...refusal }) }));
    expect(received()).toEqual([]);
  });

  it("is named in the access log", async () => {
    await send("GET", "/reports/1");

    await until(() =>
      expect(proxy.logLines.map((line) => JSON.parse(line))).toContainEqual(
        expect.objectContaining({ api: "reports", path: "/reports/1", status: 200 }),
      ),
    );
  });

  it("takes no other API along when it is away", async () => {
    proxy.backends["reports"]?.isHealthy(false);
    await until(async () => expect((await send("GET", "/reports"))?.status).toBe(503));

    expect((await send("GET", "/statements"))?.status).toBe(200);
    expect((await send("GET", `${SHARED_PATH}/p-1`))?.status).toBe(200);
  });
});

/** By a client of Node.js, which reads an answer only once its body is out, or broken off. */
function upload(path: string, length: number): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const { tls, port } = { tls: undefined, ...proxy.target() };
    const request = sendRequest(
      { port, path, method: "POST", agent: false, headers: { "Content-Length": length }, ...tls },
      (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode, text }));
      },
    );
    request.on("error", reject);
    request.end(Buffer.alloc(length));
  });
}
