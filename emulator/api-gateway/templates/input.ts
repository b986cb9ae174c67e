import { type Exchange, queryValue } from "../exchange.ts";
import { GatewayError } from "../gateway-error.ts";
import { follow, parseJsonPath, type Tree } from "../json-path.ts";
import { headerOf } from "../messages.ts";
import { parseJsonValue } from "./velocity/parse-json.ts";
import { print, toJson } from "./velocity/print.ts";
import { type HostMethod, listOf, mapOf, type ObjectValue, type Value } from "./velocity/values.ts";
import { spend, TemplateFailure, type Work } from "./velocity/work.ts";

/** `$input`: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html#input-variable-reference */
export function inputOf(body: string, exchange: Exchange): ObjectValue {
  // An empty body is an empty object: https://github.com/localstack/localstack/pull/12413 records it.
  const text = body === "" ? "{}" : body;
  let document: { readonly value: Value } | undefined;
  const find = (path: Value, work: Work): Value | undefined => {
    document ??= { value: documentOf(text) };
    return select(document.value, path, work);
  };
  return {
    kind: "object",
    type: "$input",
    properties: new Map([["body", text]]),
    methods: new Map<string, HostMethod>([
      ["path", ([path = "$"], work) => find(path, work) ?? null],
      ["json", ([path = "$"], work) => jsonOf(find(path, work), work)],
      [
        "params",
        ([name], work) =>
          name === undefined ? allParameters(exchange) : parameterOf(exchange, print(name, work)),
      ],
    ]),
  };
}

function select(document: Value, path: Value, work: Work): Value | undefined {
  if (typeof path !== "string") throw new TemplateFailure("a JSONPath is not a text");
  try {
    return follow(parseJsonPath(path), document, treeOf(work));
  } catch (error) {
    throw error instanceof GatewayError ? new TemplateFailure(error.detail) : error;
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
    throw new TemplateFailure("the body is not JSON", { cause });
  }
}

/** What is not there is an empty text here as well, while null is null. */
function jsonOf(value: Value | undefined, work: Work): string {
  return value === undefined ? '""' : toJson(value, work, false);
}

function treeOf(work: Work): Tree<Value> {
  return {
    itemsOf: (value) => {
      spend(work);
      return typeof value === "object" && value?.kind === "list" ? value.items : undefined;
    },
    childrenOf: (value) => (typeof value === "object" && value?.kind === "map" ? value.entries : undefined),
    listOf: (values) => listOf(values, "JSONArray"),
    numberOf: BigInt,
    nothing: null,
  };
}

/** Searched in path, query and headers, in that order. */
function parameterOf({ pathParameters, query, headers }: Exchange, name: string): Value {
  const inPath = Object.hasOwn(pathParameters, name) ? pathParameters[name] : undefined;
  return inPath ?? queryValue(query, name) ?? headerOf(headers, name) ?? null;
}

function allParameters({ pathParameters, query, headers }: Exchange): Value {
  return mapOf([
    ["path", mapOf(Object.entries(pathParameters))],
    ["querystring", mapOf(query)],
    ["header", mapOf(headers)],
  ]);
}
