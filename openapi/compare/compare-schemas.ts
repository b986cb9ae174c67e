import { isJsonObject, type Json, type JsonObject, objectAt, stringAt, stringsAt } from "../json.ts";
import { resolvePointer } from "../json-pointer.ts";
import type { OpenApiDocument } from "../openapi-document.ts";

/** Whether a schema describes data that callers send, which must still be accepted, or receive, which they must still understand. */
export type Direction = "request" | "response";

/** A difference of two schemas. */
export interface SchemaChange {
  readonly breaking: boolean;
  /** Of the place below the schema, in words of properties: `address.city`; empty for the schema itself. */
  readonly place: string;
  readonly message: string;
}

export interface SchemaSide {
  readonly document: OpenApiDocument;
  readonly schema: Json | undefined;
}

/** The differences for callers who send or receive a value of this schema, without descriptions and examples. */
export function compareSchemas(before: SchemaSide, after: SchemaSide, direction: Direction): SchemaChange[] {
  return compareAt({ before, after, direction, place: [], seen: new Set() });
}

interface Comparison {
  readonly before: SchemaSide;
  readonly after: SchemaSide;
  readonly direction: Direction;
  readonly place: readonly string[];
  /** Pairs of references that were compared: models may contain themselves, and say the same wherever they stand. */
  readonly seen: Set<string>;
}

const anything: JsonObject = {};

function compareAt(comparison: Comparison): SchemaChange[] {
  const before = resolveSchema(comparison.before);
  const after = resolveSchema(comparison.after);
  const pair = JSON.stringify([before.reference, after.reference]);
  const isReference = before.reference !== undefined || after.reference !== undefined;
  if (isReference && comparison.seen.has(pair)) return [];
  if (isReference) comparison.seen.add(pair);
  const inner = {
    ...comparison,
    before: { ...comparison.before, schema: before.schema },
    after: { ...comparison.after, schema: after.schema },
  };
  return comparisons.flatMap((compare) => compare(before.schema, after.schema, inner));
}

/** Follows references; a broken or circular one stands for anything, as the lint says of it elsewhere. */
function resolveSchema({ document, schema }: SchemaSide): { reference?: string; schema: JsonObject } {
  let current = schema;
  let reference: string | undefined;
  for (let steps = 0; steps < 32; steps += 1) {
    if (!isJsonObject(current)) return { schema: anything };
    const next = stringAt(current, "$ref");
    if (next === undefined) return { ...(reference !== undefined && { reference }), schema: current };
    reference = next;
    current = resolvePointer(document, next.slice(1));
  }
  return { schema: anything };
}

type Compare = (before: JsonObject, after: JsonObject, comparison: Comparison) => SchemaChange[];

const compareTypes: Compare = (before, after, comparison) => {
  const [was, is] = [before["type"], after["type"]];
  if (was === is) return [];
  const { direction } = comparison;
  // An integer is a number as well.
  const narrowed = (was === "number" && is === "integer") || was === undefined;
  const widened = (was === "integer" && is === "number") || is === undefined;
  const breaking = direction === "request" ? !widened : !narrowed;
  return [change(comparison, breaking, `the type changed from ${text(was)} to ${text(is)}`)];
};

/** Keywords that set a bound, and whether a higher value accepts more. */
const bounds: readonly { key: string; higherTakesMore: boolean }[] = [
  { key: "maxLength", higherTakesMore: true },
  { key: "maximum", higherTakesMore: true },
  { key: "maxItems", higherTakesMore: true },
  { key: "maxProperties", higherTakesMore: true },
  { key: "minLength", higherTakesMore: false },
  { key: "minimum", higherTakesMore: false },
  { key: "minItems", higherTakesMore: false },
  { key: "minProperties", higherTakesMore: false },
];

const compareBounds: Compare = (before, after, comparison) =>
  bounds.flatMap(({ key, higherTakesMore }) => {
    const unbound = higherTakesMore ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    const [was, is] = [before, after].map((schema) => {
      const value = schema[key];
      return typeof value === "number" ? value : unbound;
    }) as [number, number];
    if (was === is) return [];
    const takesMore = is > was === higherTakesMore;
    const breaking = takesMore === (comparison.direction === "response");
    return [change(comparison, breaking, `${key} changed from ${text(before[key])} to ${text(after[key])}`)];
  });

const compareEnums: Compare = (before, after, comparison) => {
  const [was, is] = [before["enum"], after["enum"]].map((value) =>
    Array.isArray(value) ? value : undefined,
  );
  const keysOf = (values: Json[] | undefined) => new Set(values?.map((value) => JSON.stringify(value)));
  const [wasKeys, isKeys] = [keysOf(was), keysOf(is)];
  if (was === undefined && is === undefined) return [];
  if (was === undefined || is === undefined) {
    const breaking = (is === undefined) === (comparison.direction === "response");
    return [
      change(
        comparison,
        breaking,
        is === undefined ? "every value is now allowed" : "only listed values are now allowed",
      ),
    ];
  }
  return [
    ...[...wasKeys]
      .filter((key) => !isKeys.has(key))
      .map((key) => change(comparison, comparison.direction === "request", `the value ${key} was removed`)),
    ...[...isKeys]
      .filter((key) => !wasKeys.has(key))
      .map((key) => change(comparison, comparison.direction === "response", `the value ${key} is new`)),
  ];
};

/** Any change of these may break callers, except if one is removed from a request or added to a response. */
const compareFormats: Compare = (before, after, comparison) =>
  ["format", "pattern", "multipleOf", "uniqueItems", "not", "allOf", "anyOf", "oneOf"].flatMap((key) => {
    if (JSON.stringify(before[key]) === JSON.stringify(after[key])) return [];
    const breaking = key in after === (comparison.direction === "request") || key in before === key in after;
    return [change(comparison, breaking, `${key} changed from ${text(before[key])} to ${text(after[key])}`)];
  });

const compareNullable: Compare = (before, after, comparison) => {
  const [was, is] = [before["nullable"] === true, after["nullable"] === true];
  if (was === is) return [];
  const breaking = is === (comparison.direction === "response");
  return [change(comparison, breaking, is ? "may now be null" : "may no longer be null")];
};

const compareProperties: Compare = (before, after, comparison) => {
  const { direction } = comparison;
  const [wasRequired, isRequired] = [before, after].map(
    (schema) => new Set(stringsAt(schema, "required")),
  ) as [Set<string>, Set<string>];
  const [was, is] = [before, after].map((schema) => objectAt(schema, "properties")) as [
    JsonObject,
    JsonObject,
  ];
  const names = [
    ...new Set([...Object.keys(was), ...Object.keys(is), ...wasRequired, ...isRequired]),
  ].toSorted();
  return names.flatMap((name) => {
    const inner = { ...comparison, place: [...comparison.place, name] };
    const [had, has] = [Object.hasOwn(was, name), Object.hasOwn(is, name)];
    const required = isRequired.has(name);
    if (had && !has) return [change(inner, true, "was removed")];
    if (!had && has) {
      const breaking = direction === "request" && required && !wasRequired.has(name);
      return [change(inner, breaking, required ? "is new and required" : "is new")];
    }
    return [
      ...(required === wasRequired.has(name)
        ? []
        : [
            change(
              inner,
              required === (direction === "request"),
              required ? "is now required" : "is now optional",
            ),
          ]),
      ...compareAt({
        ...inner,
        before: { ...comparison.before, schema: was[name] },
        after: { ...comparison.after, schema: is[name] },
      }),
    ];
  });
};

const compareItems: Compare = (before, after, comparison) => {
  if (!("items" in before || "items" in after)) return [];
  return compareAt({
    ...comparison,
    place: [...comparison.place, "[]"],
    before: { ...comparison.before, schema: before["items"] },
    after: { ...comparison.after, schema: after["items"] },
  });
};

const compareAdditional: Compare = (before, after, comparison) => {
  const [was, is] = [before["additionalProperties"] ?? true, after["additionalProperties"] ?? true];
  if (JSON.stringify(was) === JSON.stringify(is)) return [];
  if (isJsonObject(was) && isJsonObject(is)) {
    return compareAt({
      ...comparison,
      place: [...comparison.place, "*"],
      before: { ...comparison.before, schema: was },
      after: { ...comparison.after, schema: is },
    });
  }
  const takesMore = is === true || was === false;
  const breaking = takesMore === (comparison.direction === "response");
  return [change(comparison, breaking, `other properties: ${text(is)}; before: ${text(was)}`)];
};

const comparisons: readonly Compare[] = [
  compareTypes,
  compareBounds,
  compareEnums,
  compareFormats,
  compareNullable,
  compareProperties,
  compareItems,
  compareAdditional,
];

function change({ place }: Comparison, breaking: boolean, message: string): SchemaChange {
  return { breaking, place: place.join("."), message };
}

function text(value: Json | undefined): string {
  return value === undefined ? "not given" : JSON.stringify(value);
}
