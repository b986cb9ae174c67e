import { CALLER_RIGHTS, type CallerRight, RIGHT_OF_METHOD } from "../contract/caller-rights.ts";
import { SHARED_CALLER } from "../contract/keys.ts";
import { routeKeyOf } from "../emulator/api-gateway/routes.ts";
import type { ApiDescription } from "../emulator/describe-stack.ts";
import { objectAt, stringAt } from "../openapi/json.ts";
import { binaryMediaTypesOf, type Operation, operationsOf } from "../openapi/operations.ts";
import { guardsOf, schemeOf } from "../openapi/security.ts";
import type { Callers } from "../proxy/callers.ts";
import { forwardedHeaders } from "../proxy/request-headers.ts";
import { credentialOf } from "./local-callers.ts";

export interface ShownApi extends Pick<ApiDescription, "name" | "stageName" | "document"> {
  /** Routes that are left out. */
  readonly skip: readonly string[];
}

interface Urls {
  readonly url: string;
  readonly apisUrl: string;
}

/**
 * A curl command for each route of an API that is a document and an entry, but for its preflights: through the proxy as the caller
 * that may do most, or to the API by itself where a guard reads what the proxy keeps back.
 */
export function showApiRequests(api: ShownApi, { url, apisUrl }: Urls, callers: Callers): string[] {
  const [caller] = callers === SHARED_CALLER ? [] : callers.toSorted((a, b) => b.may.length - a.may.length);
  const may: readonly CallerRight[] = caller?.may ?? CALLER_RIGHTS;
  return operationsOf(api.document)
    .filter((operation) => operation.method !== "options" && !api.skip.includes(routeKeyOf(operation)))
    .flatMap((operation) => {
      const method = methodOf(operation);
      const asked = askedOf(api, operation);
      const isKeptBack = asked.headers.some((name) => !isForwarded(name));
      if (!isKeptBack && !may.includes(RIGHT_OF_METHOD[method] ?? "read")) return [];
      const base = isKeptBack ? `${apisUrl}/apis/${api.name}/${api.stageName}` : url;
      const headers = [
        ...(isKeptBack ? [] : Object.entries(credentialOf(caller?.name))),
        ...asked.headers.map((name) => [name, placeholder(name)]),
      ];
      return [
        ["curl -sS", ...(method === "GET" ? [] : [method === "HEAD" ? "-I" : `-X ${method}`])]
          .concat(headers.map(([name, value]) => `-H '${name}: ${value}'`))
          .concat(contentOf(operation), downloadOf(api, operation), [
            `'${base}${pathOf(operation)}${queryOf(asked.query)}'`,
          ])
          .join(" "),
      ];
    });
}

function methodOf({ method }: Operation): string {
  return method === "x-amazon-apigateway-any-method" ? "GET" : method.toUpperCase();
}

/** What the guards of an operation look for. */
function askedOf({ document }: ShownApi, { value }: Operation) {
  const headers: string[] = [];
  const query: string[] = [];
  for (const { guard, scheme } of guardsOf(document, value)) {
    const declared = schemeOf(document, scheme)?.value ?? {};
    const authorizer = objectAt(declared, "x-amazon-apigateway-authorizer");
    const sources = stringAt(authorizer, "identitySource")
      ?.split(",")
      .map((each) => each.trim());
    if (guard === "apiKey") headers.push("x-api-key");
    else if (sources === undefined) headers.push(stringAt(declared, "name") ?? "Authorization");
    for (const source of sources ?? []) {
      const [, place, name = ""] = /^method\.request\.(header|querystring)\.(.+)$/.exec(source) ?? [];
      if (place === "header") headers.push(name);
      if (place === "querystring") query.push(name);
    }
  }
  return { headers, query };
}

function isForwarded(name: string): boolean {
  return forwardedHeaders.some((each) => each === name.toLowerCase());
}

/** Those that write have a body, whether or not the document says of which media type. */
function contentOf(operation: Operation): string[] {
  const isWrite = RIGHT_OF_METHOD[methodOf(operation)] === "write";
  const [declared] = Object.keys(objectAt(objectAt(operation.value, "requestBody"), "content"));
  const mediaType = declared ?? (isWrite ? placeholder("type") : undefined);
  return mediaType === undefined ? [] : [`-H 'Content-Type: ${mediaType}' --data-binary @<file>`];
}

/** API Gateway answers base64, unless the first type of Accept is one of the API's binary media types. */
function downloadOf({ document }: ShownApi, operation: Operation): string[] {
  const [binary] = binaryMediaTypesOf(document);
  const type = operation.integration?.type ?? "";
  if (binary === undefined || methodOf(operation) !== "GET" || !["aws", "http", "http_proxy"].includes(type))
    return [];
  const accept = binary === "*/*" ? [] : [`-H 'Accept: ${binary.replace("*", placeholder("subtype"))}'`];
  return [...accept, "-o download"];
}

/** `{id}` means something to curl. */
function pathOf({ path }: Operation): string {
  return path.replaceAll(/\{([^}+]+)\+?\}/g, (_, name: string) => placeholder(name));
}

function queryOf(names: readonly string[]): string {
  return names.length === 0 ? "" : `?${names.map((name) => `${name}=${placeholder(name)}`).join("&")}`;
}

function placeholder(name: string): string {
  return `<${name}>`;
}
