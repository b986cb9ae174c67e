import { GATEWAY_MAX_REQUEST_BYTES } from "../../contract/limits.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import {
  binaryMediaTypesOf,
  type IntegratedOperation,
  integratedOperations,
} from "../../openapi/operations.ts";
import { parseServiceUri } from "../../openapi/service-uri.ts";
import { createExchange, type Exchange } from "./exchange.ts";
import { GatewayError } from "./gateway-error.ts";
import { renderGatewayResponse } from "./gateway-response.ts";
import { callFunction, traceHeaderOf } from "./integrations/lambda-proxy.ts";
import { callS3 } from "./integrations/s3.ts";
import { type ApiRequest, type ApiResponse, type Backends, headerOf } from "./messages.ts";
import { isBinary, mediaTypeOf, payloadOf } from "./payload.ts";
import { createRequestContext, type Deployment, type RequestContext } from "./request-context.ts";
import { createResourcePolicy } from "./resource-policy.ts";
import { createRouter } from "./router.ts";
import { createRequestValidator } from "./validate-request.ts";

export interface ApiGatewayOptions {
  /** The body of the REST API: OpenAPI 3.0 with API Gateway's extensions, every placeholder filled. */
  readonly document: OpenApiDocument;
  readonly deployment: Deployment;
  readonly partition?: string;
  readonly backends: Backends;
  /** JSON text of the resource policy; an API without one takes every request. */
  readonly policy?: string | undefined;
  /** Told about every request once it is answered. */
  readonly onAnswer?: (answer: Answer) => void;
  readonly now?: () => Date;
}

/** One line of an access log, as values. It holds no body and no header. */
export interface Answer {
  readonly apiId: string;
  readonly requestId: string;
  readonly extendedRequestId: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
  /** Why the gateway itself answered; undefined where the integration did. */
  readonly error: string | undefined;
}

export type ApiGateway = (request: ApiRequest) => Promise<ApiResponse>;

/**
 * A deployed REST API of Amazon API Gateway, executed in this process.
 * @throws Error if the document has an integration that is not executed here, or a policy that is not understood
 */
export function createApiGateway(options: ApiGatewayOptions): ApiGateway {
  const { deployment, onAnswer, now = () => new Date() } = options;
  const answer = createHandler(options);
  return async (request) => {
    const started = performance.now();
    const context = createRequestContext(deployment, request, now());
    const { response, error } = await answer(request, context).then(
      (response) => ({ response, error: undefined }),
      (error: unknown) => ({ response: renderError(options, error, context), error }),
    );
    onAnswer?.({
      apiId: deployment.apiId,
      requestId: context.requestId,
      extendedRequestId: context.extendedRequestId,
      method: request.method,
      path: context.path,
      status: response.status,
      durationMs: performance.now() - started,
      error: error instanceof GatewayError ? error.detail : error === undefined ? undefined : String(error),
    });
    const sent = withIds(response, context, error === undefined);
    // RFC 9110, 9.3.2: whatever an integration or a template gave, an answer to HEAD has no content.
    return request.method === "HEAD" ? { ...sent, body: Buffer.alloc(0) } : sent;
  };
}

/** Refuses or answers one request; what it throws becomes a gateway response. */
function createHandler({ document, deployment, partition = "aws", backends, policy }: ApiGatewayOptions) {
  const routes = integratedOperations(document).map((operation) => ({
    operation,
    integrate: integrationOf(operation),
    validate: createRequestValidator(document, operation),
  }));
  const route = createRouter(routes.map(({ operation }) => operation));
  const byOperation = new Map(routes.map((entry) => [entry.operation, entry]));
  const binaryMediaTypes = binaryMediaTypesOf(document);
  const allows = policy === undefined ? () => true : createResourcePolicy(policy);

  return async (request: ApiRequest, context: RequestContext): Promise<ApiResponse> => {
    if (request.body.length > GATEWAY_MAX_REQUEST_BYTES) return tooLarge;
    const path = request.target.split("?")[0] ?? "";
    const resource = `${deployment.apiId}/${deployment.stageName}/${request.method}${path}`;
    const arn = `arn:${partition}:execute-api:${deployment.region}:${deployment.accountId}:${resource}`;
    const { sourceVpcEndpoint, sourceIp } = request;
    // An endpoint alone tells an address of the VPC.
    const vpcSourceIp = sourceVpcEndpoint === undefined ? undefined : sourceIp;
    if (!allows({ resource: arn, sourceVpcEndpoint, vpcSourceIp })) throw accessDenied(arn);
    const found = route(request.method, path);
    const entry = found && byOperation.get(found.operation);
    if (!entry) throw new GatewayError("MISSING_AUTHENTICATION_TOKEN");
    const mediaType = mediaTypeOf(headerOf(request.headers, "Content-Type")) ?? "application/json";
    const body = payloadOf(request.body, isBinary(binaryMediaTypes, mediaType));
    const exchange = createExchange({ deployment, binaryMediaTypes, context, request, route: found, body });
    entry.validate(exchange);
    return entry.integrate(exchange, backends);
  };
}

type Integrate = (exchange: Exchange, backends: Backends) => Promise<ApiResponse>;

function integrationOf({ integration, pointer }: IntegratedOperation): Integrate {
  const uri = parseServiceUri(integration.uri);
  const isStream = integration.uri.endsWith("/response-streaming-invocations");
  if (integration.type === "aws_proxy" && uri?.service === "lambda" && !isStream) return callFunction;
  if (integration.type === "aws" && uri?.service === "s3" && uri.kind === "path") return callS3;
  throw new Error(
    `${pointer}: an integration of type "${integration.type}" with "${integration.uri}" is not executed here; ` +
      'type "aws" with "s3:path" and type "aws_proxy" with "lambda:path" are, without streaming.',
  );
}

/** As captured from AWS: plain text, which no gateway response customizes. */
const tooLarge: ApiResponse = {
  status: 413,
  headers: [["Content-Type", "text/plain"]],
  body: Buffer.from(`HTTP content length exceeded ${GATEWAY_MAX_REQUEST_BYTES} bytes.`),
};

function accessDenied(arn: string): GatewayError {
  const masked = arn.replace(/:\d{8}(\d{4}):/, ":********$1:");
  return new GatewayError("ACCESS_DENIED", {
    message: `User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${masked}`,
  });
}

function renderError(
  { document, deployment }: ApiGatewayOptions,
  error: unknown,
  context: RequestContext,
): ApiResponse {
  const known =
    error instanceof GatewayError
      ? error
      : new GatewayError("DEFAULT_5XX", { detail: String(error), cause: error });
  return renderGatewayResponse(document, known, { context, stageVariables: deployment.stageVariables });
}

function withIds(response: ApiResponse, context: RequestContext, integrated: boolean): ApiResponse {
  const ids: [string, string][] = [
    ["x-amzn-RequestId", context.requestId],
    ["x-amz-apigw-id", context.extendedRequestId],
    ...(integrated ? [["X-Amzn-Trace-Id", traceHeaderOf(context)] as [string, string]] : []),
  ];
  return { ...response, headers: [...response.headers, ...ids] };
}
