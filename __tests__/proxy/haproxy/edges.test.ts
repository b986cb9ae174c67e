import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startBuiltInProxy } from "../../support/proxy/built-in-proxy.ts";
import { expectOutcome, type Outcome, sendEdge } from "../../support/proxy/edge-outcome.ts";
import { edges, limits, routes } from "../../support/proxy/edges.ts";
import { ProxyUnderTest } from "../../support/proxy/proxy-under-test.ts";

let proxy: ProxyUnderTest;
let builtIn: Awaited<ReturnType<typeof startBuiltInProxy>>;

beforeAll(async () => {
  proxy = await ProxyUnderTest.start({
    environment: "dev",
    routes,
    change: (settings) => ({
      ...settings,
      payload: limits,
      listener: { ...settings.listener, authentication: { kind: "none" } },
    }),
  });
  builtIn = await startBuiltInProxy();
  await proxy.ready();
});
afterAll(async () => {
  await proxy?.stop();
  await builtIn?.stop();
});
beforeEach(() => {
  proxy.forget();
  builtIn.received.length = 0;
});

describe("HAProxy and the built-in proxy", () => {
  it.each(edges)("decide alike on $title", async (edge) => {
    const { expected, builtIn: otherwise = expected } = edge;

    const response = await sendEdge(proxy.target(), edge);
    const received = Object.entries(proxy.backends).flatMap(([api, { requests }]) =>
      requests.map(({ body }): Outcome["received"][number] => ({ api, body })),
    );
    expectOutcome({ response, received }, edge, expected);

    const answered = await sendEdge({ port: builtIn.port }, edge);
    expectOutcome({ response: answered, received: builtIn.received }, edge, otherwise);
  });

  it("speak HTTP/1.1 alone, whatever a client begins with", async () => {
    const connection = await proxy.connect();
    const settings = Buffer.from("000000040000000000", "hex");

    await connection.write(Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), settings]));

    // In HTTP/2 the first byte would be the length of a frame of settings.
    expect((await connection.response())?.status).toBe(400);
    expect(proxy.small.requests).toEqual([]);
    connection.close();
  });

  it("differ in what reaches an API for equal lengths alone: HAProxy makes one of them, Node.js refuses them", () => {
    const different = edges.filter(({ builtIn: otherwise }) => otherwise !== undefined);

    expect(
      different.filter(
        ({ expected, builtIn: otherwise = expected }) => "api" in expected !== "api" in otherwise,
      ),
    ).toMatchObject([{ title: 'a Content-Length of "2, 2"' }, { title: "equal lengths" }]);
  });
});
