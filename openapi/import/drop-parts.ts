import { type Place, walkPlaces } from "../document-places.ts";
import { isJsonObject, type Json, type JsonObject, objectAt, stringAt } from "../json.ts";
import { jsonPointer } from "../json-pointer.ts";
import { inlineGeneratedModels } from "./inline-models.ts";
import { isEmpty, type Kept, type Reason, removeParts } from "./remove-parts.ts";
import { shownEndpoint } from "./shown-endpoint.ts";
import { isFirstVersion } from "./sign-of-http-api.ts";

const ownedByStack = "the stack supplies it";
const securityPolicy = "x-amazon-apigateway-security-policy";
const accessMode = "x-amazon-apigateway-endpoint-access-mode";

const topParts: Readonly<Record<string, string>> = {
  servers: ownedByStack,
  host: ownedByStack,
  basePath: "the environment names the stage",
  schemes: ownedByStack,
  "x-amazon-apigateway-policy": ownedByStack,
  "x-amazon-apigateway-endpoint-configuration": ownedByStack,
};

/** The document without parts that belong to one environment or are empty, and a list of these parts. */
export function dropParts(document: JsonObject): Kept {
  const inlined = inlineGeneratedModels(document);
  // The parts that show the endpoint are removed too, so this reason reads them first.
  const reasons = [
    endpointReason(document),
    topReason,
    tagReason,
    integrationReason,
    cacheReason(document),
    contentReason,
    defaultModelReason(inlined.document),
  ];
  return reasons.reduce<Kept>((before, reason) => {
    const after = removeParts(before.document, reason);
    return { document: after.document, dropped: [...before.dropped, ...after.dropped] };
  }, inlined);
}

/** Servers may also stand in a path or an operation. */
const topReason: Reason = (_, { within, kind, key }) => {
  if (within === "document") return Object.hasOwn(topParts, key) ? topParts[key] : undefined;
  return kind === "servers" ? ownedByStack : undefined;
};

/** Tags of the API in API Gateway. Tags of operations belong to OpenAPI. */
const tagReason: Reason = (value, { pointer }) => {
  const isTag = /^\/tags\/\d+$/.test(pointer);
  return isTag && isJsonObject(value) && "x-amazon-apigateway-tag-value" in value ? ownedByStack : undefined;
};

/**
 * API Gateway exports BUFFERED for every proxy integration, and it is the default
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/response-transfer-mode.html).
 */
const integrationReason: Reason = (value, { within, key }) => {
  if (within !== "integration") return undefined;
  if (key === "responseTransferMode" && value === "BUFFERED") return "BUFFERED is API Gateway's default";
  if (key === "payloadFormatVersion" && isFirstVersion(value)) return "only HTTP APIs use it";
  return undefined;
};

/**
 * A cache namespace that is the id of a resource, which is API Gateway's default. A namespace that methods of several paths
 * share is a choice, and stays.
 */
function cacheReason(document: JsonObject): Reason {
  const isNamespace = ({ within, key }: Place) => within === "integration" && key === "cacheNamespace";
  const paths = new Map<string, Set<string | undefined>>();
  for (const { value, place } of walkPlaces(document)) {
    if (!isNamespace(place) || typeof value !== "string") continue;
    paths.set(value, (paths.get(value) ?? new Set()).add(place.pointer.split("/")[2]));
  }
  return (value, place) => {
    const isId = isNamespace(place) && typeof value === "string" && /^[a-z0-9]{6,10}$/.test(value);
    return isId && paths.get(value)?.size === 1 ? "the resource's id is API Gateway's default" : undefined;
  };
}

/** An export in OpenAPI 3.0 has `content: {}` wherever one in Swagger 2.0 has no schema. */
const contentReason: Reason = (value, { within, kind }) => {
  return within === "response" && kind === "content" && isEmpty(value) ? "it is empty" : undefined;
};

/**
 * The TLS settings of an endpoint that is not private do not apply to a private one: TLS_1_0 would lower it, and API Gateway
 * refuses policies of edge endpoints there. TLS_1_2 is the default of a private API
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html).
 */
function endpointReason(document: JsonObject): Reason {
  const endpoint = shownEndpoint(document);
  const policy = stringAt(document, securityPolicy);
  const isOthers = endpoint === "other" || policy === "TLS_1_0" || policy?.endsWith("_EDGE");
  const isDefault = endpoint === "private" && policy === "TLS_1_2";
  return (_, { within, key }) => {
    if (within !== "document" || (key !== securityPolicy && key !== accessMode)) return undefined;
    if (isOthers) return "it belongs to an endpoint that is not private";
    return isDefault && key === securityPolicy ? "it is the default of private APIs" : undefined;
  };
}

/** The models that API Gateway gives every new API, where nothing refers to them. */
function defaultModelReason(document: JsonObject): Reason {
  const used = new Set(
    [...walkPlaces(document)].flatMap(({ value, place }) => (place.kind === "reference" ? [value] : [])),
  );
  return (value, { within, pointer, key }) => {
    const isOwn = within === "schemas" && pointer === jsonPointer("components", "schemas", key);
    if (!isOwn || used.has(`#${pointer}`) || !isDefaultModel(String(key), value)) return undefined;
    return "nothing refers to it";
  };
}

function isDefaultModel(name: string, model: Json): boolean {
  if (!isJsonObject(model)) return false;
  if (name === "Empty") return Object.keys(model).every((key) => ["type", "title", "$schema"].includes(key));
  const { type, title, properties } = model;
  const message = objectAt(objectAt(model, "properties"), "message");
  const isError = type === "object" && title === "Error Schema" && isJsonObject(properties);
  return name === "Error" && isError && Object.keys(properties).length === 1 && message["type"] === "string";
}
