import { parseJson } from "../../../contract/parse-json.ts";
import { isJsonObject, type Json, stringAt } from "../../../openapi/json.ts";
import type { Integration } from "../../../openapi/operations.ts";
import { GatewayError } from "../gateway-error.ts";
import type { Backends, FunctionResult, ServiceResponse } from "../messages.ts";
import type { Integrate } from "./integrate.ts";
import { type IntegrationRequest, integrationRequestOf } from "./integration-request.ts";
import { createResponder } from "./integration-response.ts";
import { type Invocation, invocationOf, invoke } from "./invoke-function.ts";
import { isHeader } from "./map-parameters.ts";
import type { BackendAnswer } from "./select-response.ts";

/**
 * An integration of type `aws` with a function: its event is what the template makes of the request, its result what
 * patterns and templates make the answer of.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-custom-integrations.html
 */
export function createLambdaIntegration(integration: Integration): Integrate {
  const respond = createResponder(integration);
  return async (exchange, backends) => {
    const request = integrationRequestOf(integration, exchange, "aws");
    const invocation = invocationOf(integration, request.method, eventOf(request), exchange);
    const answer = await answerOf(invocationTypeOf(request), invocation, backends);
    return respond(answer, exchange);
  };
}

/** Recorded: a function is invoked with `{}` where there is no body. */
function eventOf({ body }: IntegrationRequest): string {
  if (body.length === 0) return "{}";
  const event = body.toString("utf8");
  if (parseJson(event) !== undefined) return event;
  throw new GatewayError("BAD_REQUEST_BODY", {
    message: "Could not parse request body into json.",
    detail: "The event of the function, made by the template or sent by the client, is not JSON.",
  });
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#lambda-Invoke-request-InvocationType */
function invocationTypeOf({ parameters }: IntegrationRequest): string {
  const header = parameters.find(
    (one) => isHeader(one) && one.name.toLowerCase() === "x-amz-invocation-type",
  );
  return header?.value ?? "RequestResponse";
}

async function answerOf(type: string, invocation: Invocation, backends: Backends): Promise<BackendAnswer> {
  if (type === "DryRun") return answered(204, "");
  if (type === "Event") {
    // Lambda has only taken the event: the function runs as long as it may, and nobody is told what came of it.
    const { functionArn, event } = invocation;
    void backends.lambda(functionArn, event, new AbortController().signal).catch(() => undefined);
    return answered(202, "");
  }
  if (type === "RequestResponse") return resultOf(await invoke(invocation, backends));
  throw new GatewayError("API_CONFIGURATION_ERROR", {
    detail: "X-Amz-Invocation-Type must be RequestResponse, Event or DryRun.",
  });
}

/** Lambda's status is 200 for a failed function too: only its error message tells. */
function resultOf(result: FunctionResult): BackendAnswer {
  if (result.kind === "returned") return answered(200, result.payload, errorMessageOf(result.payload));
  const { errorType, errorMessage } = result;
  return answered(200, JSON.stringify({ errorMessage, errorType }), errorMessage);
}

/** A result with an `errorMessage` is an error to API Gateway, whether the function failed or returned it. */
function errorMessageOf(payload: string): string | undefined {
  const result = (parseJson(payload) ?? null) as Json;
  return isJsonObject(result) ? stringAt(result, "errorMessage") : undefined;
}

function answered(status: number, payload: string, errorMessage?: string): BackendAnswer {
  const response: ServiceResponse = {
    status,
    headers: [["Content-Type", "application/json"]],
    body: Buffer.from(payload),
  };
  return { response, selector: errorMessage };
}
