import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SHARED_CALLER } from "../../../contract/keys.ts";
import { SHARED_PATH } from "../../../domain/names.ts";
import { startBuiltInProxy } from "../../support/proxy/built-in-proxy.ts";
import type { Certificate } from "../../support/proxy/certificates.ts";
import { expectOutcome, type Outcome, sendEdge } from "../../support/proxy/edge-outcome.ts";
import { type Edge, edges, limits, resources, routes } from "../../support/proxy/edges.ts";
import { expectRefused } from "../../support/proxy/exchange.ts";
import { ProxyUnderTest } from "../../support/proxy/proxy-under-test.ts";
import { headerOf } from "../../support/proxy/raw-http.ts";
import { audienceOf, createSigningKey, createToken } from "../../support/proxy/tokens.ts";

const key = createSigningKey("RS256");
const token = createToken(
  key,
  {
    ...{ iss: "https://login.example.com/", aud: audienceOf("dev"), sub: "saas-application" },
    ...{ exp: Math.floor(Date.now() / 1000) + 3600, iat: Math.floor(Date.now() / 1000) },
    ...{ jti: "1" },
  },
  { alg: "RS256", typ: "at+jwt" },
);

/** The rules of production for requests, in front of the edges' APIs, with one tenant. */
function startHaproxy(environment: string): Promise<ProxyUnderTest> {
  return ProxyUnderTest.start({
    environment,
    routes,
    files: () => ({ "jwt/current.pem": key.publicPem }),
    change: (settings) => ({ ...settings, payload: limits, resources, callers: SHARED_CALLER }),
  });
}

describe.each([
  ["a token", "dev", "jwt"],
  ["a client certificate", "prod", "mutual-tls"],
] as const)("HAProxy, to whoever shows %s", (_, environment, kind) => {
  const credentials = kind === "jwt" ? [`Authorization: Bearer ${token}`] : [];
  let proxy: ProxyUnderTest;
  let certificate: Certificate | undefined;

  beforeAll(async () => {
    proxy = await startHaproxy(environment);
    certificate = kind === "jwt" ? undefined : await proxy.authority.certify("client.example.com");
    await proxy.ready(credentials, certificate);
  });
  afterAll(() => proxy?.stop());
  beforeEach(() => proxy.forget());

  async function outcomeOf(edge: Edge): Promise<Outcome> {
    const headers = [...edge.headers, ...credentials];
    const response = await sendEdge(proxy.target(certificate), { ...edge, headers });
    const received = Object.entries(proxy.backends).flatMap(([api, { requests }]) =>
      requests.map(({ body }): Outcome["received"][number] => ({ api, body })),
    );
    return { response, received };
  }

  it(`has ${kind} of ${environment} in front`, () => {
    expect(proxy.settings.listener.authentication.kind).toBe(kind);
  });

  it.each(edges)("decides on $title", async (edge) => {
    expectOutcome(await outcomeOf(edge), edge, edge.expected);
  });

  it("speaks HTTP/1.1 alone, whatever a client begins with", async () => {
    const connection = await proxy.connect(certificate);
    const settings = Buffer.from("000000040000000000", "hex");

    await connection.write(Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), settings]));

    // In HTTP/2 the first byte would be the length of a frame of settings.
    expect((await connection.response())?.status).toBe(400);
    expect(proxy.small.requests).toEqual([]);
    connection.close();
  });

  it.each([
    ["1.1", "host-required"],
    ["1.0", undefined],
  ] as const)("asks for Host in HTTP/1.1, and not before: %s", async (version, refusal) => {
    const connection = await proxy.connect(certificate);
    const head = [`GET ${SHARED_PATH}/p-1 HTTP/${version}`, ...credentials];

    await connection.write([...head, "", ""].join("\r\n"));

    const response = await connection.response();
    connection.close();
    if (refusal === undefined) expect(response?.status).toBe(200);
    else expectRefused(proxy, response, refusal);
  });

  it("says in an answer of its own under which id it logs it, and when to come again", async () => {
    const edge = { ...edges[0], title: "", requestLine: "GET /none HTTP/1.1", headers: [] };
    const { response } = await outcomeOf({
      ...edge,
      body: Buffer.alloc(0),
      expected: { refusal: "not-found" },
    });

    expect(response && headerOf(response, "x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(response && headerOf(response, "retry-after")).toBeUndefined();
  });
});

describe("the built-in proxy", () => {
  let builtIn: Awaited<ReturnType<typeof startBuiltInProxy>>;

  beforeAll(async () => {
    builtIn = await startBuiltInProxy();
  });
  afterAll(() => builtIn?.stop());
  beforeEach(() => {
    builtIn.received.length = 0;
  });

  it.each(edges)("decides as HAProxy does on $title", async (edge) => {
    const response = await sendEdge({ port: builtIn.port }, edge);

    expectOutcome({ response, received: builtIn.received }, edge, edge.builtIn ?? edge.expected);
  });

  it("differs in what reaches an API for equal lengths alone: HAProxy makes one of them, Node.js refuses them", () => {
    const different = edges.filter(({ builtIn: otherwise }) => otherwise !== undefined);

    expect(
      different.filter(
        ({ expected, builtIn: otherwise = expected }) => "api" in expected !== "api" in otherwise,
      ),
    ).toMatchObject([{ title: 'a Content-Length of "2, 2"' }, { title: "equal lengths" }]);
  });
});

describe.each(["HAProxy", "the built-in proxy"] as const)("headers of a client in all, at %s", (which) => {
  let proxy: ProxyUnderTest | undefined;
  let builtIn: Awaited<ReturnType<typeof startBuiltInProxy>> | undefined;
  let certificate: Certificate | undefined;

  beforeAll(async () => {
    if (which !== "HAProxy") {
      builtIn = await startBuiltInProxy();
      return;
    }
    // Without a header for the credential, which is as long as it is.
    proxy = await startHaproxy("prod");
    certificate = await proxy.authority.certify("client.example.com");
    await proxy.ready([], certificate);
  });
  afterAll(async () => {
    await proxy?.stop();
    await builtIn?.stop();
  });

  it.each([
    [10_240, 200],
    [10_241, 431],
  ])("of %i bytes, with names and ends of lines, get %i", async (bytes, status) => {
    const host = "Host: proxy.example.com\r\n";
    const cookie = `Cookie: ${"a".repeat(bytes - host.length - "Cookie: \r\n".length)}`;
    const edge = { title: "", requestLine: `GET ${SHARED_PATH}/p-1 HTTP/1.1`, headers: [cookie] };

    const response = await sendEdge(proxy?.target(certificate) ?? { port: builtIn?.port ?? 0 }, {
      ...edge,
      ...{ body: Buffer.alloc(0), expected: { refusal: "headers-too-large" } },
    });

    expect(response?.status).toBe(status);
  });
});
