import { describe, expect, it } from "vitest";
import { type JsonObject, objectAt } from "../../../openapi/json.ts";
import { lintDocument, rules } from "../../../openapi/lint-document.ts";
import {
  integrationPointer as at,
  operationPointer,
  pointersOf,
  s3Document,
  s3DocumentWith,
} from "../documents.ts";
import { allowed, broken } from "./cases.ts";

describe(lintDocument, () => {
  it("finds nothing in a sound document", () => {
    expect(lintDocument(s3Document())).toEqual([]);
  });

  for (const { rule, breaks, change, found = change[0] } of broken) {
    it(`reports ${rule} where a document ${breaks}`, () => {
      expect(pointersOf(rule, s3DocumentWith(...change))).toContain(found);
    });
  }

  for (const { rule, breaks, change } of allowed) {
    it(`does not report ${rule} where a document ${breaks}`, () => {
      expect(pointersOf(rule, s3DocumentWith(...change))).toEqual([]);
    });
  }

  it("names corrections of the console's usual responses that bring no other error", () => {
    const mapsType = { "method.response.header.X-Stored": "integration.response.header.ETag" };
    const stored = { statusCode: "202", responseParameters: mapsType };
    const refused = { "4\\d{2}": { statusCode: "400" } };
    const lint = (responses: JsonObject) => {
      const document = s3DocumentWith(`${at}/responses`, responses);
      const declared = { description: "Stored.", headers: { "X-Stored": { schema: { type: "string" } } } };
      objectAt(objectAt(objectAt(objectAt(document, "paths"), "/files/{item}"), "put"), "responses")["202"] =
        declared;
      return lintDocument(document).map(({ message }) => message);
    };
    const failed = { statusCode: "502" };

    expect(lint({ default: stored, ...refused, "5\\d{2}": failed })).toEqual([
      `the default answers 202, also to S3's 300-399; rename "default" to "2[0-9]{2}", and then "5\\d{2}" to "default"`,
    ]);
    expect(lint({ "2[0-9]{2}": stored, ...refused, default: failed })).toEqual([]);
    expect(lint({ default: stored, ...refused })).toEqual([
      `the default answers 202, also to S3's 300-399, 500-599; rename "default" to "2[0-9]{2}", and add a default with an error status that the operation declares`,
    ]);
    expect(lint({ "2[0-9]{2}": stored, default: { ...failed, responseParameters: mapsType } })).toEqual([
      `the header "X-Stored" is not declared; add it to response 502, or move the mapping to the integration response with status 202, which declares it`,
    ]);
    expect(lint({ "2[0-9]{2}": stored, ...refused, "5\\d{2}": failed, default: failed })).toEqual([
      `"5\\d{2}" also maps to 502, and one overwrites the other; remove "5\\d{2}", or give one of the two another status`,
    ]);
  });

  it("treats a type in upper case like its canonical spelling", () => {
    const change = { type: "AWS_PROXY", responses: { default: { statusCode: "200" } } };

    expect(pointersOf("undeclared-status", s3DocumentWith(at, change))).toEqual([]);
  });

  it("reports a keyword of a property that is named schema once", () => {
    const body = `${operationPointer}/requestBody/content/application~1json/schema`;
    const change = { properties: { schema: { default: [] } } };

    expect(pointersOf("model-keyword", s3DocumentWith(body, change))).toEqual([
      `${body}/properties/schema/default`,
    ]);
  });

  it("reports template-on-binary only for the media types that are binary", () => {
    const document = s3DocumentWith(`${at}/requestTemplates`, {
      "application/json": "{}",
      "image/png": "{}",
    });
    document["x-amazon-apigateway-binary-media-types"] = ["image/*"];

    expect(pointersOf("template-on-binary", document)).toEqual([`${at}/requestTemplates/image~1png`]);
  });
});

describe("rules", () => {
  it("have ids of their own", () => {
    const ids = rules.map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
  });

  it("each say why in a sentence and link to their source", () => {
    const poor = rules.filter(({ why, link }) => !/^[A-Z].+\.$/.test(why) || !link.startsWith("https://"));

    expect(poor).toEqual([]);
  });

  it("each have an example that breaks them", () => {
    const untested = rules.filter(({ id }) => !broken.some(({ rule }) => rule === id));

    expect(untested.map(({ id }) => id)).toEqual([]);
  });
});
