import { describe, expect, it } from "vitest";
import { stringify as toYaml } from "yaml";
import { formatDocument } from "../../../openapi/format-document.ts";
import { importDocument } from "../../../openapi/import/import-document.ts";
import type { JsonObject } from "../../../openapi/json.ts";
import { resolvePointer } from "../../../openapi/json-pointer.ts";
import { exportWith, imported, integrationPointer, operationPointer, refusals, textOf } from "./exports.ts";

const mock = "{ type: mock }";
const yamlWith = (operation: string, more = "") =>
  `openapi: 3.0.1\ninfo: { title: a, version: "1" }\npaths:\n  /a:\n    get: ${operation}\n${more}`;
const read = (text: string) => importDocument(text, { source: "export.yaml" }).document;

describe("the version of an export", () => {
  const body = `info: { title: a, version: "1" }\npaths: { /a: { get: { responses: {} } } }`;

  it.each(["2.0", "'2.0'", "2"])("may be Swagger %s without quotes or with them", (version) => {
    expect(read(`swagger: ${version}\n${body}`).openapi).toBe("3.0.1");
  });

  it.each(["3.0", "'3.0'", "3"])("is asked for with three parts where it is OpenAPI %s", (version) => {
    expect(refusals(`openapi: ${version}\n${body}`)).toEqual([
      { rule: "export-shape", pointer: "/openapi", message: expect.stringContaining('write "3.0.1"') },
    ]);
  });

  it.each([
    ["swagger: 1.2", "got 1.2"],
    ["swagger: true", "got true"],
    ["openapi: 3.1.0", 'got "3.1.0"'],
  ])("is refused where it is %s", (line, message) => {
    expect(refusals(`${line}\n${body}`)[0]?.message).toContain(message);
  });
});

describe("a text", () => {
  it("may begin with a byte order mark", () => {
    const text = textOf(exportWith({ type: "mock" }));

    expect(read(`\uFEFF${text}`)).toEqual(read(text));
    expect(read(`\uFEFF${toYaml(JSON.parse(text))}`)).toEqual(read(text));
  });

  it("names a key that stands twice in JSON, by its place and both lines", () => {
    const text = '{"openapi": "3.0.1",\n"paths": {"/a": {"get": {},\n"g\\u0065t": {}}}}';

    expect(refusals(text)).toEqual([
      {
        rule: "duplicate-key",
        pointer: "/paths/~1a/get",
        message: expect.stringContaining("(lines 2 and 3)"),
      },
    ]);
  });

  it.each([
    ["a key that stands twice in YAML", yamlWith("{ tags: [], tags: [] }"), "must be unique"],
    ["a status as number and as text", yamlWith("{ responses: { 200: {}, '200': {} } }"), "must be unique"],
    ["a tag of CloudFormation", yamlWith("{ description: !Sub '${a}' }"), "tags such as !Sub"],
    ["bytes in YAML", yamlWith("{ description: !!binary aGk= }"), "tags such as !Sub"],
    ["several documents", `${yamlWith("{}")}---\na: 1\n`, "several YAML documents"],
    ["an alias of nothing", yamlWith("*nothing"), "nothing"],
    ["no number of JSON", yamlWith("{ x-limit: .nan }"), "JSON has no number NaN"],
  ])("is refused for %s", (_, text, message) => {
    expect(refusals(text)).toEqual([
      expect.objectContaining({ rule: "export-text", message: expect.stringContaining(message) }),
    ]);
  });

  it.each([
    ["uri", "000123456789"],
    ["cacheNamespace", "0123456789"],
    ["uri", "012345678901"],
  ])("keeps the zeros at the beginning of a number without quotes, at %s: %s", (key, digits) => {
    const integration = `{ x-amazon-apigateway-integration: { type: mock, requestParameters: [ { ${key}: ${digits} } ] } }`;

    expect(refusals(yamlWith(integration))).toEqual([
      {
        rule: "export-text",
        pointer: `/paths/~1a/get/x-amazon-apigateway-integration/requestParameters/0/${key}`,
        message: `${digits} without quotes is the number ${Number(digits)}; put it in quotes`,
      },
    ]);
    expect(refusals(yamlWith(integration.replace(digits, `'${digits}'`)))).not.toContainEqual(
      expect.objectContaining({ rule: "export-text" }),
    );
  });

  it("may have numbers that begin with a zero before the point", () => {
    expect(
      refusals(yamlWith(`{ x-share: 0.5, x-none: 0, x-amazon-apigateway-integration: ${mock} }`)),
    ).toEqual([]);
  });

  it("tells of all keys that stand twice in YAML at once", () => {
    expect(refusals(yamlWith("{ tags: [], tags: [], x-a: 1, x-a: 2 }"))).toHaveLength(2);
  });

  it("has the same meaning with anchors and merge keys as without", () => {
    const shared = "x-errors: &errors { '400': { description: bad } }\n";
    const merged = yamlWith("{ responses: { <<: *errors, '200': { description: ok } } }");
    const text = merged.replace("paths:", `${shared}paths:`);

    expect(resolvePointer(read(text), "/paths/~1a/get/responses")).toEqual({
      "200": { description: "ok" },
      "400": { description: "bad" },
    });
  });

  it("may use one anchor in many places", () => {
    const paths = Array.from({ length: 300 }, (_, index) => `  /p${index}: { get: *get }\n`).join("");
    const text = yamlWith(`&get { x-amazon-apigateway-integration: ${mock} }`, paths);

    expect(Object.keys(read(text).paths)).toHaveLength(301);
  });

  it("is refused where its aliases have no end", () => {
    const levels = Array.from({ length: 12 }, (_, index) => {
      const before = index === 0 ? "x" : `*a${index - 1}`;
      return `x-a${index}: &a${index} [${Array(10).fill(before).join(", ")}]\n`;
    });

    expect(refusals(yamlWith("{}", levels.join("")))).toHaveLength(1);
    expect(refusals(yamlWith("{}", "x-a: &a { b: *a }\n"))).toEqual([
      expect.objectContaining({ rule: "nesting" }),
    ]);
  });

  it.each([
    ["JSON", `{"openapi":"3.0.1","paths":{"/a":${'{"x":'.repeat(300)}1${"}".repeat(300)}}}`],
    ["far too deep JSON", `${"[".repeat(100_000)}${"]".repeat(100_000)}`],
    ["YAML", yamlWith(`${"{ x: ".repeat(300)}1${" }".repeat(300)}`)],
    ["far too deep YAML", yamlWith(`${"[".repeat(3_000)}${"]".repeat(3_000)}`)],
  ])("is refused where it is nested without measure: %s", (_, text) => {
    expect(refusals(text)).toEqual([expect.objectContaining({ rule: "nesting" })]);
  });
});

describe("a key", () => {
  const places = [{ name: "z" }, { name: "a" }];
  const free = {
    parameters: places,
    cacheKeyParameters: ["b", "a"],
    providerARNs: ["b", "a"],
    "x-amazon-apigateway-binary-media-types": ["b", "a"],
    $ref: "#/definitions/Line",
    in: "formData",
    payloadFormatVersion: "2.0",
    "x-amazon-apigateway-limit": 512873640091,
    servers: [],
  };
  const schema = {
    type: "object",
    default: free,
    example: free,
    enum: [free],
    properties: {
      parameters: { type: "array", example: places },
      $ref: { type: "string" },
      servers: { type: "string" },
    },
  };

  it("has no meaning in the values of a schema, an example or somebody's own extension", () => {
    const value = exportWith({ type: "mock" }, { components: { schemas: { Order: schema } }, "x-own": free });

    const { document, dropped } = imported(value);

    expect(dropped).toEqual([]);
    expect(document["components"]).toEqual({ schemas: { Order: schema } });
    expect(document["x-own"]).toEqual(free);
  });

  it("has none there in Swagger 2.0 either", () => {
    const { components: _, openapi: __, ...rest } = exportWith({ type: "mock" });
    const value = { swagger: "2.0", ...rest, definitions: { Order: schema, Line: { type: "string" } } };

    expect(resolvePointer(imported(value as JsonObject).document, "/components/schemas/Order")).toEqual(
      schema,
    );
  });

  it("orders parameters and sets of texts where they are those of API Gateway", () => {
    const value = exportWith(
      { type: "mock", cacheKeyParameters: ["b", "a"] },
      { "x-amazon-apigateway-binary-media-types": ["b/b", "a/a"] },
    );
    const [b, a] = ["b", "a"].map((name) => ({ name, in: "query", schema: { type: "string" } }));
    (resolvePointer(value, operationPointer) as JsonObject)["parameters"] = [b, a] as never;
    (resolvePointer(value, "/paths/~1health") as JsonObject)["parameters"] = [b, a] as never;

    const { document } = imported(value);

    expect(resolvePointer(document, `${operationPointer}/parameters`)).toEqual([a, b]);
    expect(resolvePointer(document, "/paths/~1health/parameters")).toEqual([a, b]);
    expect(resolvePointer(document, `${integrationPointer}/cacheKeyParameters`)).toEqual(["a", "b"]);
    expect(document["x-amazon-apigateway-binary-media-types"]).toEqual(["a/a", "b/b"]);
  });
});

describe("Swagger 2.0", () => {
  const order = { type: "object" };
  const body = { in: "body", name: "Order", required: true, schema: { $ref: "#/definitions/Order" } };
  const requestBody = {
    content: { "application/json": { schema: { $ref: "#/components/schemas/Order" } } },
    required: true,
  };
  const swagger = (item: JsonObject, more: JsonObject = {}) =>
    textOf({
      swagger: "2.0",
      info: { title: "a", version: "1" },
      paths: { "/a": item },
      definitions: { Order: order },
      ...more,
    });
  const converted = (text: string) => formatDocument(importDocument(text, { source: "export" }).document);
  const post = { responses: { "200": { description: "ok" } } };

  it("has one text, wherever its body stands", () => {
    const own = converted(swagger({ post: { ...post, parameters: [body] } }));

    expect(resolvePointer(JSON.parse(own), "/paths/~1a/post/requestBody")).toEqual(requestBody);
    expect(converted(swagger({ parameters: [body], post }))).toBe(own);
    const shared = { post: { ...post, parameters: [{ $ref: "#/parameters/Order" }] } };
    expect(converted(swagger(shared, { parameters: { Order: body } }))).toBe(own);
  });

  it("answers a file with bytes", () => {
    const text = swagger({
      get: {
        produces: ["application/pdf"],
        responses: { "200": { description: "", schema: { type: "file" } } },
      },
    });

    expect(resolvePointer(JSON.parse(converted(text)), "/paths/~1a/get/responses/200/content")).toEqual({
      "application/pdf": { schema: { type: "string", format: "binary" } },
    });
  });

  it.each([
    ["a form beside a body", [body, { in: "formData", name: "a", type: "file" }], "swagger-form", "/1/in"],
    ["two bodies", [body, { ...body, name: "Line" }], "swagger-body", ""],
  ])("is refused for %s", (_, parameters, rule, place) => {
    const text = swagger({ post: { ...post, parameters } as JsonObject });

    expect(refusals(text)).toEqual([
      expect.objectContaining({ rule, pointer: `/paths/~1a/post/parameters${place}` }),
    ]);
  });
});
