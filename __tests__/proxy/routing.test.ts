import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CALLER_HEADER } from "../../contract/keys.ts";
import { GATEWAY_MAX_REQUEST_BYTES } from "../../contract/limits.ts";
import { LARGE_API, SHARED_PATH, SMALL_API } from "../../domain/names.ts";
import { problemDocument, refusalsFor, tooLargeForSmallApi } from "../../proxy/refusals.ts";
import { forwardedHeaders } from "../../proxy/request-headers.ts";
import { decide } from "../../proxy/routing.ts";
import { environmentNames, loadEnvironment } from "../support/environments.ts";
import { everyMethodOf, sharedResources } from "../support/proxy/resources.ts";

const document = (name: string) => JSON.parse(readFileSync(`specs/${name}.openapi.json`, "utf8"));

describe("the proxy and what stands behind it", () => {
  it("agree on the answer to what is too large for the synchronous API", () => {
    const { responseTemplates } =
      document(SMALL_API)["x-amazon-apigateway-gateway-responses"].REQUEST_TOO_LARGE;

    expect(problemDocument(tooLargeForSmallApi)).toBe(responseTemplates["application/json"]);
  });

  it("agree on the answer to a path that no API has", () => {
    const { responseTemplates } =
      document(SMALL_API)["x-amazon-apigateway-gateway-responses"].MISSING_AUTHENTICATION_TOKEN;
    const limits = { thresholdBytes: 1, maxBytes: 2 };

    expect(problemDocument(refusalsFor(limits)["not-found"])).toBe(responseTemplates["application/json"]);
  });

  it("agree on the headers: each that an API declares comes through", () => {
    const operations = [SMALL_API, LARGE_API].flatMap((name) =>
      Object.values(document(name).paths).flatMap((methods) => Object.values(methods as object)),
    );
    const declared = operations
      .flatMap(({ parameters = [] }) => parameters)
      .filter((parameter) => parameter.in === "header")
      .map(({ name }) => name.toLowerCase());

    // The proxy says by itself who calls; what a client says of that stays behind.
    const asked = declared.filter((name) => name !== CALLER_HEADER);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.filter((name) => !forwardedHeaders.includes(name))).toEqual([]);
    expect(forwardedHeaders).not.toContain(CALLER_HEADER);
  });
});

describe(decide, () => {
  const routes = [{ api: "statements", paths: ["/statements"] }];
  const table = {
    payload: { thresholdBytes: 5, maxBytes: 10 },
    routes,
    resources: { ...sharedResources, ...everyMethodOf(routes) },
  };
  const heads = (method: string) => ({ method, target: `${SHARED_PATH}/p-1`, headers: [] });

  it.each([
    ["GET", ["read"], { kind: "forwarded", api: SMALL_API }],
    ["GET", ["write", "delete"], { kind: "refused", refusal: "forbidden" }],
    ["POST", ["write"], { kind: "forwarded", api: SMALL_API }],
    ["POST", ["read", "delete"], { kind: "refused", refusal: "forbidden" }],
    ["DELETE", ["delete"], { kind: "forwarded", api: SMALL_API }],
    ["DELETE", ["read", "write"], { kind: "refused", refusal: "forbidden" }],
    [
      "TRACE",
      ["read"],
      { kind: "refused", refusal: "method-not-allowed", allow: ["GET", "HEAD", "POST", "DELETE"] },
    ],
  ] as const)("of %s by who may %j is %j", (method, may, decision) => {
    expect(decide(heads(method), may, table)).toEqual(decision);
  });

  it("asks for the right before all else, on paths of every API", () => {
    for (const target of ["/statements/1", `${SHARED_PATH}/a%2Fb`, undefined]) {
      const head = { method: "DELETE", target, headers: [["Transfer-Encoding", "chunked"]] as const };

      expect(decide(head, ["read", "write"], table)).toEqual({
        kind: "refused",
        refusal: "forbidden",
      });
    }
  });
});

describe("the threshold", () => {
  it.each(environmentNames)("of %s leaves room in Lambda's event for the payload that grows most", (name) => {
    const { thresholdBytes, escapingFactor } = loadEnvironment(name).payload;
    // Lines of 76 characters, as JSON writes their ends, each with a slash or two that a sender escapes.
    const line = `${"A".repeat(37)}\\/${"A".repeat(37)}\\/\\r\\n`;
    const metadata = '"'.repeat(256 * 1024);
    const document = line.repeat((thresholdBytes - metadata.length) / line.length);
    const payload = (document + metadata).padEnd(thresholdBytes, "A");

    const escaped = JSON.stringify(payload).length;

    expect(payload).toHaveLength(thresholdBytes);
    expect(escaped / thresholdBytes).toBeGreaterThan(1.09);
    expect(escaped / thresholdBytes).toBeLessThan(escapingFactor);
    expect(escaped).toBeLessThan(6_291_456 - 128 * 1024);
  });
});

describe(refusalsFor, () => {
  it("tells what fits into Lua and haproxy.cfg as it is", () => {
    const refusals = Object.values(refusalsFor({ thresholdBytes: 1, maxBytes: GATEWAY_MAX_REQUEST_BYTES }));

    expect(refusals.length).toBeGreaterThan(0);
    expect(refusals.map(problemDocument).filter((text) => text.includes("]==]"))).toEqual([]);
    expect(problemDocument(tooLargeForSmallApi)).not.toContain("'");
  });
});
