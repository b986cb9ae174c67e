import type { IntegratedOperation } from "../../openapi/operations.ts";
import type { ApiRequest, Headers } from "./messages.ts";
import { createOverrides, type Overrides } from "./overrides.ts";
import type { Payload } from "./payload.ts";
import type { Deployment, RequestContext } from "./request-context.ts";
import { parseTarget } from "./request-target.ts";
import { withoutDroppedHeaders } from "./reserved-headers.ts";
import type { Route } from "./router.ts";

/** Everything that is known of a request once its route is found: what mappings and templates draw from. */
export interface Exchange {
  readonly deployment: Deployment;
  readonly binaryMediaTypes: readonly string[];
  readonly context: RequestContext;
  readonly operation: IntegratedOperation;
  readonly request: ApiRequest;
  /** Without those that API Gateway drops on entry. */
  readonly headers: Headers;
  /** Percent-encoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
  /** Decoded, in the order of the query. */
  readonly query: URLSearchParams;
  readonly body: Payload;
  /** Written by the request template, and by the response template after it. */
  readonly overrides: Overrides;
}

export interface ExchangeOptions {
  readonly deployment: Deployment;
  readonly binaryMediaTypes: readonly string[];
  readonly context: RequestContext;
  readonly request: ApiRequest;
  readonly route: Route & { readonly operation: IntegratedOperation };
  readonly body: Payload;
}

export function createExchange({ route, request, context, ...rest }: ExchangeOptions): Exchange {
  return {
    ...rest,
    request,
    context: { ...context, resourcePath: route.operation.path },
    operation: route.operation,
    headers: withoutDroppedHeaders(request.headers),
    pathParameters: route.pathParameters,
    query: parseTarget(request.target).query,
    overrides: createOverrides(),
  };
}

/** The last value of a query parameter, as API Gateway's single-value maps hold it. */
export function queryValue(query: URLSearchParams, name: string): string | undefined {
  return query.getAll(name).at(-1);
}
