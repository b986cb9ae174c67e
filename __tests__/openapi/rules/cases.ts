import type { Json, JsonObject } from "../../../openapi/json.ts";
import { integrationPointer, operationPointer, s3Document } from "../documents.ts";

const at = integrationPointer;
const headerTo = (name: string) => `${at}/requestParameters/integration.request.header.${name}`;
const queryTo = (name: string) => `${at}/requestParameters/integration.request.querystring.${name}`;
const item = "/paths/~1files~1{item}";
const uriOf = (rest: string) => `arn:{{partition}}:apigateway:{{region}}:${rest}`;
const lambdaUri = uriOf("lambda:path/2015-03-31/functions/{{function.api}}/invocations");
const validated = (name: string, validators: JsonObject): JsonObject => ({
  ...s3Document(),
  "x-amazon-apigateway-request-validators": validators,
  "x-amazon-apigateway-request-validator": name,
});
const succeed = { statusCode: "202", contentHandling: "CONVERT_TO_TEXT" };

export interface Case {
  rule: string;
  /** What the changed document does, as the end of a sentence. */
  breaks: string;
  /** Where it is changed, and to what; undefined takes the place away, and the empty pointer is all of it. */
  change: [pointer: string, value: Json | undefined];
  /** Where the problem is, if not where the change is. */
  found?: string;
}

/** Changes to the sound document, each of which breaks a rule. */
export const broken: Case[] = [
  {
    rule: "placeholder-form",
    breaks: "has a placeholder with blanks",
    change: [`${at}/credentials`, "{{ role.writer }}"],
  },
  {
    rule: "placeholder-form",
    breaks: "has an unclosed placeholder",
    change: [`${at}/credentials`, "{{role.writer}"],
  },
  {
    rule: "placeholder-form",
    breaks: "has an unopened placeholder",
    change: [`${at}/credentials`, "{role.writer}}"],
  },
  { rule: "placeholder-form", breaks: "has a placeholder as a key", change: ["/info/{{role.writer}}", "x"] },
  {
    rule: "placeholder-form",
    breaks: "has a dollar before a placeholder",
    change: ["/info/title", "a${{role.writer}}"],
  },
  { rule: "stack-part", breaks: "has servers", change: ["/servers", [{ url: "/" }]] },
  { rule: "stack-part", breaks: "has servers of a path", change: ["/paths/~1files~1{item}/servers", []] },
  { rule: "stack-part", breaks: "has Swagger's host", change: ["/host", "example.com"] },
  { rule: "stack-part", breaks: "has a resource policy", change: ["/x-amazon-apigateway-policy", {}] },
  {
    rule: "stack-part",
    breaks: "has an endpoint configuration",
    change: ["/x-amazon-apigateway-endpoint-configuration", { vpcEndpointIds: [] }],
  },
  { rule: "swagger-part", breaks: "has definitions", change: ["/definitions", {}] },
  { rule: "swagger-part", breaks: "has security definitions", change: ["/securityDefinitions", {}] },
  { rule: "swagger-part", breaks: "has types of its own", change: ["/consumes", ["application/json"]] },
  {
    rule: "swagger-part",
    breaks: "has types of an operation",
    change: [`${operationPointer}/produces`, ["application/json"]],
  },
  {
    rule: "swagger-part",
    breaks: "has a body among its parameters",
    change: [`${operationPointer}/parameters/1`, { name: "File", in: "body" }],
    found: `${operationPointer}/parameters/1/in`,
  },
  {
    rule: "swagger-part",
    breaks: "has a shared form parameter",
    change: ["/components/parameters", { file: { name: "file", in: "formData" } }],
    found: "/components/parameters/file/in",
  },
  {
    rule: "account-literal",
    breaks: "names an account in a role",
    change: [`${at}/credentials`, "arn:{{partition}}:iam::690418257713:role/writer"],
  },
  {
    rule: "account-literal",
    breaks: "names an account in a bucket",
    change: [`${at}/uri`, uriOf("s3:path/files-690418257713/{item}")],
  },
  {
    rule: "account-literal",
    breaks: "names an account in an object's key",
    change: [`${at}/uri`, uriOf("s3:path/{{bucket.files}}/690418257713/{item}")],
  },
  {
    rule: "account-literal",
    breaks: "names an account behind a letter of an object's key",
    change: [`${at}/uri`, uriOf("s3:path/{{bucket.files}}/a690418257713/{item}")],
  },
  {
    rule: "account-literal",
    breaks: "names an account in a key of the document",
    change: ["/x-amazon-apigateway-tags", { "690418257713": "a" }],
    found: "/x-amazon-apigateway-tags/690418257713",
  },
  {
    rule: "account-literal",
    breaks: "names an account in a described ARN",
    change: ["/info/description", "see arn:aws:iam::690418257713:role/x"],
  },
  {
    rule: "account-literal",
    breaks: "names an endpoint",
    change: ["/info/description", "through vpce-0a1b2c3d4e5f60718"],
  },
  {
    rule: "account-literal",
    breaks: "names an API",
    change: ["/info/description", "https://g3o7w2k5vd.execute-api.eu-west-1.amazonaws.com"],
  },
  { rule: "connection-literal", breaks: "names a VPC link", change: [`${at}/connectionId`, "a1b2c3"] },
  {
    rule: "connection-literal",
    breaks: "takes a VPC link from a stage variable",
    change: [`${at}/connectionId`, "${stageVariables.link}"],
  },
  {
    rule: "region-literal",
    breaks: "names a partition",
    change: [`${at}/uri`, "arn:aws:apigateway:{{region}}:s3:path/{{bucket.files}}/{item}"],
  },
  {
    rule: "region-literal",
    breaks: "names a region",
    change: [`${at}/uri`, "arn:{{partition}}:apigateway:us-gov-west-1:s3:path/{{bucket.files}}/{item}"],
  },
  {
    rule: "undeclared-parameter",
    breaks: "maps an undeclared header",
    change: [headerTo("x-a"), "method.request.header.X-A"],
  },
  {
    rule: "undeclared-parameter",
    breaks: "maps a header in another spelling",
    change: [headerTo("x-a"), "method.request.header.content-type"],
  },
  {
    rule: "undeclared-parameter",
    breaks: "maps an undeclared query parameter",
    change: [headerTo("x-a"), "method.request.querystring.q"],
  },
  {
    rule: "undeclared-parameter",
    breaks: "maps an undeclared path parameter",
    change: [headerTo("x-a"), "method.request.path.other"],
  },
  {
    rule: "mapping-expression",
    breaks: "maps a constant without quotes",
    change: [headerTo("If-None-Match"), "*"],
  },
  {
    rule: "mapping-expression",
    breaks: "maps to no request parameter",
    change: [`${at}/requestParameters/method.request.header.A`, "'a'"],
  },
  {
    rule: "undeclared-path-parameter",
    breaks: "declares no path parameter",
    change: [`${operationPointer}/parameters`, []],
    found: operationPointer,
  },
  {
    rule: "unmapped-uri-parameter",
    breaks: "has an unmapped name in the URI",
    change: [`${at}/uri`, uriOf("s3:path/{{bucket.files}}/{item}/{id}")],
  },
  { rule: "path-segment", breaks: "has a parameter within a segment", change: ["/paths/~1a{b}", {}] },
  { rule: "path-segment", breaks: "has a blank in a segment", change: ["/paths/~1a b", {}] },
  { rule: "path-segment", breaks: "has a greedy parameter within", change: ["/paths/~1{a+}~1b", {}] },
  {
    rule: "sibling-parameter",
    breaks: "has two parameters at one place",
    change: ["/paths/~1files~1{id}", {}],
  },
  {
    rule: "sibling-parameter",
    breaks: "has two parameters below which the paths part",
    change: ["/paths/~1files~1{id}~1a", {}],
  },
  {
    rule: "sibling-parameter",
    breaks: "has a greedy parameter beside another one",
    change: ["/paths/~1files~1{item+}", {}],
  },
  { rule: "path-item-key", breaks: "has a method in upper case", change: [`${item}/POST`, {}] },
  { rule: "path-item-key", breaks: "has a method unknown to API Gateway", change: [`${item}/trace`, {}] },
  {
    rule: "path-item-key",
    breaks: "refers to a path item",
    change: [item, { $ref: "#/components/x-items/a" }],
    found: `${item}/$ref`,
  },
  {
    rule: "path-item-key",
    breaks: "has an integration of a path",
    change: [`${item}/x-amazon-apigateway-integration`, {}],
  },
  { rule: "path-item-key", breaks: "has a path that is no object", change: ["/paths/~1a", []] },
  { rule: "path-item-key", breaks: "has a method that is no object", change: [`${item}/get`, null] },
  {
    rule: "undeclared-status",
    breaks: "answers an undeclared status",
    change: [`${operationPointer}/responses/502`, undefined],
    found: `${at}/responses/default`,
  },
  { rule: "undeclared-status", breaks: "answers no status", change: [`${at}/responses/default`, {}] },
  {
    rule: "undeclared-response-header",
    breaks: "maps an undeclared response header",
    change: [`${operationPointer}/responses/400/headers`, undefined],
    found: `${at}/responses/400/responseParameters/method.response.header.Content-Type`,
  },
  {
    rule: "invalid-pattern",
    breaks: "has a broken pattern",
    change: [`${at}/responses/4[`, { statusCode: "400" }],
  },
  {
    rule: "overlapping-patterns",
    breaks: "has overlapping patterns",
    change: [`${at}/responses/4[0-9]{2}`, { statusCode: "502" }],
  },
  {
    rule: "overwritten-status",
    breaks: "maps two patterns to one status",
    change: [`${at}/responses/409`, { statusCode: "400" }],
  },
  {
    rule: "overwritten-status",
    breaks: "maps a pattern to the default's status",
    change: [`${at}/responses/5[0-9]{2}`, { statusCode: "502" }],
  },
  { rule: "s3-acl-header", breaks: "maps an ACL", change: [headerTo("X-Amz-Acl"), "'private'"] },
  { rule: "s3-acl-header", breaks: "maps a grant", change: [headerTo("x-amz-grant-read"), "'x'"] },
  {
    rule: "s3-bucket-owner",
    breaks: "does not say whose the bucket is",
    change: [headerTo("x-amz-expected-bucket-owner"), undefined],
    found: `${at}/requestParameters`,
  },
  {
    rule: "s3-bucket-owner",
    breaks: "lets a caller say whose the bucket is",
    change: [headerTo("x-amz-expected-bucket-owner"), "method.request.header.Content-Type"],
  },
  {
    rule: "s3-bucket",
    breaks: "takes the bucket from the path",
    change: [`${at}/uri`, uriOf("s3:path/{item}/a")],
  },
  {
    rule: "s3-bucket",
    breaks: "takes a part of the bucket from the path",
    change: [`${at}/uri`, uriOf("s3:path/{{bucket.files}}-{item}/a")],
  },
  {
    rule: "s3-bucket",
    breaks: "takes the bucket from a stage variable",
    change: [`${at}/uri`, uriOf("s3:path/${stageVariables.b}/{item}")],
  },
  {
    rule: "s3-bucket",
    breaks: "takes the bucket's host from the path",
    change: [`${at}/uri`, uriOf("{item}.s3:path/a")],
  },
  {
    rule: "s3-bucket",
    breaks: "takes an action's bucket from the path",
    change: [`${at}/uri`, uriOf("s3:action/PutObject?Bucket={item}&Key=a")],
  },
  {
    rule: "s3-bucket",
    breaks: "takes one of an action's buckets from the path",
    change: [`${at}/uri`, uriOf("s3:action/PutObject?Bucket={{bucket.files}}&Bucket={item}")],
  },
  {
    rule: "s3-bucket",
    breaks: "maps an action's bucket from the request",
    change: [queryTo("Bucket"), "method.request.querystring.bucket"],
  },
  {
    rule: "s3-bucket",
    breaks: "names no bucket of an action",
    change: [`${at}/uri`, uriOf("s3:action/PutObject?Key=a")],
  },
  {
    rule: "s3-bucket",
    breaks: "has an empty bucket",
    change: [`${at}/uri`, uriOf("s3:path//{item}/a")],
  },
  {
    rule: "s3-bucket",
    breaks: "names a bucket",
    change: [`${at}/uri`, uriOf("s3:path/prod-intake/{item}")],
  },
  {
    rule: "s3-bucket",
    breaks: "adds to a bucket",
    change: [`${at}/uri`, uriOf("s3:path/prod-{{bucket.files}}/{item}")],
  },
  {
    rule: "s3-bucket",
    breaks: "joins two buckets",
    change: [`${at}/uri`, uriOf("s3:path/{{bucket.files}}{{bucket.other}}/{item}")],
  },
  {
    rule: "s3-bucket",
    breaks: "puts another kind in the bucket's place",
    change: [`${at}/uri`, uriOf("s3:path/{{role.writer}}/{item}")],
  },
  {
    rule: "s3-bucket",
    breaks: "names a bucket and S3 in upper case",
    change: [`${at}/uri`, uriOf("S3:Path/prod-intake/{item}")],
  },
  {
    rule: "s3-bucket",
    breaks: "names a bucket in a proxy integration",
    change: [at, { type: "aws_proxy", uri: uriOf("s3:path/prod-intake/a") }],
    found: `${at}/uri`,
  },
  {
    rule: "s3-copy-source",
    breaks: "takes the source of a copy from the request",
    change: [headerTo("X-Amz-Copy-Source"), "method.request.header.Content-Type"],
  },
  {
    rule: "s3-copy-source",
    breaks: "names the bucket of a copy's source",
    change: [headerTo("x-amz-copy-source"), "'/prod-intake/a'"],
  },
  { rule: "s3-credentials", breaks: "has no role", change: [`${at}/credentials`, undefined] },
  { rule: "s3-credentials", breaks: "has an empty role", change: [`${at}/credentials`, ""] },
  {
    rule: "s3-error-as-success",
    breaks: "has a success as default",
    change: [`${at}/responses/default`, succeed],
  },
  {
    rule: "s3-error-as-success",
    breaks: "has a redirection as default",
    change: [`${at}/responses/default`, { statusCode: "302" }],
  },
  {
    rule: "s3-error-as-success",
    breaks: "answers errors as success",
    change: [`${at}/responses/[245][0-9]{2}`, succeed],
  },
  {
    rule: "s3-uncovered-status",
    breaks: "has no default",
    change: [`${at}/responses/default`, undefined],
    found: `${at}/responses`,
  },
  { rule: "s3-post", breaks: "posts to a path", change: [`${at}/httpMethod`, "POST"] },
  { rule: "s3-post", breaks: "hands the caller's method on", change: [`${at}/httpMethod`, "ANY"] },
  {
    rule: "dropped-header",
    breaks: "maps a dropped header",
    change: [headerTo("x-amz-meta-md5"), "method.request.header.Content-MD5"],
  },
  {
    rule: "refused-header",
    breaks: "sets Authorization",
    change: [headerTo("Authorization"), "'Bearer abc'"],
  },
  { rule: "refused-header", breaks: "sets Host", change: [headerTo("host"), "'example.com'"] },
  {
    rule: "missing-integration",
    breaks: "has no integration",
    change: [at, undefined],
    found: operationPointer,
  },
  {
    rule: "missing-integration",
    breaks: "has a text as integration",
    change: [at, "aws_proxy"],
    found: operationPointer,
  },
  {
    rule: "integration-form",
    breaks: "refers to its integration",
    change: [at, { $ref: "#/components/x-amazon-apigateway-integrations/files" }],
    found: `${at}/$ref`,
  },
  {
    rule: "integration-form",
    breaks: "refers to the responses of its integration",
    change: [`${at}/responses`, { $ref: "#/components/responses" }],
    found: `${at}/responses/$ref`,
  },
  { rule: "integration-form", breaks: "has no type", change: [`${at}/type`, undefined] },
  { rule: "integration-form", breaks: "has a type in upper case", change: [`${at}/type`, "AWS"] },
  { rule: "integration-form", breaks: "has an unknown type", change: [`${at}/type`, "lambda"] },
  { rule: "integration-form", breaks: "has a type that is no text", change: [`${at}/type`, ["aws"]] },
  { rule: "integration-form", breaks: "has no URI", change: [`${at}/uri`, undefined] },
  { rule: "integration-form", breaks: "has a URI that is no text", change: [`${at}/uri`, {}] },
  { rule: "integration-form", breaks: "has no method", change: [`${at}/httpMethod`, undefined] },
  {
    rule: "integration-uri",
    breaks: "takes its service from a stage variable",
    change: [`${at}/uri`, uriOf("${stageVariables.x}:path/{{bucket.files}}/{item}")],
  },
  {
    rule: "integration-uri",
    breaks: "takes its service from a placeholder",
    change: [`${at}/uri`, uriOf("{{service.x}}:path/{{bucket.files}}/{item}")],
  },
  {
    rule: "integration-uri",
    breaks: "calls a web address of AWS",
    change: [`${at}/uri`, "https://a.example"],
  },
  {
    rule: "integration-uri",
    breaks: "calls a service by HTTP",
    change: [at, { type: "http_proxy", uri: lambdaUri }],
    found: `${at}/uri`,
  },
  { rule: "proxy-service", breaks: "is a proxy of S3", change: [`${at}/type`, "aws_proxy"] },
  { rule: "passthrough-never", breaks: "refuses every body", change: [`${at}/passthroughBehavior`, "never"] },
  {
    rule: "template-on-binary",
    breaks: "has a request template on a binary type",
    change: [`${at}/requestTemplates`, { "application/json": "{}" }],
    found: `${at}/requestTemplates/application~1json`,
  },
  {
    rule: "response-template-text",
    breaks: "has a template on bytes",
    change: [`${at}/responses/2[0-9]{2}/contentHandling`, "CONVERT_TO_BINARY"],
    found: `${at}/responses/2[0-9]{2}`,
  },
  {
    rule: "velocity-hyphen",
    breaks: "has a hyphen behind a reference",
    change: [
      `${at}/responses/2[0-9]{2}/responseTemplates/application~1json`,
      '{"id":"$context.stage-$context.requestId"}',
    ],
  },
  {
    rule: "model-name",
    breaks: "has a hyphen in a model's name",
    change: ["/components/schemas/File-2", {}],
  },
  { rule: "model-keyword", breaks: "uses oneOf", change: ["/components/schemas/File/oneOf", []] },
  {
    rule: "model-keyword",
    breaks: "uses minItems in a property",
    change: ["/components/schemas/File/properties/name/minItems", 1],
  },
  {
    rule: "model-keyword",
    breaks: "uses a keyword in a nested list's items",
    change: [
      "/components/schemas/File/properties/name",
      { type: "array", items: { additionalProperties: false } },
    ],
    found: "/components/schemas/File/properties/name/items/additionalProperties",
  },
  {
    rule: "model-keyword",
    breaks: "uses a keyword in a body",
    change: [`${operationPointer}/requestBody/content/application~1json/schema/anyOf`, []],
  },
  {
    rule: "model-keyword",
    breaks: "has a sized integer",
    change: ["/components/schemas/File/format", "int64"],
  },
  {
    rule: "unresolved-ref",
    breaks: "refers to a model that is not there",
    change: ["/components/schemas/File", undefined],
    found: `${operationPointer}/requestBody/content/application~1json/schema/$ref`,
  },
  {
    rule: "unresolved-ref",
    breaks: "refers to another file",
    change: ["/components/schemas/File/$ref", "other.json#/x"],
  },
  {
    rule: "uncovered-status",
    breaks: "has no answer for errors of another service",
    change: [
      at,
      {
        type: "aws",
        uri: uriOf("sqs:action/SendMessage"),
        responses: { "2[0-9]{2}": { statusCode: "202" } },
      },
    ],
    found: `${at}/responses`,
  },
  {
    rule: "uncovered-status",
    breaks: "has no answer for a function's success",
    change: [at, { type: "aws", uri: lambdaUri, responses: { ".*refused.*": { statusCode: "400" } } }],
    found: `${at}/responses`,
  },
  {
    rule: "template-size",
    breaks: "has a template above the limit",
    change: [`${at}/requestTemplates`, { "application/xml": "#".repeat(300 * 1024 + 1) }],
    found: `${at}/requestTemplates/application~1xml`,
  },
  {
    rule: "template-size",
    breaks: "has a response template above the limit in bytes, though not in characters",
    change: [`${at}/responses/400/responseTemplates`, { "application/json": "é".repeat(200 * 1024) }],
    found: `${at}/responses/400/responseTemplates/application~1json`,
  },
  {
    rule: "unknown-validator",
    breaks: "names a validator that it does not define",
    change: [`${operationPointer}/x-amazon-apigateway-request-validator`, "all"],
  },
  {
    rule: "body-validator",
    breaks: "validates all bodies",
    change: ["", validated("all", { all: { validateRequestBody: true, validateRequestParameters: true } })],
    found: "/x-amazon-apigateway-request-validator",
  },
  {
    rule: "ignored-feature",
    breaks: "has callbacks",
    change: [`${operationPointer}/callbacks`, { done: {} }],
  },
  {
    rule: "ignored-feature",
    breaks: "has links",
    change: [`${operationPointer}/responses/202/links`, { record: { operationId: "get" } }],
  },
  {
    rule: "ignored-feature",
    breaks: "has a cookie parameter",
    change: [`${operationPointer}/parameters/1`, { name: "session", in: "cookie" }],
    found: `${operationPointer}/parameters/1/in`,
  },
  {
    rule: "response-reference",
    breaks: "refers to a response",
    change: [`${operationPointer}/responses/502`, { $ref: "#/components/responses/Failed" }],
  },
  {
    rule: "reserved-path",
    breaks: "has a path that API Gateway answers itself",
    change: ["/paths/~1ping", {}],
  },
];

/** Changes that look like a break of the rule, and are none. */
export const allowed: Case[] = [
  {
    rule: "s3-bucket-owner",
    breaks: "names the owner of a bucket of another account",
    change: [headerTo("x-amz-expected-bucket-owner"), "'{{account.archive}}'"],
  },
  {
    rule: "placeholder-form",
    breaks: "closes nested objects",
    change: ["/info/description", '{"a":{"b":1}}'],
  },
  {
    rule: "placeholder-form",
    breaks: "has a bound text between braces",
    change: ["/info/description", "{item}/{{role.writer}}/{item}"],
  },
  {
    rule: "stack-part",
    breaks: "has a property named host",
    change: ["/components/schemas/File/properties/host", { type: "string" }],
  },
  {
    rule: "swagger-part",
    breaks: "has a property named definitions",
    change: ["/components/schemas/File/properties/definitions", { type: "string" }],
  },
  {
    rule: "swagger-part",
    breaks: "has a shared header",
    change: ["/components/parameters", { tag: { name: "tag", in: "header" } }],
  },
  {
    rule: "account-literal",
    breaks: "has a number of 12 digits in a text",
    change: ["/info/description", "order 690418257713"],
  },
  {
    rule: "account-literal",
    breaks: "has a number of 12 digits in an example",
    change: ["/components/examples", { order: { value: 690418257713 } }],
  },
  {
    rule: "account-literal",
    breaks: "has a number of 13 digits in an object's key",
    change: [`${at}/uri`, uriOf("s3:path/{{bucket.files}}/1690418257713/{item}")],
  },
  {
    rule: "account-literal",
    breaks: "has Lambda's API date",
    change: [`${at}/uri`, lambdaUri],
  },
  {
    rule: "account-literal",
    breaks: "has an API's host with names",
    change: ["/info/description", "https://{api}-{vpce}.execute-api.{region}.amazonaws.com"],
  },
  {
    rule: "connection-literal",
    breaks: "has a placeholder for a VPC link",
    change: [`${at}/connectionId`, "{{vpcLink.backend}}"],
  },
  {
    rule: "region-literal",
    breaks: "speaks of a region in a text",
    change: ["/info/description", "arn:aws:s3:eu-west-1"],
  },
  {
    rule: "undeclared-parameter",
    breaks: "maps a parameter of the path item",
    change: [
      "/paths/~1files~1{item}",
      {
        parameters: [{ name: "item", in: "path", required: true }],
        put: {
          "x-amazon-apigateway-integration": {
            requestParameters: { "integration.request.path.a": "method.request.path.item" },
          },
        },
      },
    ],
  },
  {
    rule: "undeclared-parameter",
    breaks: "maps the context",
    change: [headerTo("x-amz-meta-a"), "context.requestId"],
  },
  {
    rule: "mapping-expression",
    breaks: "maps a quoted constant",
    change: [headerTo("If-None-Match"), "'*'"],
  },
  {
    rule: "mapping-expression",
    breaks: "maps a field of the body",
    change: [headerTo("x-amz-meta-a"), "method.request.body.a"],
  },
  {
    rule: "unmapped-uri-parameter",
    breaks: "has a stage variable in the URI",
    change: [`${at}/uri`, uriOf("s3:path/{{bucket.files}}/${stageVariables.a}")],
  },
  { rule: "path-segment", breaks: "has a greedy parameter", change: ["/paths/~1a~1{b+}", {}] },
  {
    rule: "sibling-parameter",
    breaks: "has one name at each place",
    change: ["/paths/~1files~1{item}~1{id}", {}],
  },
  {
    rule: "path-item-key",
    breaks: "describes a path and takes any method",
    change: [
      "/paths/~1a",
      { summary: "a", description: "a", parameters: [], "x-amazon-apigateway-any-method": {} },
    ],
  },
  {
    rule: "undeclared-status",
    breaks: "is a proxy integration",
    change: [`${at}`, { type: "aws_proxy", responses: { default: { statusCode: "200" } } }],
  },
  {
    rule: "overlapping-patterns",
    breaks: "matches messages of a function",
    change: [
      `${at}`,
      {
        type: "aws",
        uri: lambdaUri,
        responses: { "4.*": { statusCode: "404" }, ".*": { statusCode: "400" } },
      },
    ],
  },
  {
    rule: "s3-bucket",
    breaks: "has an action with a bucket of its own",
    change: [`${at}/uri`, uriOf("s3:action/PutObject?Key={item}&Bucket={{bucket.files}}")],
  },
  {
    rule: "s3-bucket",
    breaks: "has S3 in upper case before a placeholder",
    change: [`${at}/uri`, uriOf("S3:Path/{{bucket.files}}/{item}")],
  },
  {
    rule: "s3-bucket",
    breaks: "has the bucket as host",
    change: [`${at}/uri`, uriOf("{{bucket.files}}.s3:path/{item}")],
  },
  {
    rule: "s3-bucket",
    breaks: "has a query behind the bucket",
    change: [`${at}/uri`, uriOf("s3:path/{{bucket.files}}?list-type=2")],
  },
  {
    rule: "s3-copy-source",
    breaks: "copies from a bucket of its own",
    change: [headerTo("x-amz-copy-source"), "'/{{bucket.files}}/a'"],
  },
  {
    rule: "s3-credentials",
    breaks: "calls a function that admits the API",
    change: [at, { type: "aws", httpMethod: "POST", uri: lambdaUri }],
  },
  {
    rule: "s3-error-as-success",
    breaks: "answers 304 as 304",
    change: [`${at}/responses/304`, { statusCode: "304" }],
  },
  {
    rule: "s3-uncovered-status",
    breaks: "covers all by patterns",
    change: [
      `${at}/responses`,
      { "2[0-9]{2}": { statusCode: "202" }, "[345][0-9]{2}": { statusCode: "502" } },
    ],
  },
  {
    rule: "s3-post",
    breaks: "posts to a function",
    change: [
      `${at}`,
      {
        type: "aws",
        httpMethod: "POST",
        uri: lambdaUri,
      },
    ],
  },
  {
    rule: "refused-header",
    breaks: "sets Authorization of an HTTP backend",
    change: [
      `${at}`,
      { type: "http", requestParameters: { "integration.request.header.Authorization": "'a'" } },
    ],
  },
  { rule: "integration-form", breaks: "answers by itself", change: [at, { type: "mock" }] },
  {
    rule: "integration-form",
    breaks: "calls a web address",
    change: [at, { type: "http_proxy", httpMethod: "ANY", uri: "https://a.example" }],
  },
  {
    rule: "integration-uri",
    breaks: "calls a web address by HTTP",
    change: [at, { type: "http", uri: "https://${stageVariables.host}/a" }],
  },
  {
    rule: "integration-uri",
    breaks: "takes a part of the path from a stage variable",
    change: [`${at}/uri`, uriOf("s3:path/{{bucket.files}}/${stageVariables.a}/{item}")],
  },
  {
    rule: "proxy-service",
    breaks: "is a proxy of Lambda",
    change: [at, { type: "aws_proxy", uri: lambdaUri }],
  },
  {
    rule: "passthrough-never",
    breaks: "refuses all but JSON",
    change: [
      `${at}`,
      { type: "aws", passthroughBehavior: "never", requestTemplates: { "application/json": "{}" } },
    ],
  },
  {
    rule: "template-on-binary",
    breaks: "makes the body text first",
    change: [
      `${at}`,
      { type: "mock", contentHandling: "CONVERT_TO_TEXT", requestTemplates: { "application/json": "{}" } },
    ],
  },
  {
    rule: "response-template-text",
    breaks: "has no binary types",
    change: ["/x-amazon-apigateway-binary-media-types", undefined],
  },
  {
    rule: "velocity-hyphen",
    breaks: "parts the name from the hyphen",
    change: [
      `${at}/responses/2[0-9]{2}/responseTemplates/application~1json`,
      '{"id":"${context.stage}-$context.requestId"}',
    ],
  },
  {
    rule: "model-keyword",
    breaks: "has a property named like a keyword",
    change: ["/components/schemas/File/properties/oneOf", { type: "string" }],
  },
  {
    rule: "unresolved-ref",
    breaks: "has a property named $ref",
    change: ["/components/schemas/File/properties/$ref", { type: "string" }],
  },
  {
    rule: "uncovered-status",
    breaks: "has a default for another service",
    change: [
      at,
      {
        type: "aws",
        uri: uriOf("sqs:action/SendMessage"),
        responses: { "2[0-9]{2}": { statusCode: "202" }, default: { statusCode: "502" } },
      },
    ],
  },
  {
    rule: "uncovered-status",
    breaks: "leaves the answers to a function",
    change: [at, { type: "aws_proxy", httpMethod: "POST", uri: lambdaUri }],
  },
  {
    rule: "template-size",
    breaks: "has a template at the limit",
    change: [`${at}/requestTemplates`, { "application/xml": "#".repeat(300 * 1024) }],
  },
  {
    rule: "unknown-validator",
    breaks: "names a validator that it defines",
    change: ["", validated("parameters", { parameters: { validateRequestParameters: true } })],
  },
  {
    rule: "body-validator",
    breaks: "validates parameters only",
    change: ["", validated("parameters", { parameters: { validateRequestParameters: true } })],
  },
  {
    rule: "ignored-feature",
    breaks: "has a header parameter",
    change: [`${operationPointer}/parameters/1`, { name: "session", in: "header" }],
  },
  {
    rule: "ignored-feature",
    breaks: "has a property named callbacks",
    change: ["/components/schemas/File/properties/callbacks", { type: "string" }],
  },
  {
    rule: "response-reference",
    breaks: "refers to the model of a response",
    change: [
      `${operationPointer}/responses/502`,
      {
        description: "Failed.",
        content: { "application/json": { schema: { $ref: "#/components/schemas/File" } } },
      },
    ],
  },
  { rule: "reserved-path", breaks: "has a path that only begins so", change: ["/paths/~1pings", {}] },
];
