import type { Json, JsonObject } from "../../../../openapi/json.ts";
import type { OpenApiDocument } from "../../../../openapi/openapi-document.ts";
import { operationPointer, s3Document, s3DocumentWith } from "../../documents.ts";
import { at, type Case, headerTo, lambdaUri, uriOf } from "./case.ts";

const proxy = { type: "aws_proxy", httpMethod: "POST", uri: lambdaUri };
const streamUri = uriOf("lambda:path/2021-11-15/functions/{{function.api}}/response-streaming-invocations");
const cached = (keys: Json, mapped: JsonObject = {}): JsonObject => ({
  ...proxy,
  cacheKeyParameters: keys,
  requestParameters: mapped,
});
const linked = { type: "http_proxy", httpMethod: "GET", uri: "http://a.example", connectionType: "VPC_LINK" };

/** The sound document, with a parameter in its components that the operation refers to. */
function withShared(parameter: JsonObject): OpenApiDocument {
  const document = s3DocumentWith(`${operationPointer}/parameters/1`, {
    $ref: "#/components/parameters/shared",
  });
  const components = s3Document()["components"] as JsonObject;
  return { ...document, components: { ...components, parameters: { shared: parameter } } };
}

/** Changes to the sound document, each of which breaks a rule. */
export const broken: Case[] = [
  {
    rule: "integration-setting",
    breaks: "has an unknown passthrough behaviour",
    change: [`${at}/passthroughBehavior`, "always"],
  },
  {
    rule: "integration-setting",
    breaks: "has an unknown conversion",
    change: [`${at}/contentHandling`, "CONVERT_TO_BASE64"],
  },
  {
    rule: "integration-setting",
    breaks: "has an unknown conversion of a response",
    change: [`${at}/responses/default/contentHandling`, "TEXT"],
  },
  {
    rule: "integration-setting",
    breaks: "has an unknown connection",
    change: [`${at}/connectionType`, "VPC"],
  },
  {
    rule: "integration-setting",
    breaks: "has an unknown transfer mode",
    change: [`${at}/responseTransferMode`, "STREAMED"],
  },
  { rule: "integration-timeout", breaks: "waits for 10 ms", change: [`${at}/timeoutInMillis`, 10] },
  { rule: "integration-timeout", breaks: "waits for no number", change: [`${at}/timeoutInMillis`, "29s"] },
  {
    rule: "integration-timeout",
    breaks: "waits for half an hour of a stream",
    change: [at, { ...proxy, uri: streamUri, responseTransferMode: "STREAM", timeoutInMillis: 1_800_000 }],
    found: `${at}/timeoutInMillis`,
  },
  { rule: "timeout-quota", breaks: "waits for a minute", change: [`${at}/timeoutInMillis`, 60_000] },
  {
    rule: "lambda-method",
    breaks: "calls a function with GET",
    change: [at, { ...proxy, httpMethod: "GET" }],
    found: `${at}/httpMethod`,
  },
  {
    rule: "lambda-method",
    breaks: "calls a function with the caller's method, and not as a proxy",
    change: [at, { ...proxy, type: "AWS", httpMethod: "ANY" }],
    found: `${at}/httpMethod`,
  },
  {
    rule: "stream-proxy",
    breaks: "streams from S3",
    change: [`${at}/responseTransferMode`, "STREAM"],
  },
  {
    rule: "stream-proxy",
    breaks: "streams from a function's usual address",
    change: [at, { ...proxy, responseTransferMode: "STREAM" }],
    found: `${at}/uri`,
  },
  {
    rule: "stream-proxy",
    breaks: "has a streaming URI without STREAM",
    change: [at, { ...proxy, uri: streamUri }],
    found: `${at}/uri`,
  },
  {
    rule: "vpc-link-connection",
    breaks: "has a VPC link without its id",
    change: [at, linked],
    found: `${at}/connectionId`,
  },
  {
    rule: "cache-key-parameter",
    breaks: "has an undeclared parameter as cache key",
    change: [at, cached(["method.request.querystring.q"])],
    found: `${at}/cacheKeyParameters/0`,
  },
  {
    rule: "cache-key-parameter",
    breaks: "has a cache key that is not a parameter",
    change: [at, cached(["item"])],
    found: `${at}/cacheKeyParameters/0`,
  },
  {
    rule: "cache-key-parameter",
    breaks: "has an unmapped parameter of the integration as cache key",
    change: [at, cached(["integration.request.header.a"])],
    found: `${at}/cacheKeyParameters/0`,
  },
  {
    rule: "parameter-name",
    breaks: "has brackets in a name",
    change: [`${operationPointer}/parameters/1`, { name: "filter[name]", in: "query" }],
    found: `${operationPointer}/parameters/1/name`,
  },
  {
    rule: "parameter-name",
    breaks: "has a space in the name of a shared parameter",
    change: ["", withShared({ name: "a b", in: "header" })],
    found: "/components/parameters/shared/name",
  },
  {
    rule: "gateway-response-type",
    breaks: "has a gateway response of an unknown type",
    change: ["/x-amazon-apigateway-gateway-responses", { DEFAULT_5X: { statusCode: "500" } }],
    found: "/x-amazon-apigateway-gateway-responses/DEFAULT_5X",
  },
];

/** Changes that look alike and break none. */
export const allowed: Case[] = [
  {
    rule: "integration-setting",
    breaks: "has values in other upper and lower case",
    change: [
      at,
      {
        ...linked,
        connectionType: "vpc_link",
        passthroughBehavior: "WHEN_NO_MATCH",
        contentHandling: "convert_to_text",
      },
    ],
  },
  { rule: "integration-timeout", breaks: "waits for 50 ms", change: [`${at}/timeoutInMillis`, 50] },
  {
    rule: "integration-timeout",
    breaks: "waits for longer than the usual quota",
    change: [`${at}/timeoutInMillis`, 60_000],
  },
  { rule: "timeout-quota", breaks: "waits for 29 seconds", change: [`${at}/timeoutInMillis`, 29_000] },
  {
    rule: "timeout-quota",
    breaks: "waits for a stream",
    change: [at, { ...proxy, uri: streamUri, responseTransferMode: "STREAM", timeoutInMillis: 600_000 }],
  },
  { rule: "lambda-method", breaks: "calls a function with POST", change: [at, proxy] },
  {
    rule: "lambda-method",
    breaks: "calls another address with GET",
    change: [at, { type: "http_proxy", httpMethod: "GET", uri: "https://a.example/invocations" }],
  },
  {
    rule: "stream-proxy",
    breaks: "streams from a function",
    change: [at, { ...proxy, uri: streamUri, responseTransferMode: "STREAM" }],
  },
  {
    rule: "stream-proxy",
    breaks: "streams from a web address",
    change: [at, { ...linked, responseTransferMode: "STREAM" }],
  },
  {
    rule: "stream-proxy",
    breaks: "sets settings to their defaults",
    change: [at, { ...proxy, responseTransferMode: "BUFFERED" }],
  },
  {
    rule: "vpc-link-connection",
    breaks: "takes its VPC link from a stage variable",
    change: [at, { ...linked, connectionId: "${stageVariables.vpcLink}" }],
  },
  {
    rule: "cache-key-parameter",
    breaks: "has a declared parameter as cache key",
    change: [at, cached(["method.request.path.item"])],
  },
  {
    rule: "cache-key-parameter",
    breaks: "has a mapped parameter as cache key",
    change: [
      at,
      cached(["integration.request.header.a"], { "integration.request.header.a": "method.request.body" }),
    ],
  },
  {
    rule: "parameter-name",
    breaks: "has a name with every allowed character",
    change: [`${operationPointer}/parameters/1`, { name: "a:B_9.$-", in: "query" }],
  },
  {
    rule: "parameter-name",
    breaks: "maps to a header of any name",
    change: [headerTo("x-amz-meta-a"), "'a'"],
  },
  {
    rule: "gateway-response-type",
    breaks: "has a gateway response for requests that WAF filtered",
    change: ["/x-amazon-apigateway-gateway-responses", { WAF_FILTERED: { statusCode: "403" } }],
  },
];
