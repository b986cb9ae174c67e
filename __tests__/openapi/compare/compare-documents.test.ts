import { describe, expect, it } from "vitest";
import { compareDocuments } from "../../../openapi/compare/compare-documents.ts";
import { isJsonObject, type Json, type JsonObject } from "../../../openapi/json.ts";
import { resolvePointer } from "../../../openapi/json-pointer.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";

const json = (schema: Json) => ({ "application/json": { schema } });

function orders(): OpenApiDocument {
  return {
    openapi: "3.0.1",
    info: { title: "orders", version: "1" },
    paths: {
      "/orders/{id}": {
        parameters: [{ name: "id", in: "path", required: true, schema: { type: "string", maxLength: 10 } }],
        put: {
          description: "Changes an order.",
          parameters: [{ name: "trace", in: "header", schema: { type: "string" } }],
          requestBody: { content: json({ $ref: "#/components/schemas/Order" }) },
          responses: {
            "200": {
              description: "The order.",
              headers: { ETag: { schema: { type: "string" } } },
              content: json({ $ref: "#/components/schemas/Order" }),
            },
            "404": { description: "There is none." },
          },
          "x-amazon-apigateway-integration": {
            type: "aws",
            uri: "arn:a",
            responses: { default: { statusCode: "200" } },
          },
        },
        delete: { responses: { "204": { description: "Gone." } } },
      },
    },
    components: {
      schemas: {
        Order: {
          type: "object",
          required: ["lines"],
          properties: {
            lines: { type: "array", items: { $ref: "#/components/schemas/Line" } },
            state: { type: "string", enum: ["open", "done"] },
            parent: { $ref: "#/components/schemas/Order" },
          },
        },
        Line: { type: "object", properties: { amount: { type: "integer", minimum: 1, maximum: 10 } } },
        Unused: { type: "string" },
      },
    },
  };
}

/** The document with places set, or taken away by undefined. */
function changed(...changes: [pointer: string, value: Json | undefined][]): OpenApiDocument {
  const document = orders();
  for (const [pointer, value] of changes) {
    const cut = pointer.lastIndexOf("/");
    const parent = resolvePointer(document, pointer.slice(0, cut));
    const key = pointer.slice(cut + 1).replaceAll("~1", "/");
    if (!isJsonObject(parent)) throw new Error(`nothing at ${pointer}`);
    if (value === undefined) delete parent[key];
    else parent[key] = value;
  }
  return document;
}

/** Each change in one line: `! ` before what may break a caller, `. ` before what happens behind. */
const differences = (after: OpenApiDocument, before = orders()) =>
  compareDocuments(before, after).map(
    ({ side, breaking, where, message }) =>
      `${breaking ? "! " : side === "behind" ? ". " : "  "}${where}: ${message}`,
  );

const put = "/paths/~1orders~1{id}/put";
const order = "/components/schemas/Order";
const PUT = "PUT /orders/{id}";

describe(compareDocuments, () => {
  it("finds nothing between equal documents, whatever the order of their keys", () => {
    const turned = Object.fromEntries(Object.entries(orders()).toReversed()) as OpenApiDocument;

    expect(differences(turned)).toEqual([]);
  });

  it.each<[string, [string, Json | undefined][], string[]]>([
    ["a new path", [["/paths/~1new", { get: {} }]], ["  GET /new: is new"]],
    [
      "a method that is gone",
      [["/paths/~1orders~1{id}/delete", undefined]],
      ["! DELETE /orders/{id}: was removed"],
    ],
    [
      "a method that ANY takes over",
      [
        ["/paths/~1orders~1{id}/delete", undefined],
        ["/paths/~1orders~1{id}/x-amazon-apigateway-any-method", {}],
      ],
      ["  DELETE /orders/{id}: is now answered by ANY", "  ANY /orders/{id}: is new"],
    ],
    [
      "parameters",
      [
        [
          `${put}/parameters`,
          [
            { name: "region", in: "query", required: true, schema: { type: "string" } },
            { name: "page", in: "query", schema: { type: "string" } },
          ],
        ],
      ],
      [
        `! ${PUT}: header parameter "trace" was removed`,
        `! ${PUT}: query parameter "region" is new and required`,
        `  ${PUT}: query parameter "page" is new`,
      ],
    ],
    [
      "a parameter that is now required",
      [[`${put}/parameters`, [{ name: "trace", in: "header", required: true, schema: { type: "string" } }]]],
      [`! ${PUT}: header parameter "trace" is now required`],
    ],
    [
      "a path parameter that takes less",
      [
        [
          "/paths/~1orders~1{id}/parameters",
          [{ name: "id", in: "path", required: true, schema: { type: "string", maxLength: 8 } }],
        ],
      ],
      [
        `! ${PUT}: path parameter "id": maxLength changed from 10 to 8`,
        '! DELETE /orders/{id}: path parameter "id": maxLength changed from 10 to 8',
      ],
    ],
    [
      "a body that is now required",
      [[`${put}/requestBody/required`, true]],
      [`! ${PUT}: the body is now required`],
    ],
    [
      "another media type",
      [[`${put}/requestBody/content`, { "text/csv": { schema: { type: "string" } } }]],
      [`! ${PUT}: the body as application/json was removed`, `  ${PUT}: the body as text/csv is new`],
    ],
    [
      "statuses",
      [
        [`${put}/responses/404`, undefined],
        [`${put}/responses/410`, { description: "" }],
      ],
      [`! ${PUT}: status 404 was removed`, `  ${PUT}: status 410 is new`],
    ],
    [
      "headers of an answer",
      [[`${put}/responses/200/headers`, { Link: { schema: { type: "string" } } }]],
      [
        `! ${PUT}: header "ETag" of the response 200 was removed`,
        `  ${PUT}: header "Link" of the response 200 is new`,
      ],
    ],
    [
      "a property that is now required: of what is sent it breaks, of what comes back it does not",
      [[`${order}/required`, ["lines", "state"]]],
      [`! ${PUT}: the body, state: is now required`, `  ${PUT}: the response 200, state: is now required`],
    ],
    [
      "a property that is now optional: the other way round",
      [[`${order}/required`, []]],
      [`! ${PUT}: the response 200, lines: is now optional`, `  ${PUT}: the body, lines: is now optional`],
    ],
    [
      "a property that is gone",
      [[`${order}/properties/state`, undefined]],
      [`! ${PUT}: the body, state: was removed`, `! ${PUT}: the response 200, state: was removed`],
    ],
    [
      "a new property",
      [[`${order}/properties/note`, { type: "string" }]],
      [`  ${PUT}: the body, note: is new`, `  ${PUT}: the response 200, note: is new`],
    ],
    [
      "values of an enumeration",
      [[`${order}/properties/state/enum`, ["open", "sent"]]],
      [
        `! ${PUT}: the body, state: the value "done" was removed`,
        `! ${PUT}: the response 200, state: the value "sent" is new`,
        `  ${PUT}: the body, state: the value "sent" is new`,
        `  ${PUT}: the response 200, state: the value "done" was removed`,
      ],
    ],
    [
      "bounds of a model inside a model",
      [["/components/schemas/Line/properties/amount", { type: "integer", minimum: 0, maximum: 5 }]],
      [
        `! ${PUT}: the body, lines.[].amount: maximum changed from 10 to 5`,
        `! ${PUT}: the response 200, lines.[].amount: minimum changed from 1 to 0`,
        `  ${PUT}: the body, lines.[].amount: minimum changed from 1 to 0`,
        `  ${PUT}: the response 200, lines.[].amount: maximum changed from 10 to 5`,
      ],
    ],
    [
      "a wider type",
      [["/components/schemas/Line/properties/amount/type", "number"]],
      [
        `! ${PUT}: the response 200, lines.[].amount: the type changed from "integer" to "number"`,
        `  ${PUT}: the body, lines.[].amount: the type changed from "integer" to "number"`,
      ],
    ],
    [
      "a new pattern",
      [[`${order}/properties/state/pattern`, "a"]],
      [
        `! ${PUT}: the body, state: pattern changed from not given to "a"`,
        `  ${PUT}: the response 200, state: pattern changed from not given to "a"`,
      ],
    ],
    [
      "null",
      [[`${order}/properties/state/nullable`, true]],
      [`! ${PUT}: the response 200, state: may now be null`, `  ${PUT}: the body, state: may now be null`],
    ],
    [
      "other properties",
      [[`${order}/additionalProperties`, false]],
      [
        `! ${PUT}: the body: other properties: false; before: true`,
        `  ${PUT}: the response 200: other properties: false; before: true`,
      ],
    ],
    [
      "who may call",
      [
        ["/components/securitySchemes", { key: { type: "apiKey", name: "x-api-key", in: "header" } }],
        [`${put}/security`, [{ key: [] }]],
      ],
      [
        `! ${PUT}: callers now need an API key; before: nothing`,
        '. (document): components › securitySchemes is new: {"key":{"type":"apiKey","name":"x-api-key","in":"header"}}',
      ],
    ],
    [
      "validation",
      [
        ["/x-amazon-apigateway-request-validators", { body: { validateRequestBody: true } }],
        [`${put}/x-amazon-apigateway-request-validator`, "body"],
      ],
      [`! ${PUT}: bodies are now validated`],
    ],
    [
      "the gateway's own answers",
      [["/x-amazon-apigateway-gateway-responses", { DEFAULT_5XX: { statusCode: "503" } }]],
      ['  (document): x-amazon-apigateway-gateway-responses is new: {"DEFAULT_5XX":{"statusCode":"503"}}'],
    ],
    [
      "an integration",
      [[`${put}/x-amazon-apigateway-integration/responses/default/statusCode`, "502"]],
      [`. ${PUT}: responses › default › statusCode changed from "200" to "502"`],
    ],
    [
      "anything else of an operation or the document",
      [
        [`${put}/x-amazon-apigateway-auth`, { type: "NONE" }],
        ["/x-amazon-apigateway-minimum-compression-size", 0],
      ],
      [
        `. ${PUT}: x-amazon-apigateway-auth is new: {"type":"NONE"}`,
        ". (document): x-amazon-apigateway-minimum-compression-size is new: 0",
      ],
    ],
    [
      "texts for readers and models that nothing refers to: not at all",
      [
        [`${put}/description`, "other"],
        ["/info/version", "2"],
        ["/components/schemas/Unused/maxLength", 3],
        [`${order}/description`, "other"],
      ],
      [],
    ],
  ])("tells %s", (_, changes, expected) => {
    expect(differences(changed(...changes))).toEqual(expected);
  });

  describe("opens the API, which breaks it,", () => {
    const key = { type: "apiKey", name: "x-api-key", in: "header" };
    const token = { ...key, name: "Authorization", "x-amazon-apigateway-authtype": "custom" };
    const authorizer = { type: "token", authorizerUri: "arn:a" };
    const schemes: JsonObject = { key, token: { ...token, "x-amazon-apigateway-authorizer": authorizer } };
    const at = "/components/securitySchemes";
    const guarded = (security: Json, ...changes: [pointer: string, value: Json | undefined][]) =>
      changed([at, structuredClone(schemes)], [`${put}/security`, security], ...changes);
    const opened = (before: string) => `! ${PUT}: callers now need no credentials; before: ${before}`;

    it.each([
      ["where security goes", [[`${put}/security`, undefined]]],
      ["where security is empty", [[`${put}/security`, []]]],
      [
        "where it moves to the root, which API Gateway ignores",
        [
          [`${put}/security`, undefined],
          ["/security", [{ token: [] }]],
        ],
      ],
      [
        "where its scheme becomes one that API Gateway ignores",
        [[`${at}/token`, { type: "http", scheme: "bearer" }]],
      ],
      ["where its scheme is not declared any more", [[`${at}/token`, undefined]]],
    ] as [string, [string, Json | undefined][]][])("%s", (_, changes) => {
      const after = guarded([{ token: [] }], ...changes);

      expect(differences(after, guarded([{ token: [] }]))).toContain(
        opened("an authorizer (method.request.header.authorization)"),
      );
    });

    it("where a key is not needed any more", () => {
      expect(differences(guarded([]), guarded([{ key: [] }]))).toEqual([opened("an API key")]);
    });

    it("where callers need not sign any more", () => {
      const before = changed([`${put}/x-amazon-apigateway-auth`, { type: "AWS_IAM" }]);

      expect(differences(orders(), before)).toContain(opened("a signature"));
    });
  });

  it("tells of what else callers need", () => {
    const key = { type: "apiKey", name: "x-api-key", in: "header" };
    const pool = {
      ...{ ...key, name: "Authorization", "x-amazon-apigateway-authtype": "cognito_user_pools" },
      "x-amazon-apigateway-authorizer": { type: "cognito_user_pools", providerARNs: ["arn:a"] },
    };
    const needing = (security: Json) =>
      changed(["/components/securitySchemes", { key, pool }], [`${put}/security`, security]);

    expect(differences(needing([{ key: [] }, { pool: ["read"] }]), needing([{ pool: [] }]))).toEqual([
      `! ${PUT}: callers now need an API key and an authorizer (method.request.header.authorization, scopes read); before: an authorizer (method.request.header.authorization)`,
    ]);
    expect(differences(needing([{ pool: [], key: [] }]), needing([{ key: [] }, { pool: [] }]))).toEqual([]);
  });

  describe("asks callers for something else,", () => {
    const authorizerAt = "/components/securitySchemes/token/x-amazon-apigateway-authorizer";
    const token = (more: JsonObject = {}) => ({
      type: "apiKey",
      name: "Authorization",
      in: "header",
      "x-amazon-apigateway-authtype": "custom",
      "x-amazon-apigateway-authorizer": { type: "token", authorizerUri: "arn:a" },
      ...more,
    });
    const guarded = (...changes: [string, Json | undefined][]) =>
      changed(
        ["/components/securitySchemes", { token: token() }],
        [`${put}/security`, [{ token: ["b", "a"] }]],
        ...changes,
      );
    const breaking = (after: OpenApiDocument, before = guarded()) =>
      differences(after, before).filter((line) => line.startsWith("!"));

    it.each([
      ["by another header", "/components/securitySchemes/token/name", "X-Token", "header.x-token"],
      [
        "by one more source",
        `${authorizerAt}/identitySource`,
        "method.request.querystring.t",
        "querystring.t",
      ],
      ["of another form", `${authorizerAt}/identityValidationExpression`, "^a", "as ^a"],
    ])("%s", (_, pointer, value, text) => {
      expect(breaking(guarded([pointer, value]))).toEqual([
        expect.stringMatching(new RegExp(`callers now need .*${text.replace("^", "\\^")}.*; before: `)),
      ]);
    });

    it("or nothing else, whatever its scheme is called and however its header and scopes are written", () => {
      const renamed = guarded(
        ["/components/securitySchemes", { other: token({ name: "authorization" }) }],
        [`${put}/security`, [{ other: ["a", "b"] }]],
      );

      expect(breaking(renamed)).toEqual([]);
    });

    it("or loses the method, where the scheme has no authorizer any more", () => {
      const without = guarded([authorizerAt, undefined]);

      expect(breaking(without)).toEqual([
        `! ${PUT}: is no longer created: its security scheme has no authorizer`,
      ]);
      expect(breaking(guarded(), without)).toEqual([]);
    });

    it("or is let in by what answers now, or has answered before", () => {
      const operation = resolvePointer(guarded(), put) as JsonObject;
      const { security: _, ...open } = structuredClone(operation);
      const anyMethod = `${put.replace(/put$/, "")}x-amazon-apigateway-any-method`;
      const any = guarded([put, undefined], [anyMethod, open]);
      const openBesides = guarded([anyMethod, structuredClone(operation)], [put, open]);
      const guardedAny = guarded([put, undefined], [anyMethod, structuredClone(operation)]);
      const opened = expect.stringContaining("callers now need no credentials");

      expect(breaking(any)).toEqual([opened]);
      expect(breaking(openBesides, guardedAny)).toEqual([opened]);
    });

    it("or is let in below a greedy path that did not let them in", () => {
      const operation = resolvePointer(guarded(), put) as JsonObject;
      const { security: _, ...open } = structuredClone(operation);
      const before = guarded(["/paths/~1a~1{proxy+}", { put: structuredClone(operation) }]);
      const after = guarded(
        ["/paths/~1a~1{proxy+}", { put: structuredClone(operation) }],
        ["/paths/~1a~1admin", { put: open }],
      );

      expect(breaking(after, before)).toContainEqual(
        expect.stringContaining("PUT /a/admin: callers now need no credentials"),
      );
    });
  });

  it("says of security at the root that nothing comes of it", () => {
    expect(differences(changed(["/security", [{ token: [] }]]))).toEqual([
      '. (document): security is new: [{"token":[]}]',
    ]);
  });

  it("takes a path whose parameter is renamed for the same one", () => {
    const document = orders();
    const { "/orders/{id}": item = {}, ...rest } = document.paths as Record<string, JsonObject>;
    const renamed = {
      ...document,
      paths: {
        ...rest,
        "/orders/{orderId}": {
          ...item,
          parameters: [
            { name: "orderId", in: "path", required: true, schema: { type: "string", maxLength: 10 } },
          ],
        },
      },
    };

    expect(differences(renamed)).toEqual([]);
  });

  it("ends where models contain each other", () => {
    const names = Array.from({ length: 12 }, (_, index) => `M${index}`);
    const properties = Object.fromEntries(
      names.map((name) => [name, { $ref: `#/components/schemas/${name}` }]),
    );
    const tangled = (description: string) =>
      changed([
        "/components/schemas",
        {
          Order: { type: "object", properties },
          ...Object.fromEntries(names.map((name) => [name, { type: "object", description, properties }])),
        },
      ]);

    expect(differences(tangled("after"), tangled("before"))).toEqual([]);
  });
});
