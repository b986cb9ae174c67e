import { throwProblems, UserError } from "../../contract/user-error.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import { binaryMediaTypesOf, type Operation } from "../../openapi/operations.ts";
import { checkAnswerHeaders } from "./answer-headers.ts";
import { createPolicyCheck, policyOf } from "./check-policy.ts";
import { documentRefusals } from "./document-refusals.ts";
import { createExchange } from "./exchange.ts";
import { GatewayError } from "./gateway-error.ts";
import { renderGatewayResponse } from "./gateway-response.ts";
import type { ApiKey } from "./guards/api-key.ts";
import { traceHeaderOf } from "./integrations/lambda-proxy.ts";
import { checkAnswerSize, checkMethodArn, checkRequestSize, withAnswerLimit } from "./limits.ts";
import { type ApiRequest, type ApiResponse, type Backends, headerOf } from "./messages.ts";
import { methodArnOf } from "./method-arn.ts";
import { describeNotExecuted, notImplemented } from "./not-executed.ts";
import { isBinary, mediaTypeOf, payloadOf } from "./payload.ts";
import { createRequestContext, type Deployment, type RequestContext } from "./request-context.ts";
import { parseTarget } from "./request-target.ts";
import { createRouter } from "./router.ts";
import { createRoutes, type Routes, routeKeyOf, type ServedOperation, skipRefusals } from "./routes.ts";

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
 * @throws UserError with every part of the document, of the policy and of `skip` that is not executed here
 */
export function createApiGateway(options: ApiGatewayOptions): ApiGateway {
  const { deployment, onAnswer, now = () => new Date() } = options;
  const { answer, renderError } = createHandler(options);
  return async (request) => {
    const started = performance.now();
    const context = createRequestContext(deployment, request, now());
    const { response, error } = await answer(request, context).then(
      (response) => ({ response, error: undefined }),
      (error: unknown) => ({ response: renderError(error, request, context), error }),
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
  const { document, deployment, partition = "aws" } = options;
  const { served, skipped, allows } = partsOf(options);
  const route = createRouter([...served.map(({ operation }) => operation), ...skipped]);
  const byOperation = new Map<Operation, ServedOperation>(served.map((entry) => [entry.operation, entry]));
  const binaryMediaTypes = binaryMediaTypesOf(document);
  const backends = withAnswerLimit(options.backends);

  const answer = async (request: ApiRequest, context: RequestContext): Promise<ApiResponse> => {
    checkRequestSize(request, deployment.stageName);
    refuseCompressed(document, request);
    const { path } = parseTarget(request.target);
    const arn = methodArnOf({ deployment, request }, partition);
    allows?.(arn, request);
    const found = route(request.method, path);
    if (!found) throw new GatewayError("MISSING_AUTHENTICATION_TOKEN");
    const entry = byOperation.get(found.operation);
    if (!entry) throw leftOut(found.operation);
    const { operation, isAuthorized, guard, validate, integrate } = entry;
    if (isAuthorized) checkMethodArn(arn);
    const mediaType = mediaTypeOf(headerOf(request.headers, "Content-Type")) ?? "application/json";
    const body = payloadOf(request.body, isBinary(binaryMediaTypes, mediaType));
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
    return checkAnswerHeaders(checkAnswerSize(await integrate(exchange, backends)));
  };

  const renderError = (error: unknown, request: ApiRequest, context: RequestContext): ApiResponse => {
    const known =
      error instanceof GatewayError
        ? error
        : new GatewayError("DEFAULT_5XX", { detail: String(error), cause: error });
    const found = route(request.method, parseTarget(request.target).path);
    return renderGatewayResponse(document, known, {
      request,
      pathParameters: found?.pathParameters ?? {},
      context: { ...context, resourcePath: found?.operation.path ?? "" },
      stageVariables: deployment.stageVariables,
    });
  };
  return { answer, renderError };
}

/** @throws UserError with all that is not executed, so that nothing of it is served otherwise than AWS would */
function partsOf(options: ApiGatewayOptions) {
  const refusals = documentRefusals(options.document);
  const policy = options.policy ?? policyOf(options.document);
  let allows: ReturnType<typeof createPolicyCheck> | undefined;
  try {
    allows = policy === undefined ? undefined : createPolicyCheck(policy);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    refusals.push(error.message);
  }
  const { served, skipped, notExecuted } = routesOf(options);
  refusals.push(...skipRefusals(options), ...notExecuted.map(describeNotExecuted));
  throwProblems(refusals);
  return { served, skipped, allows };
}

function routesOf(options: ApiGatewayOptions): Routes {
  const { apiKeys = [], httpHosts = [], skip = [], now = () => new Date() } = options;
  return createRoutes({ ...options, apiKeys, httpHosts, skip, now });
}

/** As AWS would decompress it before all else, which is not done here. */
function refuseCompressed(document: OpenApiDocument, { headers }: ApiRequest): void {
  const encoding = headerOf(headers, "Content-Encoding")?.toLowerCase();
  const isCompressed = encoding !== undefined && encoding !== "identity";
  if (isCompressed && document["x-amazon-apigateway-minimum-compression-size"] !== undefined) {
    throw notImplemented(`a body with Content-Encoding "${encoding}" is not decompressed here`);
  }
}

function leftOut(operation: Operation): GatewayError {
  return notImplemented(`${routeKeyOf(operation)} is left out here`);
}

function withIds(response: ApiResponse, context: RequestContext, integrated: boolean): ApiResponse {
  const ids: [string, string][] = [
    ["x-amzn-RequestId", context.requestId],
    ["x-amz-apigw-id", context.extendedRequestId],
    ...(integrated ? [["X-Amzn-Trace-Id", traceHeaderOf(context)] as [string, string]] : []),
  ];
  return { ...response, headers: [...response.headers, ...ids] };
}
