import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bindPlaceholders } from "../../../openapi/bind-placeholders.ts";
import { compareDocuments } from "../../../openapi/compare/compare-documents.ts";
import { formatDocument } from "../../../openapi/format-document.ts";
import type { GivenNames } from "../../../openapi/import/name-literals.ts";
import type { JsonObject } from "../../../openapi/json.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import { parseDocument } from "../../../openapi/parse-document.ts";
import { listPlaceholders } from "../../../openapi/placeholders.ts";
import { dressAsExport } from "./dress-as-export.ts";
import { account, imported, region } from "./exports.ts";

describe("a document of specs/, bound and exported as API Gateway does today", () => {
  const files = readdirSync("specs").filter((file) => file.endsWith(".openapi.json"));
  const arns: Readonly<Record<string, (name: string) => string>> = {
    account: () => account,
    function: (name) => `arn:aws:lambda:${region}:${account}:function:acme-${name}`,
    partition: () => "aws",
    region: () => region,
    role: (name) => `arn:aws:iam::${account}:role/${name}`,
  };

  function bound(document: OpenApiDocument) {
    const names: Record<string, Record<string, string>> = {};
    const values: Record<string, string> = {};
    for (const placeholder of listPlaceholders(document).keys()) {
      const [kind = "", name = ""] = placeholder.split(".");
      const literal = arns[kind]?.(name) ?? `acme-${name.toLowerCase()}-${account}`;
      values[placeholder] = literal;
      if (name !== "") names[kind] = { ...names[kind], [literal]: name };
    }
    const body = JSON.stringify(bindPlaceholders(document, values)).replaceAll("$${", () => "${");
    return { body: JSON.parse(body.replaceAll("%%{", "%{")) as OpenApiDocument, names: names as GivenNames };
  }

  it.each(files)("is what it was, without a difference: %s", (file) => {
    const text = readFileSync(`specs/${file}`, "utf8");
    const document = parseDocument(text, file);
    const { body, names } = bound(document);

    const again = imported(dressAsExport(body), { names }).document;

    expect(formatDocument(again)).toBe(text);
    expect(compareDocuments(document, again)).toEqual([]);
  });

  it.each(files)("is one text, whatever API Gateway called its models: %s", (file) => {
    const { body, names } = bound(parseDocument(readFileSync(`specs/${file}`, "utf8"), file));
    const [first, second] = ["a1", "b2"].map((seed) => dressAsExport(body, seed)) as [JsonObject, JsonObject];

    expect(formatDocument(imported(second, { names }).document)).toBe(
      formatDocument(imported(first, { names }).document),
    );
  });
});
