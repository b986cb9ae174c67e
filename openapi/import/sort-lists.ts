import { mapPlaces, type Place } from "../document-places.ts";
import { isJsonObject, type Json, type JsonObject } from "../json.ts";

/** Sorts lists whose order has no meaning: API Gateway exports them in different orders. */
export function sortLists(document: JsonObject): JsonObject {
  const sort = (value: Json, place: Place): Json => {
    if (!Array.isArray(value)) return value;
    if (place.kind === "parameters") {
      return value.toSorted((a, b) => compare(parameterRank(a), parameterRank(b)));
    }
    const isSet = isSetOfTexts(place) && value.every((entry) => typeof entry === "string");
    return isSet ? value.toSorted((a, b) => compare(String(a), String(b))) : value;
  };
  return mapPlaces(document, sort) as JsonObject;
}

function isSetOfTexts({ within, key }: Place): boolean {
  if (within === "integration") return key === "cacheKeyParameters";
  if (within === "authorizer") return key === "providerARNs";
  return within === "document" && key === "x-amazon-apigateway-binary-media-types";
}

/** Path, query, header, and by name within. */
function parameterRank(parameter: Json): string {
  if (!isJsonObject(parameter)) return "";
  const places = ["path", "query", "header"];
  return `${places.indexOf(String(parameter["in"])) + 1} ${parameter["in"]} ${parameter["name"] ?? parameter["$ref"]}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
