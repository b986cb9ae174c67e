import { GATEWAY_MAX_REQUEST_BYTES } from "../../contract/limits.ts";
import { UserError } from "../../contract/user-error.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import { binaryMediaTypesOf, type Operation } from "../../openapi/operations.ts";
import { createExchange } from "./exchange.ts";
import { GatewayError } from "./gateway-error.ts";
import { renderGatewayResponse } from "./gateway-response.ts";
import type { ApiKey } from "./guards/guard.ts";
import { traceHeaderOf } from "./integrations/lambda-proxy.ts";
import { type ApiRequest, type ApiResponse, type Backends, headerOf } from "./messages.ts";
import type { NotExecuted } from "./not-executed.ts";
import { isBinary, mediaTypeOf, payloadOf } from "./payload.ts";
import { createRequestContext, type Deployment, type RequestContext } from "./request-context.ts";
import { parseTarget } from "./request-target.ts";
import { createResourcePolicy } from "./resource-policy.ts";
import { createRouter } from "./router.ts";
import { createRoutes, type Routes, routeKeyOf, type ServedOperation } from "./routes.ts";

export interface ApiGatewayOptions {
  /** The body of the REST API: OpenAPI 3.0 with API Gateway's extensions, every placeholder filled. */
  readonly document: OpenApiDocument;
  readonly deployment: Deployment;
  readonly partition?: string;
  readonly backends: Backends;
  /** JSON text of the resource policy; an API without one takes every request. */
  readonly policy?: string | undefined;
  /** Those that methods with an API key take; without any, they let nobody in. */
  readonly apiKeys?: readonly ApiKey[];
  /** Hosts beside those of the loopback interface that HTTP integrations may call. */
  readonly httpHosts?: readonly string[];
  /** Operations that are left out, such as `GET /items/{id}`: they answer 501. */
  readonly skip?: readonly string[];
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
 * @throws UserError if the document has a part that is not executed here and is not left out
 * @throws Error if the policy is not understood
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
function createHandler(options: ApiGatewayOptions) {
  const { document, deployment, partition = "aws", backends, policy } = options;
  const { served, skipped, notExecuted } = routesOf(options);
  if (notExecuted.length > 0) throw new UserError(notExecuted.map(describeNotExecuted).join("\n"));
  const route = createRouter([...served.map(({ operation }) => operation), ...skipped]);
  const byOperation = new Map<Operation, ServedOperation>(served.map((entry) => [entry.operation, entry]));
  const binaryMediaTypes = binaryMediaTypesOf(document);
  const allows = policy === undefined ? () => true : createResourcePolicy(policy);

  return async (request: ApiRequest, context: RequestContext): Promise<ApiResponse> => {
    if (request.body.length > GATEWAY_MAX_REQUEST_BYTES) return tooLarge;
    const { path } = parseTarget(request.target);
    const resource = `${deployment.apiId}/${deployment.stageName}/${request.method}${path}`;
    const arn = `arn:${partition}:execute-api:${deployment.region}:${deployment.accountId}:${resource}`;
    const { sourceVpcEndpoint, sourceIp } = request;
    // An endpoint alone tells an address of the VPC.
    const vpcSourceIp = sourceVpcEndpoint === undefined ? undefined : sourceIp;
    if (!allows({ resource: arn, sourceVpcEndpoint, vpcSourceIp })) throw accessDenied(arn);
    const found = route(request.method, path);
    if (!found) throw new GatewayError("MISSING_AUTHENTICATION_TOKEN");
    const entry = byOperation.get(found.operation);
    if (!entry) throw leftOut(found.operation);
    const mediaType = mediaTypeOf(headerOf(request.headers, "Content-Type")) ?? "application/json";
    const body = payloadOf(request.body, isBinary(binaryMediaTypes, mediaType));
    const { operation, guard, validate, integrate } = entry;
    const { pathParameters } = found;
    const received = createExchange({
      deployment,
      binaryMediaTypes,
      context,
      request,
      route: { operation, pathParameters },
      body,
    });
    const exchange = await guard(received, backends);
    validate(exchange);
    return integrate(exchange, backends);
  };
}

/** The routes of an API that are not executed here, so that it does not start as long as they are not left out. */
export function findNotExecuted(options: ApiGatewayOptions): readonly NotExecuted[] {
  return routesOf(options).notExecuted;
}

function routesOf(options: ApiGatewayOptions): Routes {
  const { apiKeys = [], httpHosts = [], skip = [], now = () => new Date() } = options;
  return createRoutes({ ...options, apiKeys, httpHosts, skip, now });
}

export function describeNotExecuted({ method, path, pointer, reason, remedy }: NotExecuted): string {
  return `${method} ${path} (${pointer}): ${reason} is not executed here${remedy === "" ? "" : `; ${remedy}`}.`;
}

/** AWS has no such answer: the route was left out by choice. */
function leftOut(operation: Operation): GatewayError {
  const detail = `${routeKeyOf(operation)} is left out here`;
  return new GatewayError("DEFAULT_5XX", { status: 501, message: "Not Implemented", detail });
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
