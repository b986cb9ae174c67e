import { stringAt } from "../../../openapi/json.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import type { Exchange } from "../exchange.ts";
import { GatewayError } from "../gateway-error.ts";
import { headerOf } from "../messages.ts";
import { NotExecutedError } from "../not-executed.ts";

/** An API key: a caller sends its value in `x-api-key`, or an authorizer names it as `usageIdentifierKey`. */
export interface ApiKey {
  readonly id: string;
  readonly value: string;
}

/**
 * Takes requests with one of these keys, wherever the API says that its keys come from:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-key-source.html
 * @throws NotExecutedError if there is no key at all, so that nobody could get in
 */
export function createApiKeyCheck(document: OpenApiDocument, apiKeys: readonly ApiKey[]) {
  if (apiKeys.length === 0) {
    throw new NotExecutedError(
      "a method that requires an API key, without a key,",
      "give the keys that callers may send, each as --api-key <id>=<value>",
    );
  }
  const source = stringAt(document, "x-amazon-apigateway-api-key-source")?.toUpperCase();
  /** @throws GatewayError if the request has no key, or an unknown one */
  return (exchange: Exchange, usageIdentifierKey: string | undefined): Exchange => {
    const value = source === "AUTHORIZER" ? usageIdentifierKey : headerOf(exchange.headers, "x-api-key");
    const key = apiKeys.find((candidate) => candidate.value === value);
    if (key === undefined) {
      const what = value === undefined ? "no API key" : "an unknown API key";
      const where = source === "AUTHORIZER" ? "The authorizer gave" : "The request has";
      throw new GatewayError("INVALID_API_KEY", { detail: `${where} ${what}.` });
    }
    const { context } = exchange;
    const identity = { ...context.identity, apiKey: key.value, apiKeyId: key.id };
    return { ...exchange, context: { ...context, identity } };
  };
}
