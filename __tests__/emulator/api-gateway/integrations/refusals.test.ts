import { describe, expect, it } from "vitest";
import { anApi, integrated, lambdaUri, s3Path } from "../../../support/api-gateway.ts";

const region = "arn:aws:apigateway:eu-central-1";
const responses = { default: { statusCode: "200" } };
const http = { type: "http_proxy", httpMethod: "GET", uri: "http://localhost/" };

function start(integration: Readonly<Record<string, unknown>>) {
  return anApi({
    paths: { "/orders": { get: integrated({ httpMethod: "POST", responses, ...integration }) } },
  });
}

describe("an integration that is not executed", () => {
  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    [
      "DynamoDB",
      { type: "aws", uri: `${region}:dynamodb:action/PutItem` },
      `the AWS action "${region}:dynamodb:action/PutItem"`,
    ],
    [
      "SQS by path",
      { type: "aws", uri: `${region}:sqs:path/1/orders` },
      `an AWS integration with "${region}:sqs:path/1/orders"`,
    ],
    ["Step Functions", { type: "aws", uri: `${region}:states:action/StartExecution` }, "the AWS action"],
    ["EventBridge", { type: "aws", uri: `${region}:events:action/PutEvents` }, "the AWS action"],
    ["S3 by action", { type: "aws", uri: `${region}:s3:action/GetObject&Bucket=b` }, "the AWS action"],
    ["Lambda by action", { type: "aws", uri: `${region}:lambda:action/Invoke` }, "the AWS action"],
    [
      "Lambda by another path",
      { type: "aws", uri: `${region}:lambda:path/2014-11-13/functions/orders/invoke-async` },
      "an AWS integration with",
    ],
    ["what is no ARN", { type: "aws", uri: "orders" }, 'an AWS integration with "orders"'],
    ["a proxy to S3", { type: "aws_proxy", uri: `${s3Path}/b/k` }, 'an integration of type "aws_proxy" with'],
    [
      "a proxy to Firehose",
      { type: "aws_proxy", uri: `${region}:firehose:action/PutRecord` },
      "an integration of type",
    ],
    ["another type", { type: "grpc", uri: "x" }, 'an integration of type "grpc"'],
    ["no type", { uri: "x" }, "an integration without a type"],
    ["no URI", { type: "aws" }, 'an integration of type "aws" without a URI'],
    ["another method", { type: "aws", httpMethod: "FETCH", uri: `${s3Path}/b/k` }, 'the httpMethod "FETCH"'],
    [
      "no method",
      { type: "aws", httpMethod: undefined, uri: `${s3Path}/b/k` },
      "an integration without httpMethod",
    ],
    ["a streamed answer", { ...http, responseTransferMode: "STREAM" }, "response streaming"],
    [
      "a streamed answer, in other letters",
      { ...http, responseTransferMode: "stream" },
      "response streaming",
    ],
    [
      "the caller's credentials",
      { type: "aws", httpMethod: "PUT", uri: `${s3Path}/b/k`, credentials: "arn:aws:iam::*:user/*" },
      "an integration with the caller's own credentials",
    ],
    [
      "a function whose answer is streamed",
      {
        type: "aws_proxy",
        uri: `${region}:lambda:path/2021-11-15/functions/orders/response-streaming-invocations`,
      },
      "response streaming",
    ],
    [
      "a VPC link",
      { ...http, connectionType: "VPC_LINK", connectionId: "abc" },
      "an integration through a VPC link",
    ],
    [
      "an unverified certificate",
      { ...http, tlsConfig: { insecureSkipVerification: true } },
      "tlsConfig.insecureSkipVerification",
    ],
  ])("is refused by name: %s", (_, integration, reason) => {
    expect(() => start(integration)).toThrow(`GET /orders (/paths/~1orders/get): ${reason}`);
    expect(() => start(integration)).toThrow('leave the route out: --skip "GET /orders".');
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ["a function by proxy", { type: "AWS_PROXY", uri: lambdaUri }],
    ["a function", { type: "AWS", uri: lambdaUri }],
    ["an object", { type: "aws", httpMethod: "put", uri: `${s3Path}/b/k` }],
    ["an endpoint", { ...http, connectionType: "INTERNET", responseTransferMode: "BUFFERED", tlsConfig: {} }],
    ["a mock without URI and method", { type: "mock", httpMethod: undefined }],
  ])("is not what is executed: %s", (_, integration) => {
    expect(() => start(integration)).not.toThrow();
  });
});
