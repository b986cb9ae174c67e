import type { TemplateNode } from "./syntax.ts";
import type { Work } from "./work.ts";

/**
 * A value as Java has it: a bigint is an Integer, Long or BigInteger by its size, a number is a Double, and null is what is
 * not there.
 */
export type Value =
  | null
  | string
  | boolean
  | bigint
  | number
  | ListValue
  | MapValue
  | EntryValue
  | ObjectValue
  | BlockValue;

/** `JSONArray` is a list of a JSON document, which prints as JSON; `ArrayList` one that a template wrote. */
export interface ListValue {
  readonly kind: "list";
  readonly type: "JSONArray" | "ArrayList" | "Set" | "Collection" | "String[]";
  readonly items: Value[];
}

/** A LinkedHashMap: its keys keep their order. */
export interface MapValue {
  readonly kind: "map";
  readonly entries: Map<Value, Value>;
}

export interface EntryValue {
  readonly kind: "entry";
  readonly key: Value;
  readonly value: Value;
}

/** One of API Gateway's own: `$input`, `$util`, or `$foreach` of a loop. */
export interface ObjectValue {
  readonly kind: "object";
  readonly type: string;
  readonly properties: ReadonlyMap<string, Value>;
  readonly methods: ReadonlyMap<string, HostMethod>;
}

/** Takes the arguments that are there, and does with absent ones what it likes. */
export type HostMethod = (args: readonly Value[], work: Work) => Value;

/** What `#define` names: it is rendered where it is used. */
export interface BlockValue {
  readonly kind: "block";
  readonly body: readonly TemplateNode[];
}

export function listOf(items: Iterable<Value>, type: ListValue["type"] = "ArrayList"): ListValue {
  return { kind: "list", type, items: [...items] };
}

export function mapOf(entries: Iterable<readonly [Value, Value]> = []): MapValue {
  return { kind: "map", entries: new Map(entries) };
}

/** The name of a value's class, as messages say it. */
export function typeOf(value: Value): string {
  if (value === null) return "nothing";
  if (typeof value === "string") return "String";
  if (typeof value === "boolean") return "Boolean";
  if (typeof value === "number") return "Double";
  if (typeof value === "bigint") return integerTypeOf(value);
  if (value.kind === "list") return value.type;
  if (value.kind === "object") return value.type;
  return { map: "Map", entry: "Map.Entry", block: "String" }[value.kind];
}

export function integerTypeOf(value: bigint): "Integer" | "Long" | "BigInteger" {
  if (BigInt.asIntN(32, value) === value) return "Integer";
  return BigInt.asIntN(64, value) === value ? "Long" : "BigInteger";
}

/** A value of JavaScript's JSON as a template sees it. */
export function fromPlain(value: unknown): Value {
  if (Array.isArray(value)) return listOf(value.map(fromPlain), "JSONArray");
  if (typeof value === "object" && value !== null) {
    return mapOf(Object.entries(value).map(([name, child]) => [name, fromPlain(child)] as const));
  }
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  return typeof value === "string" || typeof value === "boolean" ? value : null;
}
