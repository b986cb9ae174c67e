import { z } from "zod";
import { parseJson } from "../../../contract/parse-json.ts";
import { type Exchange, queryValue } from "../exchange.ts";
import { GatewayError } from "../gateway-error.ts";
import { type ApiResponse, type Backends, type Headers, headerOf } from "../messages.ts";
import { decodeBase64, isBinary, mediaTypeOf } from "../payload.ts";
import type { RequestContext } from "../request-context.ts";
import { parseTarget } from "../request-target.ts";
import { nameTowardsClients } from "../reserved-headers.ts";
import { methodOf } from "./integration-request.ts";
import { invocationOf, invoke } from "./invoke-function.ts";
import { mapRequestParameters } from "./map-parameters.ts";
import { refuseReservedHeaders } from "./reserved-request-headers.ts";

/** An integration of type `aws_proxy` with a function: the request as an event, the answer as the function has it. */
export async function callFunction(exchange: Exchange, backends: Backends): Promise<ApiResponse> {
  const { integration } = exchange.operation;
  // Mappings change nothing of the event, and yet those of reserved headers fail.
  refuseReservedHeaders(mapRequestParameters(integration.requestParameters, exchange), "aws");
  const method = integration.value["httpMethod"] === undefined ? "POST" : methodOf(integration, exchange);
  const event = JSON.stringify(eventOf(exchange));
  const result = await invoke(invocationOf(integration, method, event, exchange), backends);
  if (result.kind === "failed") {
    throw badGateway(`The function failed: ${result.errorType}: ${result.errorMessage}`);
  }
  return apiResponseOf(result.payload, exchange);
}

function badGateway(detail: string): GatewayError {
  return new GatewayError("DEFAULT_5XX", { status: 502, detail });
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html */
export function eventOf(exchange: Exchange) {
  const { request, context, deployment, operation, body } = exchange;
  const headers = proxyHeaders(exchange);
  const names = [...new Set(exchange.query.keys())];
  return {
    resource: operation.path,
    path: parseTarget(request.target).path,
    httpMethod: request.method,
    headers: Object.fromEntries(headers),
    multiValueHeaders: grouped(headers),
    queryStringParameters: orNull(names.map((name) => [name, queryValue(exchange.query, name)])),
    multiValueQueryStringParameters: orNull(names.map((name) => [name, exchange.query.getAll(name)])),
    pathParameters: orNull(Object.entries(exchange.pathParameters)),
    stageVariables: orNull(Object.entries(deployment.stageVariables)),
    requestContext: withoutTrace(context),
    body: request.body.length === 0 ? null : body.kind === "text" ? body.text : body.bytes.toString("base64"),
    isBase64Encoded: request.body.length > 0 && body.kind === "binary",
  };
}

function withoutTrace({ xrayTraceId: _, ...requestContext }: RequestContext) {
  return requestContext;
}

/** The client's, with those that API Gateway adds for a proxy integration. */
export function proxyHeaders({ headers, request, context }: Exchange): Headers {
  // Names keep the client's spelling, this one excepted.
  const received = headers.map(([name, value]): [string, string] => [
    name.toLowerCase() === "authorization" ? "Authorization" : name,
    value,
  ]);
  const own: [string, string][] = [
    ["X-Amzn-Trace-Id", traceHeaderOf(context)],
    ["X-Forwarded-For", request.sourceIp],
    ["X-Forwarded-Port", "443"],
    ["X-Forwarded-Proto", "https"],
    ...(request.sourceVpcEndpoint === undefined
      ? []
      : [["x-amzn-vpce-id", request.sourceVpcEndpoint] as [string, string]]),
  ];
  return [...received.filter(([name]) => headerOf(own, name) === undefined), ...own];
}

/** https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
export function traceHeaderOf({ xrayTraceId }: RequestContext): string {
  return `Root=${xrayTraceId}`;
}

function grouped(headers: Headers): Record<string, string[]> {
  const groups: Record<string, string[]> = {};
  for (const [name, value] of headers) {
    const group = groups[name] ?? [];
    groups[name] = group;
    group.push(value);
  }
  return groups;
}

function orNull(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> | null {
  return entries.length === 0 ? null : Object.fromEntries(entries);
}

const headerValueSchema = z.union([z.string(), z.number(), z.boolean()]);

/** Any other key makes the answer malformed. */
const functionResponseSchema = z.strictObject({
  statusCode: z.coerce.number().int().min(100).max(599).default(200),
  headers: z.record(z.string(), headerValueSchema).nullish(),
  multiValueHeaders: z.record(z.string(), z.array(headerValueSchema)).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

function apiResponseOf(payload: string, exchange: Exchange): ApiResponse {
  const parsed = functionResponseSchema.safeParse(parseJson(payload));
  if (!parsed.success) throw badGateway("The function's answer is malformed.");
  const { statusCode, body, isBase64Encoded, headers, multiValueHeaders } = parsed.data;
  const accepted = mediaTypeOf(headerOf(exchange.headers, "Accept"));
  const decodes = isBase64Encoded === true && isBinary(exchange.binaryMediaTypes, accepted);
  return {
    status: statusCode,
    headers: clientHeaders(headers ?? {}, multiValueHeaders ?? {}),
    body: decodes ? decodeBase64(body ?? "") : Buffer.from(body ?? ""),
  };
}

type HeaderValue = z.infer<typeof headerValueSchema>;

/** Both kinds are sent, the lists first; equal values of one name once. */
function clientHeaders(
  single: Readonly<Record<string, HeaderValue>>,
  multiple: Readonly<Record<string, readonly HeaderValue[]>>,
): Headers {
  const headers: [string, string][] = Object.entries(multiple).flatMap(([name, values]) =>
    values.map((value): [string, string] => [name, String(value)]),
  );
  for (const [name, value] of Object.entries(single)) {
    const known = headers.some(
      ([other, text]) => other.toLowerCase() === name.toLowerCase() && text === String(value),
    );
    if (!known) headers.push([name, String(value)]);
  }
  if (headerOf(headers, "Content-Type") === undefined) headers.unshift(["Content-Type", "application/json"]);
  return headers.map(([name, value]) => [nameTowardsClients(name), value] as const);
}
