import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LARGE_API } from "../../domain/names.ts";
import type { JsonObject } from "../../openapi/json.ts";
import { parseDocument } from "../../openapi/parse-document.ts";
import { roleNeeds } from "../../openapi/role-needs.ts";

const uriOf = (rest: string) => `arn:{{partition}}:apigateway:{{region}}:${rest}`;
const invoking = (name: string) => uriOf(`lambda:path/2015-03-31/functions/${name}/invocations`);

/** The needs of role.x for one integration. */
function needsFor(integration: JsonObject, method = "post") {
  const operation = {
    "x-amazon-apigateway-integration": { credentials: "{{role.x}}", type: "aws", ...integration },
  };
  const [needs] = roleNeeds({ openapi: "3.0.1", paths: { "/a": { [method]: operation } } });
  return {
    permissions: needs?.permissions.map(({ action, resource }) => `${action} ${resource}`),
    undetermined: needs?.undetermined,
  };
}

const known = (...permissions: string[]) => ({ permissions, undetermined: [] });
const unknown = (...undetermined: string[]) => ({ permissions: [], undetermined });
const bucket = "arn:{{partition}}:s3:::{{bucket.b}}";
const at = (service: string, resource: string) =>
  `arn:{{partition}}:${service}:{{region}}:{{account}}:${resource}`;
const mapping = (target: string) => ({ requestParameters: { [target]: "method.request.path.id" } });

describe(roleNeeds, () => {
  it.each<[string, JsonObject, string[]]>([
    [
      "an object below a fixed prefix",
      { uri: uriOf("s3:path/{{bucket.b}}/in/{id}/x"), httpMethod: "PUT" },
      [`s3:PutObject ${bucket}/in/*`],
    ],
    [
      "any object",
      { uri: uriOf("s3:path/{{bucket.b}}/{id}"), httpMethod: "DELETE" },
      [`s3:DeleteObject ${bucket}/*`],
    ],
    [
      "a single object",
      { uri: uriOf("s3:path/{{bucket.b}}/a/b.json"), httpMethod: "GET" },
      [`s3:GetObject ${bucket}/a/b.json`],
    ],
    [
      "a prefix from the stage",
      { uri: uriOf("s3:path/{{bucket.b}}/a/${stageVariables.s}/c"), httpMethod: "head" },
      [`s3:GetObject ${bucket}/a/*`],
    ],
    [
      "a bucket that the host names",
      { uri: uriOf("{{bucket.b}}.s3:path/in/{id}"), httpMethod: "PUT" },
      [`s3:PutObject ${bucket}/in/*`],
    ],
    [
      "a list of objects",
      {
        uri: uriOf("s3:path/{{bucket.b}}"),
        httpMethod: "GET",
        ...mapping("integration.request.querystring.prefix"),
      },
      [`s3:ListBucket ${bucket}`],
    ],
    [
      "a function",
      { type: "aws_proxy", uri: invoking("{{function.f}}") },
      ["lambda:InvokeFunction {{function.f}}"],
    ],
    [
      "an alias of it",
      { uri: invoking("{{function.f}}:live") },
      ["lambda:InvokeFunction {{function.f}}:live"],
    ],
    [
      "an alias that the stage names",
      { uri: invoking("{{function.f}}:${stageVariables.alias}") },
      ["lambda:InvokeFunction {{function.f}}:*"],
    ],
    [
      "a function whose name the stage completes",
      { uri: invoking(`${at("lambda", "function:")}a-\${stageVariables.env}:live`) },
      [`lambda:InvokeFunction ${at("lambda", "function:")}a-\${stageVariables.env}:live`],
    ],
    [
      "any version of a function that the stage names",
      { uri: invoking(`${at("lambda", "function:")}\${stageVariables.f}:\${stageVariables.alias}`) },
      [`lambda:InvokeFunction ${at("lambda", "function:")}\${stageVariables.f}:*`],
    ],
    [
      "a bucket by its name",
      { uri: uriOf("s3:path/{{bucket.b.name}}/in/{id}"), httpMethod: "PUT" },
      ["s3:PutObject arn:{{partition}}:s3:::{{bucket.b.name}}/in/*"],
    ],
    [
      "a queue of another account by its path",
      {
        uri: uriOf("sqs:path/{{queue.q.account}}/{{queue.q.name}}"),
        requestTemplates: { "application/json": "Action=SendMessage&MessageBody=$input.body" },
      },
      ["sqs:SendMessage {{queue.q.arn}}"],
    ],
    [
      "a topic and a table by their ARNs",
      {
        uri: uriOf("sns:action/Publish"),
        requestTemplates: { a: "TopicArn={{topic.t.arn}} {{table.t.arn}}" },
      },
      ["sns:Publish {{topic.t.arn}}"],
    ],
    [
      "a queue by its path",
      {
        uri: uriOf("sqs:path/{{account}}/{{queue.q}}"),
        requestTemplates: { "application/json": "Action=SendMessage&MessageBody=$input.body" },
      },
      [`sqs:SendMessage ${at("sqs", "{{queue.q}}")}`],
    ],
    [
      "a queue, with the action in the query",
      {
        uri: uriOf("sqs:path/{{account}}/{{queue.q}}"),
        requestParameters: { "integration.request.querystring.Action": "'SendMessage'" },
      },
      [`sqs:SendMessage ${at("sqs", "{{queue.q}}")}`],
    ],
    [
      "a topic",
      {
        uri: uriOf("sns:action/Publish"),
        requestTemplates: { "application/json": "TopicArn=arn%3A{{partition}}%3Asns%3A{{topic.t}}" },
      },
      [`sns:Publish ${at("sns", "{{topic.t}}")}`],
    ],
    [
      "a table",
      { uri: uriOf("dynamodb:action/PutItem"), requestTemplates: { a: '{"TableName":"{{table.t}}"}' } },
      [`dynamodb:PutItem ${at("dynamodb", "table/{{table.t}}")}`],
    ],
    [
      "a state machine",
      { uri: uriOf("states:action/StartSyncExecution"), requestTemplates: { a: "{{stateMachine.s}}" } },
      [`states:StartSyncExecution ${at("states", "stateMachine:{{stateMachine.s}}")}`],
    ],
    [
      "a stream, a delivery stream and a bus",
      { uri: uriOf("kinesis:action/PutRecord"), requestTemplates: { a: "{{stream.s}} {{stream.s}}" } },
      [`kinesis:PutRecord ${at("kinesis", "stream/{{stream.s}}")}`],
    ],
  ])("tells what it takes for %s", (_, integration, permissions) => {
    expect(needsFor(integration)).toEqual(known(...permissions));
  });

  it("lets a reader tell what is missing where the document answers it in its own way", () => {
    const uri = uriOf("s3:path/{{bucket.b}}/a/{id}");
    const reading = (...patterns: string[]) =>
      needsFor({
        uri,
        httpMethod: "GET",
        responses: Object.fromEntries(patterns.map((pattern) => [pattern, { statusCode: "200" }])),
      });

    expect(reading("2[0-9]{2}", "404", "default")).toEqual(
      known(`s3:GetObject ${bucket}/a/*`, `s3:ListBucket ${bucket}`),
    );
    expect(reading("2[0-9]{2}", "4[0-9]{2}", "default")).toEqual(known(`s3:GetObject ${bucket}/a/*`));
  });

  it.each<[string, JsonObject]>([
    ["a subresource of an object", { uri: uriOf("s3:path/{{bucket.b}}/{id}?tagging"), httpMethod: "PUT" }],
    [
      "one in the query",
      {
        uri: uriOf("s3:path/{{bucket.b}}/{id}"),
        httpMethod: "GET",
        ...mapping("integration.request.querystring.versionId"),
      },
    ],
    ["a multipart upload", { uri: uriOf("s3:path/{{bucket.b}}/{id}"), httpMethod: "POST" }],
    ["an action of S3", { uri: uriOf("s3:action/PutObject&Bucket={{bucket.b}}&Key=a"), httpMethod: "PUT" }],
    ["a bucket of the stage", { uri: uriOf("s3:path/${stageVariables.b}/a"), httpMethod: "PUT" }],
    ["a function of the stage, which may be anyone's", { uri: invoking("${stageVariables.f}") }],
    ["another service", { uri: uriOf("ses:action/SendEmail") }],
    ["another action", { uri: uriOf("dynamodb:action/Query"), requestTemplates: { a: "{{table.t}}" } }],
    ["nothing by name", { uri: uriOf("dynamodb:action/PutItem") }],
    ["an unknown form", { uri: "https://example.com/a", type: "http" }],
  ])("says that it can't tell of %s", (_, integration) => {
    expect(needsFor(integration)).toEqual(unknown(`POST /a calls ${integration["uri"]}`));
  });

  it("tells of headers that take more than the method says", () => {
    const uri = uriOf("s3:path/{{bucket.b}}/a/{id}");

    expect(
      needsFor(
        { uri, httpMethod: "PUT", ...mapping("integration.request.header.x-amz-tagging") },
        "x-amazon-apigateway-any-method",
      ),
    ).toEqual({
      permissions: [`s3:PutObject ${bucket}/a/*`],
      undetermined: ["ANY /a sends S3 the header x-amz-tagging"],
    });
    expect(
      needsFor({ uri, httpMethod: "PUT", ...mapping("integration.request.header.x-amz-meta-a") })
        .undetermined,
    ).toEqual([]);
  });

  it("tells what it takes to ask an authorizer", () => {
    const scheme = (authorizerUri: string) => ({
      type: "apiKey",
      "x-amazon-apigateway-authorizer": { authorizerCredentials: "{{role.caller}}", authorizerUri },
    });
    const securitySchemes = { a: scheme(invoking("{{function.f}}")), b: scheme("elsewhere") };

    expect(roleNeeds({ openapi: "3.0.1", paths: {}, components: { securitySchemes } })).toEqual([
      {
        placeholder: "role.caller",
        permissions: [{ action: "lambda:InvokeFunction", resource: "{{function.f}}" }],
        undetermined: ["an authorizer calls elsewhere"],
      },
    ]);
  });

  it("tells the needs of a role that stage variables name", () => {
    const credentials = "arn:{{partition}}:iam::{{account}}:role/service/a-${stageVariables.role}";
    const integration = { credentials, type: "aws_proxy", uri: invoking("{{function.f}}") };
    const paths = { "/a": { post: { "x-amazon-apigateway-integration": integration } } };

    expect(roleNeeds({ openapi: "3.0.1", paths })).toEqual([
      {
        placeholder: credentials,
        permissions: [{ action: "lambda:InvokeFunction", resource: "{{function.f}}" }],
        undetermined: [],
      },
    ]);
  });

  it("asks of the two roles of the API for large payloads no more than their policies allow them", () => {
    const source = readFileSync(`specs/${LARGE_API}.openapi.json`, "utf8");

    expect(roleNeeds(parseDocument(source, LARGE_API))).toEqual([
      {
        placeholder: "role.intakeWriter",
        permissions: [
          { action: "s3:PutObject", resource: "arn:{{partition}}:s3:::{{bucket.intake}}/incoming/*" },
        ],
        undetermined: [],
      },
      {
        placeholder: "role.documentReader",
        permissions: [
          {
            action: "s3:GetObject",
            resource: "arn:{{partition}}:s3:::{{bucket.documents}}/documents/*",
          },
          { action: "s3:ListBucket", resource: "arn:{{partition}}:s3:::{{bucket.documents}}" },
        ],
        undetermined: [],
      },
    ]);
  });

  it("leaves out what is done with the rights of the caller, or by permission of a function", () => {
    expect(needsFor({ credentials: "arn:aws:iam::*:user/*", uri: uriOf("s3:path/{{bucket.b}}/a") })).toEqual({
      permissions: undefined,
      undetermined: undefined,
    });
  });
});
