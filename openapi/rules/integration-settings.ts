import { type JsonObject, stringAt, stringsAt } from "../json.ts";
import { jsonPointer } from "../json-pointer.ts";
import type { OpenApiDocument } from "../openapi-document.ts";
import { integratedOperations } from "../operations.ts";
import type { Finding, Rule } from "../rule.ts";
import { parseServiceUri } from "../service-uri.ts";

const integrationResource = "https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html";
const quotas =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html";
const streaming = "https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html";

/** API Gateway takes them in either case. */
const settings: Readonly<Record<string, readonly string[]>> = {
  passthroughBehavior: ["when_no_match", "when_no_templates", "never"],
  contentHandling: ["CONVERT_TO_BINARY", "CONVERT_TO_TEXT"],
  connectionType: ["INTERNET", "VPC_LINK"],
  responseTransferMode: ["BUFFERED", "STREAM"],
};

export const integrationSetting: Rule = {
  id: "integration-setting",
  why: "API Gateway refuses an integration that has an unknown value in one of these settings.",
  link: integrationResource,
  check: (document) =>
    integratedOperations(document).flatMap(({ integration }) => [
      ...unknownSettings(integration.value, integration.pointer),
      ...integration.responses.flatMap(({ value, pointer }) => unknownSettings(value, pointer)),
    ]),
};

function unknownSettings(owner: JsonObject, pointer: string): Finding[] {
  return Object.entries(settings).flatMap(([key, known]): Finding[] => {
    const value = owner[key];
    const isKnown = known.some((each) => each.toLowerCase() === String(value).toLowerCase());
    if (value === undefined || value === null || isKnown) return [];
    const message = `${JSON.stringify(value)} is unknown; use one of ${known.join(", ")}`;
    return [{ pointer: `${pointer}${jsonPointer(key)}`, message }];
  });
}

const MIN_TIMEOUT_MILLISECONDS = 50;
/** The account's default quota. */
const MAX_TIMEOUT_MILLISECONDS = 29_000;
const MAX_STREAM_TIMEOUT_MILLISECONDS = 900_000;

export const integrationTimeout: Rule = {
  id: "integration-timeout",
  why: "API Gateway refuses a timeout of less than 50 milliseconds, and of more than 15 minutes for a stream.",
  link: quotas,
  check: (document) =>
    timeouts(document).flatMap(({ pointer, given, isStream }): Finding[] => {
      const milliseconds = Number(given);
      const most = isStream ? MAX_STREAM_TIMEOUT_MILLISECONDS : Number.POSITIVE_INFINITY;
      const isWhole = Number.isInteger(milliseconds);
      if (isWhole && milliseconds >= MIN_TIMEOUT_MILLISECONDS && milliseconds <= most) return [];
      const range = isStream
        ? `${MIN_TIMEOUT_MILLISECONDS} to ${most}`
        : `at least ${MIN_TIMEOUT_MILLISECONDS}`;
      return [{ pointer, message: `expected ${range} milliseconds, got ${JSON.stringify(given)}` }];
    }),
};

export const timeoutQuota: Rule = {
  id: "timeout-quota",
  severity: "warning",
  why: "API Gateway refuses a timeout of more than 29 seconds, unless the account's quota for it was raised.",
  link: "https://aws.amazon.com/about-aws/whats-new/2024/06/amazon-api-gateway-integration-timeout-limit-29-seconds/",
  check: (document) =>
    timeouts(document)
      .filter(({ given, isStream }) => !isStream && Number(given) > MAX_TIMEOUT_MILLISECONDS)
      .map(({ pointer, given }) => {
        const message = `${given} milliseconds need a raised quota; request it from AWS, or write at most ${MAX_TIMEOUT_MILLISECONDS}`;
        return { pointer, message };
      }),
};

function timeouts(document: OpenApiDocument) {
  return integratedOperations(document).flatMap(({ integration: { pointer, value } }) => {
    const given = value["timeoutInMillis"];
    if (given === undefined) return [];
    return [{ pointer: `${pointer}/timeoutInMillis`, given, isStream: isStream(value) }];
  });
}

function isStream(integration: JsonObject): boolean {
  return stringAt(integration, "responseTransferMode")?.toUpperCase() === "STREAM";
}

export const streamProxy: Rule = {
  id: "stream-proxy",
  why: "API Gateway streams responses of proxy integrations only. A Lambda function needs a special URI for that.",
  link: streaming,
  check: (document) =>
    integratedOperations(document).flatMap(({ integration: { pointer, type, uri, value } }): Finding[] => {
      const streams = isStream(value);
      if (streams && !type.endsWith("_proxy")) {
        const message = `the type ${type} cannot have STREAM; use a proxy integration, or BUFFERED`;
        return [{ pointer: `${pointer}/responseTransferMode`, message }];
      }
      if (type !== "aws_proxy" || !uri.includes("/functions/")) return [];
      const isStreamUri = uri.endsWith("/response-streaming-invocations");
      if (streams === isStreamUri) return [];
      const message = streams
        ? "STREAM needs another URI; write lambda:path/2021-11-15/functions/…/response-streaming-invocations"
        : "this URI streams; set responseTransferMode to STREAM";
      return [{ pointer: `${pointer}/uri`, message }];
    }),
};

export const vpcLinkConnection: Rule = {
  id: "vpc-link-connection",
  why: "API Gateway refuses a private integration that does not name its VPC link.",
  link: integrationResource,
  check: (document) =>
    integratedOperations(document).flatMap(({ integration: { pointer, value } }): Finding[] => {
      const isLinked = stringAt(value, "connectionType")?.toUpperCase() === "VPC_LINK";
      if (!isLinked || stringAt(value, "connectionId")) return [];
      return [{ pointer: `${pointer}/connectionId`, message: 'VPC_LINK needs "connectionId"; add it' }];
    }),
};

export const lambdaMethod: Rule = {
  id: "lambda-method",
  why: "Lambda functions are invoked with POST. With another method, API Gateway answers every call with 500.",
  link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-simple-proxy-for-lambda-output-format.html",
  check: (document) =>
    integratedOperations(document).flatMap(({ integration: { pointer, type, uri, value } }): Finding[] => {
      const method = stringAt(value, "httpMethod") ?? "";
      const isLambda = type.startsWith("aws") && isInvocation(uri);
      if (!isLambda || method === "" || method.toUpperCase() === "POST") return [];
      const message = `the function is called with ${method}; write POST, even if callers use another method`;
      return [{ pointer: `${pointer}/httpMethod`, message }];
    }),
};

function isInvocation(uri: string): boolean {
  const service = parseServiceUri(uri);
  return service?.service === "lambda" && /invocations$/.test(service.rest);
}

export const cacheKeyParameter: Rule = {
  id: "cache-key-parameter",
  why: "API Gateway refuses a cache key that is neither a declared parameter of the method nor a mapped parameter of the integration.",
  link: integrationResource,
  check: (document) =>
    integratedOperations(document).flatMap(({ integration, parameters }) => {
      const mapped = new Set(integration.requestParameters.map(({ name }) => name));
      return stringsAt(integration.value, "cacheKeyParameters").flatMap((key, index): Finding[] => {
        if (mapped.has(key) || parameters.has(declaredName(key))) return [];
        const pointer = `${integration.pointer}${jsonPointer("cacheKeyParameters", index)}`;
        const message = `"${key}" is not a parameter; declare it in the method, or map a parameter integration.request.… and use that as the key`;
        return [{ pointer, message }];
      });
    }),
};

/** `method.request.querystring.q` is the parameter `query.q`. */
function declaredName(key: string): string {
  const [, place = "", name = ""] =
    /^method\.request\.(?:multivalue)?(path|querystring|header)\.(.+)$/.exec(key) ?? [];
  return `${place === "querystring" ? "query" : place}.${name}`;
}
