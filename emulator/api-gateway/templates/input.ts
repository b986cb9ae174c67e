import { type Exchange, queryValue } from "../exchange.ts";
import { GatewayError } from "../gateway-error.ts";
import { follow, type JsonPath, parseJsonPath, type Tree } from "../json-path.ts";
import { headerOf } from "../messages.ts";
import { parseJsonValue } from "./velocity/parse-json.ts";
import { print, toJson } from "./velocity/print.ts";
import { type HostMethod, listOf, mapOf, type ObjectValue, type Value } from "./velocity/values.ts";
import { TemplateFailure, type Work } from "./velocity/work.ts";

/** `$input`: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html#input-variable-reference */
export function inputOf(body: string, exchange: Exchange): ObjectValue {
  // An empty body is an empty object: https://github.com/localstack/localstack/pull/12413 records it.
  const text = body === "" ? "{}" : body;
  let document: { readonly value: Value } | undefined;
  const find = (path: Value): Value | undefined => {
    document ??= { value: documentOf(text) };
    return follow(pathOf(path), document.value, valueTree);
  };
  return {
    kind: "object",
    type: "$input",
    properties: new Map([["body", text]]),
    methods: new Map<string, HostMethod>([
      ["path", ([path = "$"]) => find(path) ?? null],
      ["json", ([path = "$"], work) => jsonOf(find(path), work)],
      [
        "params",
        ([name], work) =>
          name === undefined ? allParameters(exchange) : parameterOf(exchange, print(name, work)),
      ],
    ]),
  };
}

function pathOf(path: Value): JsonPath {
  if (typeof path !== "string") throw new TemplateFailure("a JSONPath is no text");
  try {
    return parseJsonPath(path);
  } catch (error) {
    throw error instanceof GatewayError ? new TemplateFailure(error.detail.slice(0, -1)) : error;
  }
}

/**
 * A text that is neither object nor list is itself the document, as json-smart reads it; templates for forms rely on it:
 * https://stackoverflow.com/q/77909018
 */
function documentOf(text: string): Value {
  try {
    return parseJsonValue(text);
  } catch (cause) {
    if (!/^\s*[{[]/.test(text)) return text;
    throw new TemplateFailure("the body is no JSON", { cause });
  }
}

/** What is not there is an empty text here as well, while null is null. */
function jsonOf(value: Value | undefined, work: Work): string {
  return value === undefined ? '""' : toJson(value, work, false);
}

const valueTree: Tree<Value> = {
  itemsOf: (value) => (typeof value === "object" && value?.kind === "list" ? value.items : undefined),
  childrenOf: (value) => (typeof value === "object" && value?.kind === "map" ? value.entries : undefined),
  listOf: (values) => listOf(values, "JSONArray"),
  numberOf: BigInt,
  nothing: null,
};

/** Searched in path, query and headers, in that order. */
function parameterOf({ pathParameters, query, headers }: Exchange, name: string): string {
  const inPath = Object.hasOwn(pathParameters, name) ? pathParameters[name] : undefined;
  return inPath ?? queryValue(query, name) ?? headerOf(headers, name) ?? "";
}

function allParameters({ pathParameters, query, headers }: Exchange): Value {
  return mapOf([
    ["path", mapOf(Object.entries(pathParameters))],
    ["querystring", mapOf(query)],
    ["header", mapOf(headers)],
  ]);
}
