import { isJsonObject, type Json } from "./json.ts";
import { jsonPointer } from "./json-pointer.ts";
import { methods } from "./methods.ts";

/** What a value is to OpenAPI or API Gateway; `free` is what they do not read, such as an example. */
export type PlaceKind =
  | ("document" | "paths" | "pathItem" | "operation" | "servers" | "components" | "reference" | "free")
  | ("parameters" | "parameter" | "requestBodies" | "requestBody" | "headers" | "header")
  | ("responses" | "response" | "content" | "mediaType" | "schemas" | "schema")
  | ("securitySchemes" | "securityScheme" | "authorizer" | "extension")
  | ("integration" | "integrationResponses" | "integrationResponse");

export interface Place {
  readonly pointer: string;
  readonly kind: PlaceKind;
  /** The kind of what it stands in, and its key or index there. */
  readonly within: PlaceKind;
  readonly key: string | number;
}

type Children = Readonly<Record<string, PlaceKind>>;

const extended: Children = { "x-amazon-apigateway-*": "extension" };
const anyOperation = Object.fromEntries([...methods, "trace"].map((name) => [name, "operation"] as const));
const schemaKeywords = Object.fromEntries([
  ...["items", "additionalProperties", "not"].map((name) => [name, "schema"] as const),
  ...["properties", "allOf", "anyOf", "oneOf", "definitions"].map((name) => [name, "schemas"] as const),
]);

/**
 * The kinds below each kind: `*` is any key, `x-amazon-apigateway-*` any such extension. Holds for OpenAPI 3.0
 * (https://spec.openapis.org/oas/v3.0.3) and for what Swagger 2.0 puts elsewhere.
 */
const childrenOf: Readonly<Partial<Record<PlaceKind, Children>>> = {
  document: {
    ...extended,
    "x-amazon-apigateway-documentation": "free",
    "x-amazon-apigateway-policy": "free",
    paths: "paths",
    servers: "servers",
    components: "components",
    definitions: "schemas",
    parameters: "parameters",
    responses: "responses",
    securityDefinitions: "securitySchemes",
  },
  components: {
    schemas: "schemas",
    parameters: "parameters",
    responses: "responses",
    requestBodies: "requestBodies",
    headers: "headers",
    securitySchemes: "securitySchemes",
  },
  paths: { "*": "pathItem" },
  pathItem: { ...extended, ...anyOperation, parameters: "parameters", servers: "servers", $ref: "reference" },
  operation: {
    ...extended,
    "x-amazon-apigateway-integration": "integration",
    parameters: "parameters",
    requestBody: "requestBody",
    responses: "responses",
    servers: "servers",
  },
  parameters: { "*": "parameter" },
  parameter: { schema: "schema", content: "content", items: "schema", $ref: "reference" },
  requestBodies: { "*": "requestBody" },
  requestBody: { content: "content", $ref: "reference" },
  responses: { "*": "response" },
  response: { content: "content", headers: "headers", schema: "schema", $ref: "reference" },
  headers: { "*": "header" },
  header: { schema: "schema", content: "content", items: "schema", $ref: "reference" },
  content: { "*": "mediaType" },
  mediaType: { schema: "schema" },
  schemas: { "*": "schema" },
  schema: { ...schemaKeywords, $ref: "reference" },
  securitySchemes: { "*": "securityScheme" },
  securityScheme: { ...extended, "x-amazon-apigateway-authorizer": "authorizer" },
  authorizer: { "*": "extension" },
  integration: { "*": "extension", responses: "integrationResponses" },
  integrationResponses: { "*": "integrationResponse" },
  integrationResponse: { "*": "extension" },
  extension: { "*": "extension" },
};

function kindBelow(kind: PlaceKind, key: string | number): PlaceKind {
  const name = String(key);
  const children = childrenOf[kind] ?? {};
  if (Object.hasOwn(children, name)) return children[name] ?? "free";
  const isOwnExtension = name.startsWith("x-amazon-apigateway-") && "x-amazon-apigateway-*" in children;
  if (isOwnExtension) return "extension";
  // A path or status is never called x-…; a schema, header or parameter may be.
  if ((kind === "paths" || kind === "responses") && name.startsWith("x-")) return "free";
  return children["*"] ?? "free";
}

export function placeAt(kind: PlaceKind): Place {
  return { pointer: "", kind, within: "free", key: "" };
}

export function placeBelow(place: Place, key: string | number): Place {
  const kind = kindBelow(place.kind, key);
  return { pointer: place.pointer + jsonPointer(key), kind, within: place.kind, key };
}

/** Every value with its place, parents first, in document order. */
export function* walkPlaces(
  root: Json,
  kind: PlaceKind = "document",
): Generator<{ value: Json; place: Place }> {
  const waiting = [{ value: root, place: placeAt(kind) }];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    const { value, place } = node;
    const entries = Array.isArray(value)
      ? [...value.entries()]
      : isJsonObject(value)
        ? Object.entries(value)
        : [];
    for (const [key, child] of entries.toReversed()) {
      waiting.push({ value: child, place: placeBelow(place, key) });
    }
  }
}

/** A copy in which `change` has seen every value, what lies below it first. */
export function mapPlaces(
  root: Json,
  change: (value: Json, place: Place) => Json,
  from: Place = placeAt("document"),
): Json {
  const visit = (value: Json, place: Place): Json => change(below(value, place), place);
  const below = (value: Json, place: Place): Json => {
    if (Array.isArray(value)) return value.map((entry, index) => visit(entry, placeBelow(place, index)));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, visit(entry, placeBelow(place, key))]),
    );
  };
  return visit(root, from);
}
