import { parseJson } from "../../../contract/parse-json.ts";
import { isJsonObject, type Json } from "../../../openapi/json.ts";
import type { Integration } from "../../../openapi/operations.ts";
import { GatewayError } from "../gateway-error.ts";
import type { Integrate } from "./integrate.ts";
import { integrationRequestOf } from "./integration-request.ts";
import { createResponder } from "./integration-response.ts";

/**
 * An integration of type `mock`, which calls nothing: its request template gives the status that chooses the response.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
 */
export function createMock(integration: Integration): Integrate {
  const respond = createResponder(integration);
  return async (exchange) => {
    const { body } = integrationRequestOf(integration, exchange, "http");
    const status = statusOf(body.toString("utf8"));
    if (status === undefined) {
      throw new GatewayError("API_CONFIGURATION_ERROR", {
        detail:
          'The mock integration got no statusCode. Add a request template for the Content-Type of the request, such as {"statusCode": 200}.',
      });
    }
    const response = { status, headers: [], body: Buffer.alloc(0) };
    return respond({ response, selector: String(status) }, exchange);
  };
}

/** A number, as in the JSON that the console writes, or in the `{ statusCode: 200 }` of AWS CDK, which AWS takes too. */
function statusOf(text: string): number | undefined {
  const parsed = parseJson(text) as Json | undefined;
  if (parsed !== undefined) {
    const status = isJsonObject(parsed) ? parsed["statusCode"] : undefined;
    return Number.isInteger(status) ? Number(status) : undefined;
  }
  const members = /^\s*\{(?<members>.+)\}\s*$/s.exec(text)?.groups?.["members"] ?? "";
  const found = /(?:^|,)\s*(?<quote>['"]?)statusCode\k<quote>\s*:\s*(?<status>\d+)\s*(?:,|$)/.exec(members);
  return found === null ? undefined : Number(found.groups?.["status"]);
}
