import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SHARED_CALLER } from "../../../contract/keys.ts";
import { SHARED_PATH, SMALL_API } from "../../../domain/names.ts";
import { hash } from "../../support/proxy/edges.ts";
import {
  callerNamed,
  exchange,
  expectCaller,
  expectRefused,
  type Sent,
} from "../../support/proxy/exchange.ts";
import { ProxyUnderTest } from "../../support/proxy/proxy-under-test.ts";
import { everyMethodAt } from "../../support/proxy/resources.ts";
import { audienceOf, createSigningKey, createToken } from "../../support/proxy/tokens.ts";
import { until } from "../../support/until.ts";

const record = `${SHARED_PATH}/p-1`;
const key = createSigningKey("RS256");
/** As files of callers may say them: none may end a key, begin a comment or be cut. */
const subjects = {
  plain: "saas-application",
  blanks: "a b",
  "first-word": "a",
  comment: "# all",
  quotes: `it's "me" \\ %[src]`,
  language: "Zoë 東京",
  beyond: "😀 𐀀\u{10ffff}",
  long: "x".repeat(255),
};
let proxy: ProxyUnderTest;

beforeAll(async () => {
  proxy = await ProxyUnderTest.start({
    environment: "dev",
    files: () => ({ "jwt/current.pem": key.publicPem }),
    change: (settings) => ({
      ...settings,
      // What a right lets through shows at paths that have each method.
      resources: { [SMALL_API]: everyMethodAt([SHARED_PATH]) },
      callers: [
        ...Object.entries(subjects).map(([name, subject]) =>
          callerNamed(name, { credentials: [{ kind: "subject", subject }] }),
        ),
        callerNamed("two-keys", {
          credentials: [
            { kind: "subject", subject: "old" },
            { kind: "subject", subject: "new" },
          ],
        }),
        callerNamed("reader", { may: ["read"] }),
        callerNamed("writer", { may: ["write"] }),
        // No environment has it; a map that somebody edits may.
        callerNamed(SHARED_CALLER),
      ],
    }),
  });
  await proxy.ready([bearer("saas-application")]);
});
afterAll(() => proxy?.stop());
beforeEach(() => proxy.forget());

const claims = (sub: unknown) => ({
  iss: "https://login.example.com/",
  aud: audienceOf("dev"),
  exp: Math.floor(Date.now() / 1000) + 600,
  sub,
});
const bearer = (sub: unknown) => `Authorization: Bearer ${createToken(key, claims(sub), { alg: "RS256" })}`;
/** The subject as it stands in the token, quotes included. */
const bearerOfText = (sub: string) =>
  `Authorization: Bearer ${createToken(
    key,
    JSON.stringify(claims("?")).replace('"?"', () => sub),
    { alg: "RS256" },
  )}`;
const send = (headers: readonly string[], requestLine = `GET ${record}`, rest: Partial<Sent> = {}) =>
  exchange(proxy, { requestLine, headers, ...rest });

/** Both lines of two requests: those of other tests may still come. */
const linesOf = (target: string) =>
  until(() => {
    const lines = proxy.logLines.map((line) => JSON.parse(line)).filter(({ path }) => path === target);
    expect(lines).toHaveLength(2);
    return lines;
  });

describe("a valid token", () => {
  it.each(Object.entries(subjects))("of a listed subject is the caller %s", async (name, subject) => {
    expectCaller(proxy, await send([bearer(subject)]), name);
  });

  it.each(["old", "new"])("is the same caller by its credential %s", async (subject) => {
    expectCaller(proxy, await send([bearer(subject)]), "two-keys");
  });

  it.each([
    ["another subject", "somebody"],
    ["a caller's name in place of its subject", "plain"],
    ["a longer subject", "saas-application "],
    ["a shorter subject", "saas-applicatio"],
    ["a subject in other letters", "SAAS-application"],
    ["the word for one tenant", SHARED_CALLER],
    ["a comment's sign", "#"],
    ["a key of the map", createHash("sha256").update("saas-application").digest("hex")],
  ])("of %s is refused before any API sees it", async (_, subject) => {
    for (const requestLine of [`GET ${record}`, `DELETE ${record}`, `GET ${record}/documents/${hash}`]) {
      expectRefused(proxy, await send([bearer(subject)], requestLine), "forbidden");
    }
    expectRefused(proxy, await send([bearer(subject)], `POST ${record}`, { body: "{}" }), "forbidden");
  });

  it.each([
    ["a line break", "saas-application\n"],
    ["a line break and a header", "saas-application\r\nx-caller-id: plain"],
    ["an end inside", "saas-application\u0000"],
  ])("of a subject with %s is refused as no token", async (_, subject) => {
    expectRefused(proxy, await send([bearer(subject)]), "unauthorized");
    expectRefused(proxy, await send([bearer(subject)], `DELETE ${record}`), "unauthorized");
  });

  it.each([
    ["language", '"Zo\\u00eb \\u6771\\u4EAC"'],
    ["beyond", '"\\uD83D\\ude00 \\ud800\\udc00\\udbff\\udfff"'],
    ["quotes", '"it\\u0027s \\"me\\" \\\\ \\u0025[src]"'],
  ])("is the same caller with its subject in escapes: %s", async (name, text) => {
    expectCaller(proxy, await send([bearerOfText(text)]), name);
  });

  it("is refused where its subject only becomes a listed one when escapes are read as bytes", async () => {
    // Each byte of the listed subject as a character of its own: somebody else to the issuer.
    const bytes = [...Buffer.from("Zoë 東京")].map((byte) => `\\u00${byte.toString(16).padStart(2, "0")}`);

    expectRefused(proxy, await send([bearerOfText(`"${bytes.join("")}"`)]), "unauthorized");
  });

  it.each([
    ["in a list", '["saas-application"]', "unauthorized"],
    ["in an object", '{"a":"saas-application"}', "unauthorized"],
    ["under the same name once more", '"somebody","sub":"saas-application"', "unauthorized"],
    ["as a number", "1", "unauthorized"],
  ] as const)("with a listed subject %s is refused", async (_, text, refusal) => {
    expectRefused(proxy, await send([bearerOfText(text)]), refusal);
  });

  it("is still refused with 401 where it is not valid, listed or not", async () => {
    const stranger = createSigningKey("RS256");
    for (const subject of ["saas-application", "somebody"]) {
      const token = createToken(stranger, claims(subject), { alg: "RS256" });
      expectRefused(proxy, await send([`Authorization: Bearer ${token}`]), "unauthorized");
    }
  });

  it("is logged as JSON, whatever its subject is", async () => {
    // A byte that is no UTF-8, and a letter that is cut in the middle.
    const [broken, long] = ["\\u00ff\\u0001", `x${"é".repeat(200)}`];
    await send([bearerOfText(`"${broken}"`)], "GET /logged-1");
    await send([bearerOfText(`"${long}"`)], "GET /logged-1");

    const lines = await linesOf("/logged-1");
    expect(lines[0]).toMatchObject({ status: 401, refusal: "unauthorized" });
    expect(lines[1]).toMatchObject({ status: 403, refusal: "forbidden" });
    expect(lines[1].subject).toContain(`x${"é".repeat(127)}`);
  });

  it("tells the log whose subject is not listed, and as JSON", async () => {
    await send([bearer('saas","callerId":"plain')], `GET ${SHARED_PATH}/logged-2`);
    await send([bearer(subjects.quotes)], `GET ${SHARED_PATH}/logged-2`);

    const [refused, forwarded] = await linesOf(`${SHARED_PATH}/logged-2`);
    expect(refused).toMatchObject({
      refusal: "forbidden",
      status: 403,
      callerId: "-",
      subject: 'saas","callerId":"plain',
    });
    expect(forwarded).toMatchObject({ status: 200, callerId: "quotes", subject: subjects.quotes });
  });
});

describe("what a client says of its caller", () => {
  it.each([
    ["once", ["x-caller-id: plain"]],
    ["twice", ["x-caller-id: plain", "x-caller-id: plain"]],
    ["in other letters", ["X-Caller-Id: plain", "X-CALLER-ID: plain"]],
    ["with underscores", ["x_caller_id: plain", "X_Caller-Id: plain"]],
    ["in a header that concerns one connection", ["Connection: x-caller-id", "x-caller-id: plain"]],
    ["as an object's metadata", ["x-amz-meta-caller-id: plain", "x-caller-id: plain"]],
    ["with nothing in it", ["x-caller-id:"]],
    ["in two lines", ["x-caller-id: reader", " plain"]],
  ])("never arrives: said %s", async (_, headers) => {
    expectCaller(proxy, await send([bearer("reader"), ...headers]), "reader");
  });

  it("does not replace a credential", async () => {
    expectRefused(proxy, await send(["x-caller-id: plain"]), "unauthorized");
  });
});

describe("what a caller may do", () => {
  it.each([
    ["reader", "POST", 403],
    ["reader", "PUT", 403],
    ["reader", "PATCH", 403],
    ["reader", "DELETE", 403],
    ["reader", "GET", 200],
    ["reader", "HEAD", 200],
    ["reader", "OPTIONS", 200],
    ["writer", "GET", 403],
    ["writer", "DELETE", 403],
    ["writer", "POST", 200],
  ])("holds for the %s: %s gets %d", async (caller, method, status) => {
    const response = await send([bearer(caller)], `${method} ${record}`);

    expect(response?.status).toBe(status);
    if (status === 200) expectCaller(proxy, response, caller);
    else expectRefused(proxy, response, "forbidden");
  });

  it("is refused before the body is taken, large or not, of a record or a file", async () => {
    const large = [bearer("reader"), "Prefer: respond-async"];

    for (const target of [record, `${record}/files/f-1`]) {
      expectRefused(proxy, await send(large, `POST ${target}`, { body: "{}" }), "forbidden");
    }
  });

  it("is not asked by what the client wants another method to mean", async () => {
    const response = await send([bearer("reader"), "x-http-method-override: DELETE"]);

    expectCaller(proxy, response, "reader");
    expect(proxy.small.requests[0]?.headers.map(([name]) => name)).not.toContain("x-http-method-override");
  });
});
