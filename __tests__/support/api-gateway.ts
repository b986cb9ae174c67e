import {
  type Answer,
  type ApiGatewayOptions,
  createApiGateway,
} from "../../emulator/api-gateway/api-gateway.ts";
import type { ApiRequest, Backends, ServiceRequest } from "../../emulator/api-gateway/messages.ts";
import type { NotExecuted } from "../../emulator/api-gateway/not-executed.ts";
import { createRoutes } from "../../emulator/api-gateway/routes.ts";
import { parseDocument } from "../../openapi/parse-document.ts";

export const s3Path = "arn:aws:apigateway:eu-central-1:s3:path";
export const lambdaUri =
  "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/" +
  "arn:aws:lambda:eu-central-1:111111111111:function:api/invocations";

type GatewayOptions = Pick<ApiGatewayOptions, "apiKeys" | "httpHosts" | "skip" | "now" | "partition">;

export interface ApiOptions extends GatewayOptions {
  readonly paths: Readonly<Record<string, unknown>>;
  readonly rest?: Readonly<Record<string, unknown>>;
  readonly policy?: string;
  readonly backends?: Partial<Backends>;
  readonly stageVariables?: Readonly<Record<string, string>>;
}

/** An API in a gateway of its own, with backends that answer everything; `calls` are those to S3. */
export function anApi({
  paths,
  rest = {},
  policy,
  backends = {},
  stageVariables = {},
  ...options
}: ApiOptions) {
  const calls: ServiceRequest[] = [];
  const answers: Answer[] = [];
  const document = parseDocument(
    JSON.stringify({ openapi: "3.0.1", info: { title: "api", version: "1" }, paths, ...rest }),
    "api",
  );
  const gateway = createApiGateway({
    document,
    deployment: {
      apiId: "abcde12345",
      accountId: "111111111111",
      region: "eu-central-1",
      stageName: "v1",
      stageVariables,
    },
    policy,
    ...options,
    onAnswer: (answer) => answers.push(answer),
    backends: {
      s3: async (request) => {
        calls.push(request);
        return { status: 200, headers: [], body: Buffer.alloc(0) };
      },
      lambda: async () => ({ kind: "returned", payload: '{"statusCode":200,"body":"ok"}' }),
      http: async () => ({ status: 200, headers: [], body: Buffer.alloc(0) }),
      ...backends,
    },
  });
  const send = async (method: string, target: string, request: Partial<ApiRequest> = {}) => {
    const response = await gateway({
      method,
      target,
      headers: [],
      body: Buffer.alloc(0),
      sourceIp: "10.0.0.1",
      ...request,
    });
    return {
      ...response,
      headers: Object.fromEntries(response.headers),
      text: response.body.toString("utf8"),
    };
  };
  return { send, calls, answers };
}

/** An operation that stores under a key, so that the call tells which one was chosen. */
export function stores(key: string, parameters: Readonly<Record<string, string>> = {}) {
  return {
    "x-amazon-apigateway-integration": {
      type: "aws",
      httpMethod: "PUT",
      uri: `${s3Path}/bucket/${key}`,
      requestParameters: parameters,
      responses: { default: { statusCode: "200" } },
    },
    responses: { 200: {} },
  };
}

/** An operation that a function answers. */
export const proxies = {
  "x-amazon-apigateway-integration": { type: "aws_proxy", httpMethod: "POST", uri: lambdaUri },
  responses: {},
};

/** An operation with an integration as it stands in a document. */
export function integrated(integration: Readonly<Record<string, unknown>>) {
  return { "x-amazon-apigateway-integration": integration, responses: { 200: {} } };
}

/** The routes of an API that are not executed here, as values. */
export function findNotExecuted(options: ApiGatewayOptions): readonly NotExecuted[] {
  return createRoutes({ apiKeys: [], httpHosts: [], skip: [], now: () => new Date(), ...options })
    .notExecuted;
}
