import type { ApiDescription, StackDescription } from "../../emulator/describe-stack.ts";
import { parseDocument } from "../../openapi/parse-document.ts";

export const functionArn = (name: string, account = "111111111111") =>
  `arn:aws:lambda:eu-central-1:${account}:function:${name}`;

export const invocationUri = (arn: string) =>
  `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${arn}/invocations`;

/** An operation that calls a function by a proxy integration. */
export function calling(name: string, operation: object = {}) {
  const uri = invocationUri(functionArn(name));
  return {
    responses: { "200": { description: "OK" } },
    ...operation,
    "x-amazon-apigateway-integration": { type: "aws_proxy", httpMethod: "POST", uri },
  };
}

/** An API of a stack, of its paths. */
export function anApi(
  paths: object,
  changes: Partial<ApiDescription> & { rest?: object } = {},
): ApiDescription {
  const { rest = {}, ...described } = changes;
  const name = described.name ?? "orders";
  const document = { openapi: "3.0.1", info: { title: "Orders", version: "1" }, paths, ...rest };
  return {
    name,
    apiId: "a1b2c3d4e5",
    paths: [`/${name}`],
    document: parseDocument(JSON.stringify(document), name),
    file: `specs/${name}.openapi.json`,
    policy: undefined,
    stageName: "v1",
    stageVariables: {},
    vpcEndpointId: undefined,
    sourceIp: undefined,
    ...described,
  };
}

/** A stack of these APIs and functions whose code is nowhere: whatever starts one fails. */
export function aStack(
  apis: readonly ApiDescription[],
  functionNames: readonly string[] = [],
): StackDescription {
  return {
    region: "eu-central-1",
    accountId: "111111111111",
    partition: "aws",
    buckets: [],
    versionedBuckets: [],
    notifications: [],
    queues: [],
    tables: [],
    functions: functionNames.map((functionName) => ({
      functionName,
      arn: functionArn(functionName),
      zipPath: "nowhere.zip",
      handler: "index.handler",
      variables: {},
      timeoutSeconds: 1,
      memoryMegabytes: 128,
    })),
    eventSourceMappings: [],
    schedules: [],
    apis,
    thresholdBytes: 5_000_000,
    maxPayloadBytes: 10_000_000,
  };
}
