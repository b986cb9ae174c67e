import type { Integration } from "../../../openapi/operations.ts";
import type { Exchange } from "../exchange.ts";
import { GatewayError } from "../gateway-error.ts";
import { headerOf } from "../messages.ts";
import type { Overrides } from "../overrides.ts";
import { bytesOf, contentHandlingOf, convert, mediaTypeOf } from "../payload.ts";
import { renderTemplate } from "../templates/render-template.ts";
import { type Location, type MappedParameter, mapRequestParameters } from "./map-parameters.ts";
import { type BackendKind, refuseReservedHeaders } from "./reserved-request-headers.ts";

/** What an integration without proxy sends, wherever it sends it: body by template or as it came, and mapped parameters. */
export interface IntegrationRequest {
  readonly method: string;
  readonly parameters: readonly MappedParameter[];
  readonly body: Buffer;
}

/** @throws GatewayError if the body's media type is not taken, a template fails or a mapping sets a reserved header */
export function integrationRequestOf(
  integration: Integration,
  exchange: Exchange,
  kind: BackendKind,
): IntegrationRequest {
  const body = requestBodyOf(integration, exchange);
  const parameters = withOverrides(
    mapRequestParameters(integration.requestParameters, exchange),
    exchange.overrides,
  );
  refuseReservedHeaders(parameters, kind);
  return { method: methodOf(integration, exchange), parameters, body };
}

/** That of the integration, or the caller's where it takes any. */
export function methodOf({ value }: Integration, { request }: Pick<Exchange, "request">): string {
  const method = String(value["httpMethod"] ?? "ANY").toUpperCase();
  return method === "ANY" ? request.method : method;
}

/**
 * The body by template, or passed through where `passthroughBehavior` allows it; an empty template passes it through too:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html
 */
function requestBodyOf(integration: Integration, exchange: Exchange): Buffer {
  const mediaType = mediaTypeOf(headerOf(exchange.headers, "Content-Type")) ?? "application/json";
  const payload = convert(exchange.body, contentHandlingOf(integration.value));
  const template = integration.requestTemplates.find(({ name }) => name.toLowerCase() === mediaType);
  if (template !== undefined) {
    if (template.source === "") return bytesOf(payload);
    return Buffer.from(renderTemplate(template.source, payload, exchange));
  }
  const behavior = String(integration.value["passthroughBehavior"] ?? "when_no_match").toLowerCase();
  if (behavior === "never" || (behavior === "when_no_templates" && integration.requestTemplates.length > 0)) {
    throw new GatewayError("UNSUPPORTED_MEDIA_TYPE");
  }
  return bytesOf(payload);
}

/** Names of headers are equal in any case. */
function isSame(left: MappedParameter, right: MappedParameter): boolean {
  if (left.location !== right.location) return false;
  if (left.location !== "header") return left.name === right.name;
  return left.name.toLowerCase() === right.name.toLowerCase();
}

function withOverrides(parameters: readonly MappedParameter[], { request }: Overrides): MappedParameter[] {
  const locations: readonly Location[] = ["path", "header", "querystring"];
  const overriding = locations.flatMap((location) =>
    Object.entries(request[location]).map(([name, value]) => ({
      location,
      name,
      value: String(value),
      encoded: false,
    })),
  );
  return [...parameters.filter((one) => !overriding.some((other) => isSame(one, other))), ...overriding];
}
