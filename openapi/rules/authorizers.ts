import { type JsonObject, objectAt, objectEntries, stringAt, stringsAt } from "../json.ts";
import { jsonPointer } from "../json-pointer.ts";
import type { OpenApiDocument } from "../openapi-document.ts";
import type { Finding, Rule } from "../rule.ts";

const authorizerKey = "x-amazon-apigateway-authorizer";
const createAuthorizer = "https://docs.aws.amazon.com/apigateway/latest/api/API_CreateAuthorizer.html";
const types = ["token", "request", "cognito_user_pools"];

export const authorizerForm: Rule = {
  id: "authorizer-form",
  why: "API Gateway does not create an authorizer that has an unknown type, or that names no function or user pool.",
  link: createAuthorizer,
  check: (document) =>
    authorizers(document).flatMap(({ pointer, type, value }): Finding[] => {
      if (!types.includes(type)) {
        const message = `"${value["type"] ?? ""}" is not an authorizer type; use one of ${types.join(", ")}`;
        return [{ pointer: `${pointer}/type`, message }];
      }
      if (type === "cognito_user_pools") {
        if (stringsAt(value, "providerARNs").length > 0) return [];
        return [
          {
            pointer: `${pointer}/providerARNs`,
            message: `${type} needs "providerARNs"; add the ARN of a user pool`,
          },
        ];
      }
      if (stringAt(value, "authorizerUri")) return [];
      return [{ pointer: `${pointer}/authorizerUri`, message: `${type} needs "authorizerUri"; add it` }];
    }),
};

const MAX_TTL_SECONDS = 3600;
/** The default of API Gateway. */
const DEFAULT_TTL_SECONDS = 300;

export const authorizerIdentity: Rule = {
  id: "authorizer-identity",
  why: "API Gateway refuses an authorizer without an identity source if it reads a token or caches its results.",
  link: createAuthorizer,
  check: (document) =>
    authorizers(document).flatMap(({ pointer, type, value, scheme }): Finding[] => {
      if (stringAt(value, "identitySource")) return [];
      const place = `${pointer}/identitySource`;
      if (type === "request" && secondsOf(value) > 0) {
        const message = `results are cached for ${secondsOf(value)} seconds, but no part of the request is the cache key; add identitySource, or set authorizerResultTtlInSeconds to 0`;
        return [{ pointer: place, message }];
      }
      // The header that the scheme names is the source otherwise.
      if (type === "request" || (scheme["in"] === "header" && stringAt(scheme, "name"))) return [];
      const message = `${type} reads a header, and no header is named; name it in the scheme, or add method.request.header.<name>`;
      return types.includes(type) ? [{ pointer: place, message }] : [];
    }),
};

export const authorizerTtl: Rule = {
  id: "authorizer-ttl",
  why: "API Gateway caches the results of an authorizer for 0 to 3600 seconds.",
  link: createAuthorizer,
  check: (document) =>
    authorizers(document).flatMap(({ pointer, value }): Finding[] => {
      const given = value["authorizerResultTtlInSeconds"] ?? DEFAULT_TTL_SECONDS;
      const seconds = Number(given);
      if (Number.isInteger(seconds) && seconds >= 0 && seconds <= MAX_TTL_SECONDS) return [];
      const message = `expected 0 to ${MAX_TTL_SECONDS} seconds, got ${JSON.stringify(given)}`;
      return [{ pointer: `${pointer}/authorizerResultTtlInSeconds`, message }];
    }),
};

function secondsOf(authorizer: JsonObject): number {
  return Number(authorizer["authorizerResultTtlInSeconds"] ?? DEFAULT_TTL_SECONDS);
}

interface Authorizer {
  readonly pointer: string;
  /** In lower case. */
  readonly type: string;
  readonly value: JsonObject;
  readonly scheme: JsonObject;
}

function authorizers(document: OpenApiDocument): Authorizer[] {
  return objectEntries(objectAt(document, "components"), "securitySchemes")
    .filter(([, scheme]) => authorizerKey in scheme)
    .map(([name, scheme]) => {
      const value = objectAt(scheme, authorizerKey);
      const pointer = jsonPointer("components", "securitySchemes", name, authorizerKey);
      return { pointer, type: (stringAt(value, "type") ?? "").toLowerCase(), value, scheme };
    });
}
