import * as z from "zod/mini";
import { isJsonObject, type Json, type JsonObject, objectAt, objectEntries } from "../../../openapi/json.ts";

/** What API Gateway's models know of a schema beside its parts. */
const keywords = [
  "description",
  "type",
  "enum",
  "pattern",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
  "multipleOf",
];

/**
 * What senders send, as a model of API Gateway: the part of JSON schema draft 4 that models understand. A model documents;
 * what it can't say (unknown properties, formats, unions, lengths of lists) the functions alone check.
 */
export function contractModel(contract: z.core.$ZodType): JsonObject {
  const schema: unknown = z.toJSONSchema(contract, {
    target: "draft-4",
    io: "input",
    unrepresentable: "any",
    cycles: "throw",
  });
  return isJsonObject(schema) ? toModel(schema) : {};
}

function toModel(schema: JsonObject): JsonObject {
  const alternatives = alternativesOf(schema);
  const [only, ...others] = alternatives;
  if (only !== undefined && others.length === 0) return { ...describe(schema), ...toModel(only) };
  if (only !== undefined) {
    return { ...describe(schema), ...(alternatives.every(isObject) && { type: "object" }) };
  }
  const kept = keywords.flatMap((keyword): [string, Json][] => {
    const value = schema[keyword];
    return value === undefined ? [] : [[keyword, value]];
  });
  return { ...Object.fromEntries(kept), ...propertiesOf(schema), ...itemsOf(schema) };
}

/** The schemas of a union; what may be null as well is described as if it may not. */
function alternativesOf(schema: JsonObject): JsonObject[] {
  // Checks of a text are not one schema of several: they come with its type.
  if (schema["type"] !== undefined) return [];
  return ["anyOf", "oneOf", "allOf"]
    .flatMap((key) => schema[key] ?? [])
    .filter(isJsonObject)
    .filter(({ type }) => type !== "null");
}

function isObject({ type }: JsonObject): boolean {
  return type === "object";
}

function describe({ description }: JsonObject): JsonObject {
  return description === undefined ? {} : { description };
}

function propertiesOf(schema: JsonObject): JsonObject {
  const { properties, required } = schema;
  if (properties === undefined) return {};
  const models = objectEntries(schema, "properties").map(([name, each]) => [name, toModel(each)]);
  return { properties: Object.fromEntries(models), ...(required !== undefined && { required }) };
}

function itemsOf(schema: JsonObject): JsonObject {
  if (!isJsonObject(schema["items"])) return {};
  const { minItems = 0, maxItems } = schema;
  const length = maxItems === undefined ? {} : { description: `${minItems} to ${maxItems} of them.` };
  return { ...length, ...describe(schema), items: toModel(objectAt(schema, "items")) };
}
