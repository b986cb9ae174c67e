import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { stringify as toYaml } from "yaml";
import { formatDocument } from "../../../openapi/format-document.ts";
import { importDocument } from "../../../openapi/import/import-document.ts";
import type { Json, JsonObject } from "../../../openapi/json.ts";
import { lintDocument } from "../../../openapi/lint-document.ts";
import { account, serviceUri, textOf } from "./exports.ts";

describe("exports of one API in other forms", () => {
  const sent = { name: "orderId", in: "path", required: true, type: "string" };
  const integration = {
    type: "aws",
    httpMethod: "PUT",
    uri: serviceUri("s3:path/acme-orders-dev/{key}"),
    credentials: `arn:aws:iam::${account}:role/acme-writer`,
    requestParameters: { "integration.request.path.key": "method.request.path.orderId" },
    responses: { default: { statusCode: "502" }, "2[0-9]{2}": { statusCode: "200" } },
  };
  const authorizer = {
    type: "apiKey",
    name: "Authorization",
    in: "header",
    "x-amazon-apigateway-authtype": "custom",
  };
  const binary = { "x-amazon-apigateway-binary-media-types": ["image/png", "application/pdf"] };
  const swagger: JsonObject = {
    swagger: "2.0",
    info: { version: "1", title: "orders" },
    host: "r6y1c4h9ua.execute-api.us-east-1.amazonaws.com",
    basePath: "/dev",
    schemes: ["https"],
    paths: {
      "/orders/{orderId}": {
        put: {
          consumes: ["application/json"],
          produces: ["application/json"],
          parameters: [
            { name: "x-trace", in: "header", required: false, type: "string", maxLength: 10 },
            { in: "body", name: "Order", required: true, schema: { $ref: "#/definitions/Order" } },
            sent,
          ],
          responses: {
            "200": {
              description: "200 response",
              schema: { $ref: "#/definitions/Order" },
              headers: { ETag: { type: "string" } },
            },
            "502": { description: "502 response" },
          },
          security: [{ token: [] }],
          "x-amazon-apigateway-integration": integration,
        },
      },
    },
    securityDefinitions: { token: authorizer },
    definitions: {
      Order: {
        type: "object",
        properties: { lines: { type: "array", items: { $ref: "#/definitions/Line" } } },
      },
      Line: { type: "string" },
    },
    ...binary,
  };
  const json = (schema: Json) => ({ "application/json": { schema } });
  const openapi: JsonObject = {
    openapi: "3.0.1",
    servers: [{ url: "https://r6y1c4h9ua.execute-api.us-east-1.amazonaws.com/{basePath}" }],
    "x-amazon-apigateway-binary-media-types": ["application/pdf", "image/png"],
    info: { title: "orders", version: "1" },
    components: {
      securitySchemes: { token: authorizer },
      schemas: {
        Line: { type: "string" },
        Order: {
          type: "object",
          properties: { lines: { type: "array", items: { $ref: "#/components/schemas/Line" } } },
        },
      },
    },
    paths: {
      "/orders/{orderId}": {
        put: {
          parameters: [
            { name: "orderId", in: "path", required: true, schema: { type: "string" } },
            { name: "x-trace", in: "header", required: false, schema: { type: "string", maxLength: 10 } },
          ],
          requestBody: { required: true, content: json({ $ref: "#/components/schemas/Order" }) },
          responses: {
            "200": {
              description: "200 response",
              headers: { ETag: { schema: { type: "string" } } },
              content: json({ $ref: "#/components/schemas/Order" }),
            },
            "502": { description: "502 response" },
          },
          security: [{ token: [] }],
          "x-amazon-apigateway-integration": Object.fromEntries(Object.entries(integration).reverse()),
        },
      },
    },
  };
  const canonical = (text: string) => {
    const { document, literals } = importDocument(text, { source: "export" });
    return { text: formatDocument(document), literals };
  };

  it("are the same text, with the same placeholders", () => {
    const forms = [openapi, swagger].flatMap((value) => [textOf(value), toYaml(value)]).map(canonical);

    expect(forms[0]?.literals).toHaveLength(2);
    expect(forms).toEqual([forms[0], forms[0], forms[0], forms[0]]);
  });

  it("may have statuses that YAML reads as numbers", () => {
    const text = toYaml(openapi).replaceAll('"200":', "200:").replaceAll('"502":', "502:");

    expect(text).toContain("\n        200:");
    expect(canonical(text)).toEqual(canonical(textOf(openapi)));
  });
});

const documents = [
  ...readdirSync("__tests__/fixtures/exports").map((file) => `__tests__/fixtures/exports/${file}`),
  ...readdirSync("specs")
    .filter((file) => file.endsWith(".openapi.json"))
    .map((file) => `specs/${file}`),
];

/** What API Gateway runs as it is exported has warnings alone, but for the one that the guide mends. */
const knownFaults: [part: string, rules: string[]][] = [
  ["statement-upload-s3", ["s3-error-as-success", "s3-bucket-owner"]],
  ["bakery-orders", ["body-validator"]],
  ["validators-and-models", ["body-validator"]],
  ["lambda-alias", ["stage-variable"]],
  ["stage-variables", ["stage-variable"]],
  ["vpc-link-oas30", ["stage-variable"]],
];

describe.each(documents)("%s", (file) => {
  const text = readFileSync(file, "utf8");

  it("comes out of a second import as it went in", () => {
    const once = importDocument(text, { source: file });
    const twice = importDocument(formatDocument(once.document), { source: file });

    expect(formatDocument(twice.document)).toBe(formatDocument(once.document));
    expect(twice.dropped).toEqual([]);
    expect(twice.literals).toEqual([]);
  });

  it("names no account", () => {
    const { document } = importDocument(text, { source: file });

    expect(formatDocument(document)).not.toMatch(/:\d{12}:|arn:aws|execute-api/);
  });

  it("has the faults that it is known for, and no others", () => {
    const { document } = importDocument(text, { source: file });
    const known = knownFaults.find(([name]) => file.includes(name))?.[1] ?? [];

    expect(lintDocument(document).map(({ rule }) => rule)).toEqual(known);
  });
});
