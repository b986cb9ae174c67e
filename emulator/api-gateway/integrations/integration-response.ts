import type { Integration, IntegrationResponse } from "../../../openapi/operations.ts";
import type { Exchange } from "../exchange.ts";
import { GatewayError } from "../gateway-error.ts";
import { type ApiResponse, type Headers, headerOf, type ServiceResponse } from "../messages.ts";
import {
  bytesOf,
  contentHandlingOf,
  convert,
  decodeBase64,
  isBinary,
  mediaTypeOf,
  type Payload,
  payloadOf,
} from "../payload.ts";
import { nameTowardsClients } from "../reserved-headers.ts";
import { renderTemplate, selectTemplate } from "../templates/render-template.ts";
import { constantOf, readRequestSource } from "./map-parameters.ts";

/** What the client receives for an answer of S3. */
export function apiResponseOf(
  integration: Integration,
  response: ServiceResponse,
  exchange: Exchange,
): ApiResponse {
  const selected = selectResponse(integration.responses, response.status);
  const accepted = mediaTypeOf(headerOf(exchange.headers, "Accept"));
  const payload = responsePayload(response, contentHandlingOf(selected.value), exchange);
  const status = Number(selected.status);
  const template = selectTemplate(selected.templates, accepted);
  if (template === undefined) {
    const body = bytesFor(
      payload,
      contentHandlingOf(selected.value),
      isBinary(exchange.binaryMediaTypes, accepted),
    );
    return overridden({ status, headers: responseHeaders(selected, response, exchange), body }, exchange);
  }
  const body = Buffer.from(renderTemplate(template.source, payload, exchange));
  const headers = responseHeaders(selected, response, exchange, template.name);
  return overridden({ status, headers, body }, exchange);
}

/** Patterns are matched against the whole status; an AWS service's answer has no other error message. */
function selectResponse(responses: readonly IntegrationResponse[], status: number): IntegrationResponse {
  const selected =
    responses.find(
      ({ pattern }) => pattern !== "default" && new RegExp(`^(?:${pattern})$`).test(String(status)),
    ) ?? responses.find(({ pattern }) => pattern === "default");
  if (selected === undefined) {
    throw new GatewayError("API_CONFIGURATION_ERROR", {
      detail: `No integration response is for status ${status}.`,
    });
  }
  return selected;
}

function responsePayload(
  response: ServiceResponse,
  handling: string | undefined,
  exchange: Exchange,
): Payload {
  const mediaType = mediaTypeOf(headerOf(response.headers, "Content-Type"));
  return convert(payloadOf(response.body, isBinary(exchange.binaryMediaTypes, mediaType)), handling);
}

/**
 * Without `contentHandling`, the client's Accept decides: whoever takes binary gets text decoded from base64, and
 * whoever takes text gets binary as base64.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html
 */
function bytesFor(payload: Payload, handling: string | undefined, acceptsBinary: boolean): Buffer {
  if (handling !== undefined) return bytesOf(payload);
  if (payload.kind === "text") return acceptsBinary ? decodeBase64(payload.text) : Buffer.from(payload.text);
  return acceptsBinary ? payload.bytes : Buffer.from(payload.bytes.toString("base64"));
}

function responseHeaders(
  { parameters }: IntegrationResponse,
  response: ServiceResponse,
  exchange: Exchange,
  contentType = "application/json",
): Headers {
  const mapped = parameters.flatMap(({ name, source }): [string, string][] => {
    const value = readResponseSource(source, response, exchange);
    return value === undefined ? [] : [[name.replace(/^method\.response\.header\./, ""), value]];
  });
  const own: [string, string][] =
    headerOf(mapped, "Content-Type") === undefined ? [["Content-Type", contentType]] : [];
  return [...own, ...mapped].map(([name, value]) => [nameTowardsClients(name), value] as const);
}

function readResponseSource(
  source: string,
  response: ServiceResponse,
  exchange: Exchange,
): string | undefined {
  const header = /^integration\.response\.(?:multivalueheader|header)\.(.+)$/.exec(source)?.[1];
  if (header !== undefined) return headerOf(response.headers, header);
  return constantOf(source) ?? readRequestSource(source, exchange);
}

function overridden(answer: ApiResponse, { overrides: { response } }: Exchange): ApiResponse {
  const headers = Object.entries(response.header).map(([name, value]) => [name, String(value)] as const);
  return {
    ...answer,
    status: Number(response.status ?? answer.status),
    headers: [...answer.headers.filter(([name]) => headerOf(headers, name) === undefined), ...headers],
  };
}
