import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDocument } from "../../../openapi/format-document.ts";
import { importDocument } from "../../../openapi/import/import-document.ts";
import type { GivenNames } from "../../../openapi/import/name-literals.ts";
import { isJsonObject, type Json, type JsonObject } from "../../../openapi/json.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import { bindingOf } from "../../../openapi/placeholder-parts.ts";
import { listPlaceholders } from "../../../openapi/placeholders.ts";
import { itHolds } from "../../support/property.ts";
import { exportOf } from "./export-of.ts";
import { account, region } from "./exports.ts";

/** Texts of everything that JSON, Velocity, Terraform or a placeholder takes for its own. */
const hostile = fc
  .array(
    fc.constantFrom(
      ...[
        "{",
        "}",
        "}}",
        "${",
        "$${",
        "%{",
        "%%{",
        "$",
        "%",
        '"',
        "'",
        "\\",
        "\\d",
        "\n",
        "\u2028",
        "é",
        "𝄞",
      ],
      ...[
        "{item}",
        "$input.path('$.a')",
        "#set($a = 1)",
        "${stageVariables.a}",
        "a.b",
        "-",
        " ",
        "7",
        "__proto__",
      ],
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(""))
  .filter((text) => !text.includes("{{") && !/\{[a-z][A-Za-z0-9]*\.[A-Za-z0-9.]*\}\}/.test(text));

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,8}$/);
const service = (rest: string) => `arn:{{partition}}:apigateway:{{region}}:${rest}`;
const ownArn = (of: string) => `arn:{{partition}}:${of}:{{region}}:{{account}}`;
const lambda = (placeholder: string) =>
  service(`lambda:path/2015-03-31/functions/{{function.${placeholder}}}/invocations`);

/** An integration for each of the ways in which a document names what belongs to an account. */
const integration = fc.tuple(name, name, hostile).chain(([first, second, text]) =>
  fc.constantFrom<JsonObject>(
    { type: "aws_proxy", httpMethod: "POST", uri: lambda(first) },
    {
      type: "aws",
      uri: service(`s3:path/{{bucket.${first}}}/{key}`),
      credentials: `{{role.${second}}}`,
      requestParameters: { "integration.request.header.x-text": `'${text}'` },
    },
    {
      type: "aws",
      uri: service(`s3:action/CopyObject?Bucket={{bucket.${first}}}&Key={key}`),
      requestParameters: { "integration.request.header.x-amz-copy-source": `'/{{bucket.${second}}}/a'` },
    },
    {
      type: "aws",
      uri: service(`sqs:path/{{account}}/{{queue.${first}}}`),
      requestTemplates: { "application/json": `Action=SendMessage&MessageBody=${text}` },
    },
    {
      type: "aws",
      uri: service("sns:action/Publish"),
      requestTemplates: {
        "application/json": `TopicArn=arn%3A{{partition}}%3Asns%3A{{region}}%3A{{account}}%3A{{topic.${first}}}&Message=${text}`,
      },
    },
    {
      type: "aws",
      uri: service("dynamodb:action/PutItem"),
      requestTemplates: { "application/json": `{"TableName":"{{table.${first}}}","x":"${text}"}` },
    },
    {
      type: "aws",
      uri: service("states:action/StartExecution"),
      requestTemplates: {
        "application/json": `{"stateMachineArn":"${ownArn("states")}:stateMachine:{{stateMachine.${first}}}","input":"${text}"}`,
      },
    },
    {
      type: "aws",
      uri: service("kinesis:action/PutRecord"),
      requestTemplates: { "application/json": `{"StreamName": "{{stream.${first}}}", "Data": "${text}"}` },
    },
    {
      type: "aws",
      uri: service("firehose:action/PutRecord"),
      requestTemplates: { "application/json": `{"DeliveryStreamName": "{{deliveryStream.${first}}}"}` },
    },
    {
      type: "aws",
      uri: service("events:action/PutEvents"),
      requestTemplates: {
        "application/json": `{"EventBusName": "{{eventBus.${first}}}", "Detail": "${text}"}`,
      },
    },
    {
      type: "http_proxy",
      httpMethod: "ANY",
      uri: "https://execute-api.example.com/{proxy}",
      connectionType: "VPC_LINK",
      connectionId: `{{vpcLink.${first}}}`,
    },
    { type: "mock", requestTemplates: { "application/json": text } },
    {
      type: "aws_proxy",
      httpMethod: "POST",
      uri: `arn:{{partition}}:apigateway:{{function.far${first}.region}}:lambda:path/2015-03-31/functions/{{function.far${first}}}:live/invocations`,
    },
    {
      type: "aws",
      uri: service(`sqs:path/{{queue.far${first}.account}}/{{queue.far${first}.name}}`),
      requestTemplates: {
        "application/json": `https://sqs.{{queue.far${first}.region}}.amazonaws.com/{{queue.far${first}.account}}/{{queue.far${first}.name}} ${text}`,
        "text/plain": `TopicArn={{topic.far${second}.arn}}&Message=${text}`,
        "application/x-www-form-urlencoded": `TopicArn=arn%3A{{partition}}%3Asns%3A{{topic.far${second}.region}}%3A{{topic.far${second}.account}}%3A{{topic.far${second}.name}}&Message=${text}`,
      },
    },
    {
      type: "aws_proxy",
      httpMethod: "POST",
      uri: service(
        `lambda:path/2015-03-31/functions/${ownArn("lambda")}:function:${first}-\${stageVariables.env}/invocations`,
      ),
    },
  ),
);

const operation = fc.record({ integration, description: hostile, parameter: hostile, key: hostile }).map(
  ({ integration: value, description, parameter, key }): JsonObject => ({
    description,
    parameters: [{ name: parameter, in: "header", schema: { type: "string", pattern: description } }],
    responses: { "200": { description, [`x-${key}`]: parameter } },
    "x-amazon-apigateway-integration": value,
  }),
);

const generated = fc
  .record({
    title: hostile,
    pool: name,
    operations: fc.dictionary(fc.stringMatching(/^\/[a-z]{1,5}(\/\{[a-z]{1,3}\})?$/), operation, {
      minKeys: 1,
      maxKeys: 4,
    }),
    models: fc.dictionary(name, fc.record({ type: fc.constant("string"), description: hostile }), {
      maxKeys: 2,
    }),
  })
  .map(({ title, pool, operations, models }): OpenApiDocument => {
    const paths = Object.fromEntries(
      Object.entries(operations).map(([path, value]) => [path, { post: value }]),
    );
    return {
      openapi: "3.0.1",
      info: { title, version: "1" },
      paths,
      components: {
        schemas: { Kept: { type: "object" }, ...models },
        securitySchemes: {
          // It also shows the account, whatever the integrations are.
          pool: {
            type: "apiKey",
            name: "Authorization",
            in: "header",
            "x-amazon-apigateway-authorizer": {
              type: "cognito_user_pools",
              providerARNs: [
                `${ownArn("cognito-idp")}:userpool/{{userPool.${pool}}}`,
                `{{userPool.far${pool}.arn}}`,
              ],
            },
          },
        },
      },
    };
  })
  // Of what differs in case alone an account has one.
  .filter((document) => {
    const names = [...listPlaceholders(document).keys()].map((name) => bindingOf(name).binding);
    const different = new Set(names);
    return new Set([...different].map((name) => name.toLowerCase())).size === different.size;
  });

const canonical = (text: string, names: GivenNames = {}) =>
  formatDocument(
    importDocument(text, { source: "export", names, foreign: "keep", account, region }).document,
  );

/** The same value with the keys of every object in another order. */
function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, entry]) => [key, reversed(entry)]),
  );
}

describe("a document, bound, exported and imported again", () => {
  const files = [
    ...readdirSync("__tests__/fixtures/exports").map((file) => `__tests__/fixtures/exports/${file}`),
    ...readdirSync("specs")
      .filter((file) => file.endsWith(".openapi.json"))
      .map((file) => `specs/${file}`),
  ];

  it.each(files)("is what it was: %s", (file) => {
    const { document } = importDocument(readFileSync(file, "utf8"), { source: file });
    const { text, names } = exportOf(document);

    expect(text).toContain(account);
    expect(canonical(text, names)).toBe(formatDocument(document));
  });

  itHolds(
    "is what it was, whatever is in its texts",
    fc.property(generated, (document) => {
      const { text, names } = exportOf(document);

      expect(canonical(text, names)).toBe(formatDocument(document));
    }),
    { numRuns: 1_000 },
  );

  itHolds(
    "keeps its suggested names in a second import",
    fc.property(generated, (document) => {
      const once = canonical(exportOf(document).text);

      expect(canonical(once)).toBe(once);
    }),
    { numRuns: 500 },
  );

  itHolds(
    "is one text, whatever the order of its keys",
    fc.property(generated, (document) => {
      const { text, names } = exportOf(document);

      expect(canonical(JSON.stringify(reversed(JSON.parse(text))), names)).toBe(canonical(text, names));
    }),
    { numRuns: 300 },
  );
});
