import type { Exchange } from "../exchange.ts";
import { eventOf } from "../integrations/lambda-proxy.ts";
import type { AuthorizerSettings } from "./authorizer-settings.ts";

/**
 * What an authorizer's function is asked with:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 */
export function authorizerEvent(
  { type }: AuthorizerSettings,
  { exchange, token, methodArn }: { exchange: Exchange; token: string | undefined; methodArn: string },
) {
  if (type === "TOKEN") return { type, methodArn, authorizationToken: token };
  const { body: _, isBase64Encoded: __, ...request } = eventOf(exchange);
  return {
    type,
    methodArn,
    ...request,
    // Where a function that answers a request gets null, an authorizer gets an empty map.
    queryStringParameters: request.queryStringParameters ?? {},
    multiValueQueryStringParameters: request.multiValueQueryStringParameters ?? {},
    pathParameters: request.pathParameters ?? {},
    stageVariables: request.stageVariables ?? {},
  };
}
