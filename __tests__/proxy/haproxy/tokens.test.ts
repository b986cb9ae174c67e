import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SHARED_PATH } from "../../../domain/names.ts";
import { itHolds } from "../../support/property.ts";
import { exchange, expectCaller, expectRefused } from "../../support/proxy/exchange.ts";
import type { ProxyUnderTest } from "../../support/proxy/proxy-under-test.ts";
import { headerOf } from "../../support/proxy/raw-http.ts";
import { anyTypeTable, tokenClaimsTable } from "../../support/proxy/token-claims-table.ts";
import { tokenFormTable } from "../../support/proxy/token-form-table.ts";
import type { TokenIssuer } from "../../support/proxy/token-issuer.ts";
import { CALLER, startTokenProxy, tokenIssuer } from "../../support/proxy/token-proxy.ts";
import { claim, escapedAll, type TokenTable } from "../../support/proxy/token-rows.ts";
import { until } from "../../support/until.ts";

const quoted = JSON.stringify;
let proxy: ProxyUnderTest;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const send = (authorization: readonly string[], path = `${SHARED_PATH}/p-1`) =>
  exchange(proxy, {
    requestLine: `GET ${path}`,
    headers: authorization.map((value) => `Authorization: ${value}`),
  });

function itDecidesOn(table: TokenTable, issuer: TokenIssuer): void {
  describe.each(Object.entries(table))("by its %s", (_, rows) => {
    it.each(rows.map((row) => [row.isAccepted ? "is good" : "is refused", row.what, row] as const))(
      "%s: %s",
      async (_, __, { authorization, isAccepted }) => {
        const response = await send(authorization(issuer));

        if (isAccepted) expectCaller(proxy, response, CALLER);
        else expectRefused(proxy, response, "unauthorized");
      },
    );
  });
}

describe("the tables of tokens", () => {
  it("have twelve classes of five and more, with good ones and bad ones", () => {
    const tables = { ...tokenFormTable, ...tokenClaimsTable };

    expect(Object.keys(tables).length).toBeGreaterThanOrEqual(12);
    for (const rows of Object.values(tables)) {
      expect(rows.length).toBeGreaterThanOrEqual(5);
      expect(new Set(rows.map(({ isAccepted }) => isAccepted))).toEqual(new Set([true, false]));
    }
  });
});

describe("an access token of RFC 9068", () => {
  const issuer = tokenIssuer();
  beforeAll(async () => {
    proxy = await startTokenProxy(issuer, { tokenType: "at+jwt" });
    await proxy.ready([`Authorization: Bearer ${issuer.token()}`]);
  });
  afterAll(() => proxy?.stop());
  beforeEach(() => proxy.forget());

  itDecidesOn(tokenFormTable, issuer);
  itDecidesOn(tokenClaimsTable, issuer);

  it("is asked for in the words of RFC 6750: as invalid only where one was shown, by itself", async () => {
    const challengeOf = async (authorization: readonly string[]) => {
      const response = await send(authorization);
      return response && headerOf(response, "www-authenticate");
    };

    expect(await challengeOf([])).toBe("Bearer");
    expect(await challengeOf(["Basic YTpi"])).toBe("Bearer");
    expect(await challengeOf(["Bearer a.b.c"])).toBe('Bearer error="invalid_token"');
    // The token may be a good one: it is the request that is not.
    expect(await challengeOf(["Basic YTpi", `bearer ${issuer.token()}`])).toBe("Bearer");
    expect(await challengeOf([`Bearer ${issuer.token()}`])).toBeUndefined();
  });

  // A value with every kind of JSON, from which two edits make no name twice and no half of a character.
  const value = '{"ab":[1.5e-2,{"cd":"\\u00e9\\n"},-0,true,[],null]}';
  const edit = fc.record({
    at: fc.nat(value.length),
    removed: fc.nat(2),
    added: fc.constantFrom(..."", ...'{}[]":,\\/u01e+-. n\t', "\u0001", "é"),
  });
  const verdicts = new Set<boolean>();
  itHolds(
    "is read where JSON.parse reads it, and refused where that refuses it",
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 2 }), async (edits) => {
      const edited = edits.reduce(
        (text, { at, removed, added }) => text.slice(0, at) + added + text.slice(at + removed),
        value,
      );
      proxy.forget();
      const response = await send([`Bearer ${issuer.token(claim("a", edited))}`]);

      verdicts.add(isJson(`{"a":${edited}}`));
      expect(response?.status).toBe(isJson(`{"a":${edited}}`) ? 200 : 401);
    }),
    { numRuns: 300, afterwards: () => expect(verdicts).toEqual(new Set([true, false])) },
  );

  // HAProxy's log leaves out what is no character to Unicode, and what is beyond its first 65,536.
  const unlogged = /[\p{Cc}\p{Noncharacter_Code_Point}\u{10000}-\u{10ffff}]/u;
  const character = fc.string({ unit: "binary", maxLength: 1 }).filter((text) => !unlogged.test(text));
  const subjects = fc.array(character, { minLength: 1, maxLength: 60 }).map((parts) => `x${parts.join("")}`);
  let count = 0;
  itHolds(
    "names the subject that the issuer wrote, by itself or by escapes",
    fc.asyncProperty(subjects, fc.boolean(), async (subject, isEscaped) => {
      proxy.forget();
      const text = isEscaped ? `"${escapedAll(subject)}"` : quoted(subject);

      count += 1;
      const path = `/subject-${count}-`;
      const response = await send([`Bearer ${issuer.token(claim("sub", text))}`], path);
      expectRefused(proxy, response, "forbidden");

      const line = await until(() => JSON.parse(proxy.logLines.find((each) => each.includes(path)) ?? ""));
      expect(line.subject).toBe(subject);
    }),
    { numRuns: 100 },
  );

  it("leaves nothing of itself in the log, however it is broken", async () => {
    proxy.logLines.length = 0;
    const marked = [`{"secret`, `"secret"`, `{"a":"secret\\x"}`, `{"sub":"secret\\u0000"}`];
    for (const text of marked) await send([`Bearer ${issuer.token({ payloadText: () => text })}`]);

    await until(() => expect(proxy.logLines).toHaveLength(marked.length));
    expect(proxy.logLines.join("\n")).not.toMatch(/secret|Lua/);
  });
});

describe("a token of any type", () => {
  const hostile = `https://a.example.com/~_-.:?#[]@!$&()*+,;=%d]]--%q]==]`;
  const issuer = tokenIssuer(hostile);
  beforeAll(async () => {
    proxy = await startTokenProxy(issuer, { tokenType: "any", audience: hostile });
    await proxy.ready([`Authorization: Bearer ${issuer.token()}`]);
  });
  afterAll(() => proxy?.stop());
  beforeEach(() => proxy.forget());

  itDecidesOn(anyTypeTable, issuer);
});
