import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { stringify as toYaml } from "yaml";
import { formatDocument } from "../../../openapi/format-document.ts";
import { type ImportOptions, importDocument } from "../../../openapi/import/import-document.ts";
import type { Json, JsonObject } from "../../../openapi/json.ts";
import { resolvePointer } from "../../../openapi/json-pointer.ts";
import { lintDocument } from "../../../openapi/lint-document.ts";
import { OpenApiError } from "../../../openapi/openapi-error.ts";
import { listPlaceholders } from "../../../openapi/placeholders.ts";
import {
  account,
  exportWith,
  functionUri,
  integrationPointer,
  operationPointer,
  region,
  serviceUri,
  textOf,
} from "./exports.ts";

const imported = (value: Json, options: Partial<ImportOptions> = {}) =>
  importDocument(textOf(value), { source: "export.json", ...options });

/** The problems for which an export is refused; empty where it is not. */
function refusals(text: string, options: Partial<ImportOptions> = {}) {
  try {
    importDocument(text, { source: "export.json", ...options });
    return [];
  } catch (error) {
    if (error instanceof OpenApiError) return error.problems;
    throw error;
  }
}

/** What becomes of one text of an integration. */
function textAt(pointer: string, integration: JsonObject, more?: JsonObject) {
  return resolvePointer(imported(exportWith(integration, more)).document, pointer);
}

const uriOf = (uri: string, type = "aws") =>
  textAt(`${integrationPointer}/uri`, { type, httpMethod: "POST", uri });
const templateOf = (service: string, template: string) =>
  textAt(`${integrationPointer}/requestTemplates/application~1json`, {
    type: "aws",
    uri: serviceUri(service),
    requestTemplates: { "application/json": template },
  });

const head = "arn:{{partition}}:apigateway:{{region}}";
const ownArn = (service: string) => `arn:{{partition}}:${service}:{{region}}:{{account}}`;

describe("what an import names by placeholders", () => {
  it.each([
    [
      "a bucket of a path",
      serviceUri("s3:path/acme-orders-dev/{key}"),
      `${head}:s3:path/{{bucket.acmeOrders}}/{key}`,
    ],
    ["a bucket alone", serviceUri("s3:path/acme.orders"), `${head}:s3:path/{{bucket.acmeOrders}}`],
    [
      "a bucket of an action",
      serviceUri("s3:action/PutObject?Bucket=acme-orders&Key={key}"),
      `${head}:s3:action/PutObject?Bucket={{bucket.acmeOrders}}&Key={key}`,
    ],
    [
      "a bucket as host",
      serviceUri("acme-orders.s3:path/{key}"),
      `${head}:{{bucket.acmeOrders}}.s3:path/{key}`,
    ],
    [
      "a bucket named by an account and a region",
      serviceUri(`s3:path/acme-orders-${account}-${region}/{key}`),
      `${head}:s3:path/{{bucket.acmeOrders}}/{key}`,
    ],
    [
      "a function",
      functionUri("acme-orders-prod"),
      `${head}:lambda:path/2015-03-31/functions/{{function.acmeOrders}}/invocations`,
    ],
    [
      "a function with an alias",
      functionUri("acmeOrders:live"),
      `${head}:lambda:path/2015-03-31/functions/{{function.acmeOrders}}:live/invocations`,
    ],
    [
      "a function with a version",
      functionUri("acmeOrders:17"),
      `${head}:lambda:path/2015-03-31/functions/{{function.acmeOrders}}:17/invocations`,
    ],
    [
      "a function that a stage variable names",
      functionUri("${stageVariables.orders}"),
      `${head}:lambda:path/2015-03-31/functions/${ownArn("lambda")}:function:\${stageVariables.orders}/invocations`,
    ],
    [
      "a queue of a path",
      serviceUri(`sqs:path/${account}/acme-orders.fifo`),
      `${head}:sqs:path/{{account}}/{{queue.acmeOrdersFifo}}`,
    ],
    [
      "a state machine of another's function name",
      serviceUri("states:action/StartExecution"),
      `${head}:states:action/StartExecution`,
    ],
  ])("%s", (_, uri, expected) => {
    expect(uriOf(uri)).toBe(expected);
  });

  it.each([
    ["aws-cn", "cn-north-1"],
    ["aws-us-gov", "us-gov-west-1"],
  ])("region and partition of %s", (partition, otherRegion) => {
    const value = exportWith({
      type: "aws",
      uri: serviceUri("s3:path/acme-orders/{key}", { partition, region: otherRegion }),
      credentials: `arn:${partition}:iam::${account}:role/service-role/acme-writer`,
    });
    const health = resolvePointer(value, "/paths/~1health/get/x-amazon-apigateway-integration") as JsonObject;
    health["uri"] = functionUri("acme-health", { partition, region: otherRegion, account });

    const { document, home } = imported(value);

    expect(home).toEqual({ partition, region: otherRegion, account });
    expect(resolvePointer(document, `${integrationPointer}/uri`)).toBe(
      `${head}:s3:path/{{bucket.acmeOrders}}/{key}`,
    );
    expect(resolvePointer(document, `${integrationPointer}/credentials`)).toBe("{{role.acmeWriter}}");
    expect(JSON.stringify(document)).not.toContain(partition);
  });

  it.each([
    ["integration.request.path.bucket", "'acme-orders'", "'{{bucket.acmeOrders}}'"],
    ["integration.request.querystring.Bucket", "'acme-orders'", "'{{bucket.acmeOrders}}'"],
    ["integration.request.header.x-amz-copy-source", "'/acme-orders/a b'", "'/{{bucket.acmeOrders}}/a b'"],
    ["integration.request.path.key", "'acme-orders'", "'acme-orders'"],
  ])("a bucket that is a constant for %s", (name, source, expected) => {
    const integration = {
      type: "aws",
      uri: serviceUri("s3:path/{bucket}/{key}"),
      requestParameters: { [name]: source },
    };

    expect(textAt(`${integrationPointer}/requestParameters/${name}`, integration)).toBe(expected);
  });

  it("a bucket in a template, where another place shows that it is one", () => {
    const integration = {
      type: "aws",
      uri: serviceUri("s3:path/acme-orders/{key}"),
      responses: {
        default: {
          statusCode: "200",
          responseTemplates: { "application/json": '{"in":"s3://acme-orders/a","not":"acme-orders-old"}' },
        },
      },
    };

    expect(
      textAt(`${integrationPointer}/responses/default/responseTemplates/application~1json`, integration),
    ).toBe('{"in":"s3://{{bucket.acmeOrders}}/a","not":"acme-orders-old"}');
  });

  it.each([
    ["dynamodb:action/PutItem", '{"TableName":"acme-orders"}', '{"TableName":"{{table.acmeOrders}}"}'],
    ["kinesis:action/PutRecord", '{"StreamName" : "acme"}', '{"StreamName" : "{{stream.acme}}"}'],
    [
      "firehose:action/PutRecord",
      '{"DeliveryStreamName":"acme"}',
      '{"DeliveryStreamName":"{{deliveryStream.acme}}"}',
    ],
    ["events:action/PutEvents", '{"EventBusName":"acme"}', '{"EventBusName":"{{eventBus.acme}}"}'],
    ["events:action/PutEvents", '{"EventBusName":"default"}', '{"EventBusName":"default"}'],
    [
      "states:action/StartExecution",
      `{"stateMachineArn":"arn:aws:states:${region}:${account}:stateMachine:acme-flow"}`,
      `{"stateMachineArn":"${ownArn("states")}:stateMachine:{{stateMachine.acmeFlow}}"}`,
    ],
    [
      "sns:action/Publish",
      `Action=Publish&TopicArn=arn%3Aaws%3Asns%3A${region}%3A${account}%3Aacme&Message=$input.body`,
      "Action=Publish&TopicArn=arn%3A{{partition}}%3Asns%3A{{region}}%3A{{account}}%3A{{topic.acme}}&Message=$input.body",
    ],
    [
      "sqs:action/SendMessage",
      `{"QueueUrl":"https://sqs.${region}.amazonaws.com/${account}/acme"}`,
      '{"QueueUrl":"https://sqs.{{region}}.amazonaws.com/{{account}}/{{queue.acme}}"}',
    ],
    [
      "dynamodb:action/Query",
      `{"TableName":"arn:aws:dynamodb:${region}:${account}:table/acme.orders"}`,
      `{"TableName":"${ownArn("dynamodb")}:table/{{table.acmeOrders}}"}`,
    ],
    [
      "kinesis:action/PutRecord",
      `{"StreamARN":"arn:aws:kinesis:${region}:${account}:stream/acme"}`,
      `{"StreamARN":"${ownArn("kinesis")}:stream/{{stream.acme}}"}`,
    ],
    [
      "events:action/PutEvents",
      `{"Bus":"arn:aws:events:${region}:${account}:event-bus/acme"}`,
      `{"Bus":"${ownArn("events")}:event-bus/{{eventBus.acme}}"}`,
    ],
    [
      "s3:action/ListBuckets",
      '{"arn":"arn:aws:s3:::acme-orders/*"}',
      '{"arn":"arn:{{partition}}:s3:::{{bucket.acmeOrders}}/*"}',
    ],
  ])("what a template for %s names: %s", (service, template, expected) => {
    expect(templateOf(service, template)).toBe(expected);
  });

  it("a VPC link, an endpoint and the host of an API", () => {
    const integration = {
      type: "http_proxy",
      httpMethod: "ANY",
      uri: "https://orders.example.com/",
      connectionType: "VPC_LINK",
      connectionId: "a1b2c3",
      requestParameters: {
        "integration.request.header.x-endpoint": "'vpce-0a1b2c3d4e5f60718'",
        "integration.request.header.x-host": `'r6y1c4h9ua.execute-api.${region}.amazonaws.com'`,
      },
    };

    const { document, literals } = imported(exportWith(integration));

    expect(resolvePointer(document, `${integrationPointer}/connectionId`)).toBe("{{vpcLink.link1}}");
    expect(resolvePointer(document, `${integrationPointer}/requestParameters`)).toEqual({
      "integration.request.header.x-endpoint": "'{{vpcEndpoint.endpoint1}}'",
      "integration.request.header.x-host": "'{{host.host1}}'",
    });
    expect(literals).toContainEqual({
      kind: "vpcLink",
      text: "a1b2c3",
      label: "a1b2c3",
      placeholder: "vpcLink.link1",
    });
  });

  it.each([
    [
      `https://acme-orders.s3.${region}.amazonaws.com/a`,
      "https://{{bucket.acmeOrders}}.s3.{{region}}.amazonaws.com/a",
    ],
    ["https://acme-orders.s3.amazonaws.com/a", "https://{{bucket.acmeOrders}}.s3.amazonaws.com/a"],
    [`http://acme-0123456789abcdef.elb.${region}.amazonaws.com/a`, "http://{{host.host1}}/a"],
    [`http://internal-acme-123456789.${region}.elb.amazonaws.com:8080/a`, "http://{{host.host1}}:8080/a"],
    [
      `https://vpce-0a1b2c3d4e5f60718-ab12cd34.execute-api.${region}.vpce.amazonaws.com/v1`,
      "https://{{host.host1}}/v1",
    ],
    [
      `https://r6y1c4h9ua-vpce-0a1b2c3d4e5f60718.execute-api.${region}.amazonaws.com/v1`,
      "https://{{host.host1}}/v1",
    ],
    [`https://${"ab12".repeat(8)}.lambda-url.${region}.on.aws/`, "https://{{host.host1}}/"],
    ["https://d111111abcdef8.cloudfront.net/", "https://{{host.host1}}/"],
    [`https://sts.${region}.amazonaws.com/`, "https://sts.{{region}}.amazonaws.com/"],
  ])("the host that AWS gave in %s", (uri, expected) => {
    expect(uriOf(uri, "http")).toBe(expected);
  });

  it("functions and Cognito pools of authorizers", () => {
    const more = {
      components: {
        securitySchemes: {
          token: {
            type: "apiKey",
            in: "header",
            name: "Authorization",
            "x-amazon-apigateway-authtype": "custom",
            "x-amazon-apigateway-authorizer": {
              type: "token",
              authorizerUri: functionUri("acme-authorizer:3"),
              authorizerCredentials: `arn:aws:iam::${account}:role/acme-authorizer-caller`,
            },
          },
          pool: {
            type: "apiKey",
            in: "header",
            name: "Authorization",
            "x-amazon-apigateway-authtype": "cognito_user_pools",
            "x-amazon-apigateway-authorizer": {
              type: "cognito_user_pools",
              providerARNs: [
                `arn:aws:cognito-idp:${region}:${account}:userpool/${region}_Bb2`,
                `arn:aws:cognito-idp:${region}:${account}:userpool/${region}_Aa1`,
              ],
            },
          },
        },
      },
    };

    const { document } = imported(exportWith({ type: "mock" }, more));

    expect(
      resolvePointer(document, "/components/securitySchemes/token/x-amazon-apigateway-authorizer"),
    ).toEqual({
      type: "token",
      authorizerUri: `${head}:lambda:path/2015-03-31/functions/{{function.acmeAuthorizer}}:3/invocations`,
      authorizerCredentials: "{{role.acmeAuthorizerCaller}}",
    });
    expect(
      resolvePointer(
        document,
        "/components/securitySchemes/pool/x-amazon-apigateway-authorizer/providerARNs",
      ),
    ).toEqual([
      `${ownArn("cognito-idp")}:userpool/{{userPool.pool1}}`,
      `${ownArn("cognito-idp")}:userpool/{{userPool.pool2}}`,
    ]);
  });

  it("several of a kind, apart from each other", () => {
    const value = exportWith({
      type: "aws",
      uri: serviceUri("s3:path/acme-orders-dev/{key}"),
      credentials: `arn:aws:iam::${account}:role/writer-dev`,
    });
    const health = resolvePointer(value, "/paths/~1health/get") as JsonObject;
    health["x-amazon-apigateway-integration"] = {
      type: "aws",
      uri: serviceUri("s3:path/acme-orders-test/{key}"),
      credentials: `arn:aws:iam::${account}:role/reader-dev`,
    };

    const names = [...listPlaceholders(imported(value).document).keys()];

    // What would be one name without the environment keeps it.
    expect(names).toEqual(
      expect.arrayContaining(["bucket.acmeOrdersDev", "bucket.acmeOrdersTest", "role.reader", "role.writer"]),
    );
  });

  it("by the names that are given, or known", () => {
    const value = exportWith({
      type: "aws",
      uri: serviceUri("s3:path/acme-orders-dev/{key}"),
      credentials: `arn:aws:iam::${account}:role/writer-dev`,
    });

    const { document } = imported(value, {
      names: {
        bucket: { "acme-orders-dev": "orders" },
        role: { [`arn:aws:iam::${account}:role/writer-dev`]: "writer" },
      },
      knownNames: {
        function: { "acme-health": "health", unused: "unused" },
        bucket: { "acme-orders-dev": "other" },
      },
    });

    expect([...listPlaceholders(document).keys()]).toEqual(
      expect.arrayContaining(["bucket.orders", "role.writer", "function.health"]),
    );
  });

  it("behind placeholders that the document has already", () => {
    const value = exportWith({
      type: "aws",
      uri: serviceUri("s3:path/acme-orders/{key}"),
      requestParameters: { "integration.request.header.x": "'{{bucket.acmeOrders}}'" },
    });

    expect(resolvePointer(imported(value).document, `${integrationPointer}/uri`)).toBe(
      `${head}:s3:path/{{bucket.acmeOrders2}}/{key}`,
    );
  });
});

describe("what an import must not mistake", () => {
  it.each([
    ["a public host that contains execute-api", "https://execute-api.example.com/a"],
    ["a public host with a region in it", "https://my-execute-api.us-east-1.example.com/a"],
    ["a public host that is named like an API", "https://r6y1c4h9ua.execute-api.us-east-1.example.com/a"],
    ["a service that every account has", "https://s3.amazonaws.com/a"],
  ])("%s", (_, uri) => {
    expect(uriOf(uri, "http")).toBe(uri);
  });

  it("media types and dates with digits and regions of their own", () => {
    const requestParameters = {
      "integration.request.header.Content-Type": "'application/x-amz-json-1.1'",
      "integration.request.header.x-date": "'2015-03-31'",
      "integration.request.header.x-other": "'eu-central-1'",
    };

    expect(
      textAt(`${integrationPointer}/requestParameters`, {
        type: "aws",
        uri: serviceUri("states:action/StartExecution"),
        requestParameters,
      }),
    ).toEqual(requestParameters);
  });

  it("a greedy path with a parameter named proxy, and operations without responses", () => {
    const value = exportWith({ type: "mock" });
    const greedy = {
      "x-amazon-apigateway-any-method": {
        parameters: [{ name: "proxy", in: "path", required: true, schema: { type: "string" } }],
        "x-amazon-apigateway-integration": {
          type: "http_proxy",
          httpMethod: "ANY",
          uri: "https://example.com/{proxy}",
          requestParameters: { "integration.request.path.proxy": "method.request.path.proxy" },
        },
      },
    };
    (value["paths"] as JsonObject)["/{proxy+}"] = greedy;

    const { document } = imported(value);

    expect(document.paths["/{proxy+}"]).toEqual(greedy);
    expect(lintDocument(document).filter(({ severity }) => severity === "error")).toEqual([]);
  });

  it("a path parameter that no operation declares", () => {
    const value = exportWith({ type: "mock" });
    (value["paths"] as JsonObject)["/orders/{id}"] = {
      get: { "x-amazon-apigateway-integration": { type: "mock" } },
    };

    const { document } = imported(value);

    expect(lintDocument(document).map(({ rule, severity }) => `${rule} ${severity}`)).toContain(
      "undeclared-path-parameter warning",
    );
  });

  it("words of documentation that are a region", () => {
    const { document } = imported(
      exportWith({ type: "mock" }, { info: { title: `orders of ${region}`, version: "1" } }),
    );

    expect(document["info"]).toEqual({ title: `orders of ${region}`, version: "1" });
  });
});

describe("what an import leaves out", () => {
  const value = exportWith(
    { type: "mock", cacheNamespace: "x1y2z3", cacheKeyParameters: ["b", "a"] },
    {
      servers: [{ url: "https://r6y1c4h9ua.execute-api.us-east-1.amazonaws.com/{basePath}" }],
      tags: [{ name: "team", "x-amazon-apigateway-tag-value": "orders" }],
      "x-amazon-apigateway-policy": { Statement: [] },
      components: { schemas: { Empty: { title: "Empty Schema", type: "object" } } },
    },
  );

  it("is listed with its place and reason", () => {
    const { document, dropped } = imported(value);

    expect(dropped).toEqual([
      { pointer: "/servers", why: "the stack supplies it" },
      { pointer: "/x-amazon-apigateway-policy", why: "the stack supplies it" },
      { pointer: "/tags/0", why: "the stack supplies it" },
      {
        pointer: `${integrationPointer}/cacheNamespace`,
        why: "API Gateway fills in the resource's id again",
      },
      { pointer: "/components/schemas/Empty", why: "nothing refers to it" },
    ]);
    expect(Object.keys(document)).toEqual(["openapi", "info", "paths"]);
    expect(resolvePointer(document, integrationPointer)).toEqual({
      type: "mock",
      cacheKeyParameters: ["a", "b"],
    });
  });

  it("is not the model that something refers to, a shared cache, or a tag of operations", () => {
    const response = { content: { "application/json": { schema: { $ref: "#/components/schemas/Empty" } } } };
    const kept = exportWith(
      { type: "mock", cacheNamespace: "shared" },
      {
        tags: [{ name: "orders" }],
        components: { schemas: { Empty: { title: "Empty Schema", type: "object" } } },
      },
    );
    const post = resolvePointer(kept, operationPointer) as JsonObject;
    post["responses"] = { "200": { description: "", ...response } };
    const health = resolvePointer(kept, "/paths/~1health/get/x-amazon-apigateway-integration") as JsonObject;
    health["cacheNamespace"] = "shared";

    const { document, dropped } = imported(kept);

    expect(dropped).toEqual([]);
    expect(document["tags"]).toEqual([{ name: "orders" }]);
    expect(resolvePointer(document, `${integrationPointer}/cacheNamespace`)).toBe("shared");
  });
});

describe("what an import refuses", () => {
  it.each([
    [
      "a role of another account in a text",
      "/info/description",
      { info: { description: "arn:aws:sns:us-east-1:999999999999:x" } },
    ],
    [
      "a function of another region",
      "/x-amazon-apigateway-gateway-responses/DEFAULT_4XX/responseTemplates/a",
      {
        "x-amazon-apigateway-gateway-responses": {
          DEFAULT_4XX: { responseTemplates: { a: "arn:aws:sqs:eu-west-1:512873640091:x" } },
        },
      },
    ],
    [
      "an account id that nothing explains",
      "/x-amazon-apigateway-gateway-responses/DEFAULT_4XX/responseTemplates/a",
      {
        "x-amazon-apigateway-gateway-responses": {
          DEFAULT_4XX: { responseTemplates: { a: "999999999999" } },
        },
      },
    ],
    [
      "an encoded ARN of another account",
      "/x-amazon-apigateway-gateway-responses/DEFAULT_4XX/responseTemplates/a",
      {
        "x-amazon-apigateway-gateway-responses": {
          DEFAULT_4XX: { responseTemplates: { a: "arn%3Aaws%3Asns%3Aus-east-1%3A999999999999%3Ax" } },
        },
      },
    ],
    [
      "a regional host of a service",
      "/x-amazon-apigateway-gateway-responses/DEFAULT_4XX/responseTemplates/a",
      {
        "x-amazon-apigateway-gateway-responses": {
          DEFAULT_4XX: { responseTemplates: { a: "https://sqs.eu-west-1.amazonaws.com/" } },
        },
      },
    ],
    [
      "a host of a service that it does not know",
      "/x-amazon-apigateway-gateway-responses/DEFAULT_4XX/responseTemplates/a",
      {
        "x-amazon-apigateway-gateway-responses": {
          DEFAULT_4XX: { responseTemplates: { a: "https://search-acme.us-east-1.es.amazonaws.com/" } },
        },
      },
    ],
    ["a text that looks like a placeholder", "/info/title", { info: { title: "hello {{name}}" } }],
    ["half a placeholder", "/info/title", { info: { title: "hello {{ role.a }}" } }],
  ])("%s, by its place", (_, pointer, more) => {
    expect(
      refusals(textOf(exportWith({ type: "mock" }, more as JsonObject))).map((problem) => problem.pointer),
    ).toContain(pointer);
  });

  it.each([
    ["text that is neither JSON nor YAML", "{ a: [", "export-text"],
    ["a list", "[]", "export-shape"],
    ["nothing", "", "export-shape"],
    ["OpenAPI 3.1", '{"openapi":"3.1.0","paths":{"/a":{}}}', "export-shape"],
    ["Swagger 1.2", '{"swagger":"1.2","paths":{"/a":{}}}', "export-shape"],
    ["no paths", '{"openapi":"3.0.1","paths":{}}', "export-shape"],
    [
      "an account id that YAML took for a number",
      "openapi: 3.0.1\npaths: { /a: {} }\nx-amazon-apigateway-x: 512873640091",
      "export-shape",
    ],
    [
      "a form of Swagger",
      '{"swagger":"2.0","paths":{"/a":{"post":{"parameters":[{"in":"formData","name":"a"}]}}}}',
      "swagger-form",
    ],
  ])("%s", (_, text, rule) => {
    expect(refusals(text).map((problem) => problem.rule)).toEqual([rule]);
  });

  it.each([
    [
      "importexport version",
      { "x-amazon-apigateway-importexport-version": "1.0" },
      "/x-amazon-apigateway-importexport-version",
    ],
    ["cross-origin rules", { "x-amazon-apigateway-cors": {} }, "/x-amazon-apigateway-cors"],
    ["default route", { paths: { "/$default": {} } }, "/paths/~1$default"],
  ])("an HTTP API, by its %s", (_, more, pointer) => {
    expect(refusals(textOf(exportWith({ type: "mock" }, more as JsonObject)))).toEqual([
      {
        rule: "export-shape",
        pointer,
        message: expect.stringContaining("belongs to an HTTP API, which is another product"),
      },
    ]);
  });

  it("an HTTP API, by its payload format", () => {
    const value = exportWith({ type: "aws_proxy", payloadFormatVersion: "2.0", uri: functionUri("a") });

    expect(refusals(textOf(value))).toEqual([
      expect.objectContaining({ pointer: `${integrationPointer}/payloadFormatVersion` }),
    ]);
  });

  it.each([
    [
      "a name for what is not there",
      { bucket: { "acme-none": "a" } },
      'there is no bucket "acme-none" in the export; there is: none',
    ],
    [
      "a name of other characters",
      { function: { "acme-health": "a-b" } },
      '"a-b" for function acme-health is no name',
    ],
    [
      "one name for two",
      { function: { "acme-health": "a", "acme-orders": "a" } },
      '"a" is the name of two function placeholders: give each its own',
    ],
  ])("%s", (_, names, message) => {
    const text = textOf(exportWith({ type: "aws_proxy", uri: functionUri("acme-orders") }));

    expect(refusals(text, { names: names as never }).map((problem) => problem.message)).toEqual([
      expect.stringContaining(message),
    ]);
  });
});

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
    const known = file.includes("statement-upload-s3") ? ["s3-error-as-success", "s3-bucket-owner"] : [];

    expect(lintDocument(document).map(({ rule }) => rule)).toEqual(known);
  });
});
