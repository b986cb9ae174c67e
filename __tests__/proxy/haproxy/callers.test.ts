import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SHARED_CALLER } from "../../../contract/keys.ts";
import { SHARED_PATH } from "../../../domain/names.ts";
import { problemDocument, refusalsFor } from "../../../proxy/refusals.ts";
import { ProxyUnderTest } from "../../support/proxy/proxy-under-test.ts";
import { headerOf, type RawResponse } from "../../support/proxy/raw-http.ts";
import { audienceOf, createSigningKey, createToken } from "../../support/proxy/tokens.ts";
import { until } from "../../support/until.ts";

let proxy: ProxyUnderTest;

async function send(
  headers: readonly string[],
  client?: { certificate: string; key: string },
  body = "{}",
): Promise<RawResponse | undefined> {
  const connection = await proxy.connect(client);
  const head = [
    `POST ${SHARED_PATH}/p-1 HTTP/1.1`,
    "Host: proxy",
    `Content-Length: ${body.length}`,
    ...headers,
  ];
  await connection.write([...head, "", body].join("\r\n"));
  const response = await connection.response();
  connection.close();
  return response;
}

function expectRefusal(response: RawResponse | undefined): void {
  const refusal = refusalsFor(proxy.settings.payload).unauthorized;
  expect(response?.status).toBe(401);
  expect(response?.body.toString()).toBe(problemDocument(refusal));
  expect([...proxy.small.requests, ...proxy.large.requests]).toEqual([]);
}

function expectCaller(response: RawResponse | undefined, callerId: string): void {
  expect(response?.status).toBe(200);
  const received = proxy.small.requests;
  const callers = received.flatMap(({ headers }) => headers.filter(([name]) => name === "x-caller-id"));
  expect(received).toHaveLength(1);
  expect(callers).toEqual([["x-caller-id", callerId]]);
  expect(received[0] && headerOf(received[0], "authorization")).toBeUndefined();
}

describe.each([
  ["dev", "RS256", ["jwt/current.pem"], "saas"],
  ["test", "ES256", ["jwt/2026-01.pem", "jwt/2026-07.pem"], SHARED_CALLER],
] as const)("a token, in %s with %s", (environment, algorithm, keyFiles, caller) => {
  const keys = keyFiles.map(() => createSigningKey(algorithm));
  const [key = createSigningKey(algorithm)] = keys;
  const stranger = createSigningKey(algorithm);
  const audience = audienceOf(environment);
  const now = () => Math.floor(Date.now() / 1000);
  const claims = () => ({
    iss: "https://login.example.com/",
    aud: audience as unknown,
    sub: "saas-application",
    exp: now() + 600,
  });
  const bearer = (token: string) => [`Authorization: Bearer ${token}`];
  const tokenWith = (changes: Record<string, unknown>, signedBy = key, header: object = {}) =>
    createToken(signedBy, { ...claims(), ...changes }, { alg: algorithm, ...header });

  beforeAll(async () => {
    proxy = await ProxyUnderTest.start({
      environment,
      files: () => Object.fromEntries(keyFiles.map((file, index) => [file, keys[index]?.publicPem ?? ""])),
    });
    await proxy.ready(bearer(tokenWith({})));
  });
  afterAll(() => proxy?.stop());
  beforeEach(() => proxy.forget());

  it.each(keyFiles.map((file, index) => [file, index] as const))(
    "is good with the key in %s",
    async (_, index) => {
      expectCaller(await send(bearer(tokenWith({}, keys[index]))), caller);
    },
  );

  it.each([
    ["its audience in an array", () => ({ aud: [audience] })],
    ["its audience among others", () => ({ aud: ["https://a.example.com", audience, "c"] })],
    ["an end that is just over", () => ({ exp: now() - 20 })],
    ["a beginning that is just ahead", () => ({ nbf: now() + 20 })],
    ["a beginning in the past", () => ({ nbf: now() - 20 })],
    ["claims that nobody looks at", () => ({ scope: "a b", nested: { aud: "x" } })],
  ])("is good with %s", async (_, changes) => {
    expectCaller(await send(bearer(tokenWith(changes()))), caller);
  });

  it("is good with the scheme in small letters, and the client is who the token says", async () => {
    expectCaller(
      await send([`authorization: bearer ${tokenWith({})}`, "x-caller-id: somebody-else"]),
      caller,
    );
  });

  it.each([
    ["no end", () => ({ exp: undefined })],
    ["an end that is over", () => ({ exp: now() - 40 })],
    ["an end in words", () => ({ exp: "never" })],
    ["an end beyond all numbers", () => ({ exp: 1e300 })],
    ["an end before all numbers", () => ({ exp: -1e300 })],
    ["a beginning that is ahead", () => ({ nbf: now() + 40 })],
    ["a beginning in words", () => ({ nbf: "soon" })],
    ["another issuer", () => ({ iss: "https://login.example.com/other" })],
    ["the issuer in other letters", () => ({ iss: "HTTPS://login.example.com/" })],
    ["no issuer", () => ({ iss: undefined })],
    ["another audience", () => ({ aud: `${audience}.evil.example.com` })],
    ["other audiences", () => ({ aud: ["a", "b"] })],
    ["no audience", () => ({ aud: undefined })],
    ["an empty audience", () => ({ aud: "" })],
    ["the audience inside an object", () => ({ aud: { "0": audience } })],
    ["no client", () => ({ sub: undefined })],
    ["an empty client", () => ({ sub: "" })],
    ["a client that is an object", () => ({ sub: { a: "b" } })],
  ])("is refused with %s", async (_, changes) => {
    expectRefusal(await send(bearer(tokenWith(changes()))));
  });

  it.each([
    ["the signature of somebody else", () => tokenWith({}, stranger)],
    ["an algorithm that is none", () => tokenWith({}, key, { alg: "none" })],
    ["another algorithm's name", () => tokenWith({}, key, { alg: "HS256" })],
    ["no signature", () => tokenWith({}).replace(/[^.]*$/, "")],
    [
      "a changed claim",
      () =>
        tokenWith({}).replace(
          /\.[^.]*\./,
          `.${Buffer.from(JSON.stringify({ ...claims(), sub: "root" })).toString("base64url")}.`,
        ),
    ],
    ["nothing in it", () => ""],
    ["something else in it", () => "a.b.c"],
  ])("is refused with %s", async (_, token) => {
    expectRefusal(await send(bearer(token())));
  });

  it.each([
    ["no header", []],
    ["another scheme", ["Authorization: Basic YTpi"]],
    ["the client's name alone", ["x-caller-id: saas"]],
    ["a client certificate's header", ["x-ssl-client-cn: saas-1"]],
  ])("cannot be replaced by %s", async (_, headers) => {
    const response = await send(headers);

    expectRefusal(response);
    expect(response && headerOf(response, "www-authenticate")).toBe("Bearer");
  });

  it("is not logged, nor is a refused one", async () => {
    const [good, bad] = [tokenWith({}), tokenWith({}, stranger)];
    await send(bearer(good));
    await send(bearer(bad));

    await until(() => expect(proxy.logLines.length).toBeGreaterThanOrEqual(2));
    for (const token of [good, bad]) expect(proxy.logLines.join("\n")).not.toContain(token.slice(0, 20));
  });
});
