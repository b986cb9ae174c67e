import { mapPlaces } from "../document-places.ts";
import { isJsonObject, type Json, type JsonObject, objectAt, stringAt } from "../json.ts";
import { methods } from "../methods.ts";

/**
 * A body that stands at a path, for all of its operations, or among the parameters of the document, put where it is
 * one of OpenAPI 3.0: with each operation.
 */
export function moveBodies(swagger: JsonObject): JsonObject {
  const shared = objectAt(swagger, "parameters");
  const resolve = (parameter: Json): Json => {
    const name = isJsonObject(parameter)
      ? stringAt(parameter, "$ref")?.replace(/^#\/parameters\//, "")
      : undefined;
    const target = name === undefined ? undefined : shared[name];
    return target !== undefined && isBody(target) ? target : parameter;
  };
  const resolved = mapPlaces(swagger, (value, { within }) =>
    within === "parameters" ? resolve(value) : value,
  );
  const { paths, parameters, ...rest } = resolved as JsonObject;
  const others = Object.entries(isJsonObject(parameters) ? parameters : {}).filter(
    ([, each]) => !isBody(each),
  );
  return {
    ...rest,
    ...(isJsonObject(paths) && { paths: withEachBody(paths) }),
    ...(others.length > 0 && { parameters: Object.fromEntries(others) }),
  };
}

function withEachBody(paths: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(paths).map(([path, item]) => [path, isJsonObject(item) ? withOwnBodies(item) : item]),
  );
}

function withOwnBodies(item: JsonObject): JsonObject {
  const parameters = Array.isArray(item["parameters"]) ? item["parameters"] : [];
  const bodies = parameters.filter(isBody);
  if (bodies.length === 0) return item;
  const { parameters: _, ...rest } = item;
  const others = parameters.filter((parameter) => !isBody(parameter));
  const operations = Object.entries(rest).map(([key, value]): [string, Json] => {
    if (!methods.includes(key) || !isJsonObject(value)) return [key, value];
    const own = Array.isArray(value["parameters"]) ? value["parameters"] : [];
    return [key, own.some(isBody) ? value : { ...value, parameters: [...own, ...bodies] }];
  });
  return { ...Object.fromEntries(operations), ...(others.length > 0 && { parameters: others }) };
}

export function isBody(parameter: Json): boolean {
  return isJsonObject(parameter) && parameter["in"] === "body";
}
