import { readdirSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { stringify as toYaml } from "yaml";
import { formatDocument } from "../../../openapi/format-document.ts";
import { importDocument } from "../../../openapi/import/import-document.ts";
import type { Json, JsonObject } from "../../../openapi/json.ts";
import { lintDocument } from "../../../openapi/lint-document.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import { operationsOf } from "../../../openapi/operations.ts";
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

/** What lint finds in documents of fixtures that are exports as they are, and why that stays. */
const faults: Readonly<Record<string, readonly string[]>> = {
  // The guide mends it: the default answers 200 to S3's errors too, and nothing says whose bucket it must be.
  "statement-upload-s3-oas30.json": ["s3-error-as-success", "s3-bucket-owner"],
  // Bodies are checked by API Gateway, which answers with a text of its own.
  "bakery-orders-oas30.json": ["body-validator"],
  "bakery-orders-oas30.yaml": ["body-validator"],
  "bakery-orders-swagger.json": ["body-validator"],
  "bakery-orders-swagger.yaml": ["body-validator"],
  "validators-and-models-oas30.json": ["body-validator"],
  // An export has no values of stage variables: the environment sets them.
  "lambda-alias-oas30.json": ["stage-variable"],
  "stage-variables-oas30.json": ["stage-variable"],
  "vpc-link-oas30.json": ["stage-variable"],
};

const documents = [
  ...readdirSync("__tests__/fixtures/exports").map((file) => `__tests__/fixtures/exports/${file}`),
  ...readdirSync("specs")
    .filter((file) => file.endsWith(".openapi.json"))
    .map((file) => `specs/${file}`),
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
    const known = faults[basename(file)] ?? [];

    expect(lintDocument(document).map(({ rule }) => rule)).toEqual(known);
  });
});

describe("fixtures of exports", () => {
  it("are JSON where they are called so", () => {
    for (const file of documents.filter((name) => name.endsWith(".json"))) {
      expect(() => JSON.parse(readFileSync(file, "utf8")), file).not.toThrow();
    }
  });

  it("have one integration response for each status, as API Gateway keeps them", () => {
    for (const file of documents.filter((name) => name.endsWith(".json"))) {
      const responses = integrationResponses(JSON.parse(readFileSync(file, "utf8")));
      for (const statuses of responses) expect(new Set(statuses).size, file).toBe(statuses.length);
    }
  });

  it("say the same in OpenAPI and Swagger, in JSON and YAML", () => {
    const texts = documents
      .filter((file) => file.includes("/bakery-orders-"))
      .map((file) => formatDocument(importDocument(readFileSync(file, "utf8"), { source: file }).document));

    expect(texts).toHaveLength(4);
    expect(new Set(texts).size).toBe(1);
  });
});

function integrationResponses(document: JsonObject): Json[][] {
  return operationsOf(document as OpenApiDocument).flatMap(({ integration }) =>
    integration === undefined ? [] : [integration.responses.map(({ status }) => status)],
  );
}
