import type { Integration, IntegrationResponse } from "../../../openapi/operations.ts";
import type { Exchange } from "../exchange.ts";
import { type ApiResponse, type Headers, headerOf, type ServiceResponse } from "../messages.ts";
import {
  bytesOf,
  type ContentHandling,
  contentHandlingOf,
  convert,
  decodeBase64,
  isBinary,
  mediaTypeOf,
  type Payload,
  payloadOf,
} from "../payload.ts";
import { nameTowardsClients } from "../reserved-headers.ts";
import { checkTemplates } from "../templates/check-templates.ts";
import { renderTemplate, selectTemplate } from "../templates/render-template.ts";
import { mapResponseParameters } from "./response-parameters.ts";
import { type BackendAnswer, createResponseSelector } from "./select-response.ts";

/** What the client receives for the answer of a backend, where the integration is no proxy. */
export type Respond = (answer: BackendAnswer, exchange: Exchange) => ApiResponse;

/** @throws NotExecutedError for a template or an integration response that is not executed here */
export function createResponder(integration: Integration): Respond {
  checkTemplates(integration);
  const select = createResponseSelector(integration.responses);
  return (answer, exchange) => {
    const { response } = answer;
    const selected = select(answer);
    const { contentType, body } = bodyOf(selected, response, exchange);
    const headers = responseHeaders(selected, response, exchange, contentType);
    return overridden({ status: Number(selected.status), headers, body }, exchange);
  };
}

/** The body by template, or passed through where there is none, or an empty one. */
function bodyOf(
  { value, templates }: IntegrationResponse,
  response: ServiceResponse,
  exchange: Exchange,
): { readonly contentType?: string; readonly body: Buffer } {
  const accepted = mediaTypeOf(headerOf(exchange.headers, "Accept"));
  const handling = contentHandlingOf(value);
  const payload = convert(payloadFrom(response, exchange), handling);
  // Without a template for what the client accepts, and without one for JSON, AWS takes the first.
  const template = selectTemplate(templates, accepted) ?? templates[0];
  if (template === undefined || template.source === "") {
    return { body: bytesFor(payload, handling, isBinary(exchange.binaryMediaTypes, accepted)) };
  }
  return {
    contentType: template.name,
    body: Buffer.from(renderTemplate(template.source, payload, exchange)),
  };
}

/** The body of a backend's answer, which is binary or text by its Content-Type. */
export function payloadFrom({ headers, body }: ServiceResponse, { binaryMediaTypes }: Exchange): Payload {
  return payloadOf(body, isBinary(binaryMediaTypes, mediaTypeOf(headerOf(headers, "Content-Type"))));
}

/**
 * Without `contentHandling`, the client's Accept decides: whoever takes binary gets text decoded from base64, and
 * whoever takes text gets binary as base64.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings-workflow.html
 */
export function bytesFor(payload: Payload, handling: ContentHandling, acceptsBinary: boolean): Buffer {
  if (handling !== undefined) return bytesOf(payload);
  if (payload.kind === "text") return acceptsBinary ? decodeBase64(payload.text) : Buffer.from(payload.text);
  return acceptsBinary ? payload.bytes : Buffer.from(payload.bytes.toString("base64"));
}

function responseHeaders(
  selected: IntegrationResponse,
  response: ServiceResponse,
  exchange: Exchange,
  contentType = "application/json",
): Headers {
  const mapped = mapResponseParameters(selected, response, exchange);
  const own: [string, string][] =
    headerOf(mapped, "Content-Type") === undefined ? [["Content-Type", contentType]] : [];
  return renamed([...own, ...mapped]);
}

function renamed(headers: Headers): Headers {
  return headers.map(([name, value]) => [nameTowardsClients(name), value] as const);
}

/** AWS leaves out a status that is none. */
function overridden(answer: ApiResponse, { overrides: { response } }: Exchange): ApiResponse {
  const headers = renamed(
    Object.entries(response.header).map(([name, value]) => [name, String(value)] as const),
  );
  const status = String(response.status ?? "");
  return {
    ...answer,
    status: /^[1-5]\d\d$/.test(status) ? Number(status) : answer.status,
    headers: [...answer.headers.filter(([name]) => headerOf(headers, name) === undefined), ...headers],
  };
}
