import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as contract from "../../functions/proposals/proposal.ts";
import { maxRequestBytes } from "../../local/api-gateway/api-gateway.ts";
import { problemDocument, refusalsFor, tooLargeForSmallApi } from "../../proxy/refusals.ts";
import { forwardedHeaders, itemPattern } from "../../proxy/routing.ts";

const document = (name: string) => JSON.parse(readFileSync(`specs/${name}.openapi.json`, "utf8"));

describe("the proxy and what stands behind it", () => {
  it("agree on the pattern of an item", () => {
    expect(`^${itemPattern}$`).toBe(contract.itemPattern.source);
  });

  it("agree on the answer to what is too large for the synchronous API", () => {
    const { responseTemplates } =
      document("proposals")["x-amazon-apigateway-gateway-responses"].REQUEST_TOO_LARGE;

    expect(problemDocument(tooLargeForSmallApi)).toBe(responseTemplates["application/json"]);
  });

  it("agree on the headers: each that an API declares comes through", () => {
    const operations = ["proposals", "proposals-large"].flatMap((name) =>
      Object.values(document(name).paths).flatMap((methods) => Object.values(methods as object)),
    );
    const declared = operations
      .flatMap(({ parameters = [] }) => parameters)
      .filter((parameter) => parameter.in === "header")
      .map(({ name }) => name.toLowerCase());

    expect(declared.length).toBeGreaterThan(0);
    expect(declared.filter((name) => !forwardedHeaders.includes(name))).toEqual([]);
  });
});

describe(refusalsFor, () => {
  it("tells what fits into Lua and haproxy.cfg as it is", () => {
    const refusals = Object.values(refusalsFor({ thresholdBytes: 1, maxBytes: maxRequestBytes }));

    expect(refusals.length).toBeGreaterThan(0);
    expect(refusals.map(problemDocument).filter((text) => text.includes("]==]"))).toEqual([]);
    expect(problemDocument(tooLargeForSmallApi)).not.toContain("'");
  });
});
