import { typeOf, type Value } from "../values.ts";
import { spendForSize, TemplateFailure, type Work } from "../work.ts";
import { arrayMethods, collectionMethods, listMethods } from "./lists.ts";
import { entryMethods, mapMethods } from "./maps.ts";
import { describeCall, findSignature, type Methods } from "./method.ts";
import { booleanMethods, numberMethods } from "./numbers.ts";
import { stringMethods } from "./strings.ts";

/** The methods that some value has. */
export const knownMethods: ReadonlySet<string> = new Set(
  [
    ...[stringMethods, numberMethods, booleanMethods, listMethods],
    ...[arrayMethods, collectionMethods, mapMethods, entryMethods],
  ].flatMap((methods) => [...methods.keys()]),
);

/**
 * Calls a method of Java. What is not there answers for texts as an empty one, since API Gateway's templates see it as such,
 * and has no other methods: these give nothing again.
 * @throws TemplateFailure where the value's class has no such method, or the method fails
 */
export function callMethod(value: Value, name: string, args: readonly Value[], work: Work): Value {
  spendForSize(work, sizeOf(value));
  if (value === null) return stringMethods.has(name) ? call(stringMethods, "", name, args, work) : null;
  if (typeof value === "string") return call(stringMethods, value, name, args, work);
  if (typeof value === "boolean") return call(booleanMethods, value, name, args, work);
  if (typeof value !== "object") return call(numberMethods, value, name, args, work);
  switch (value.kind) {
    case "list":
      return call(methodsOfList(value.type), value, name, args, work);
    case "map":
      return call(mapMethods, value, name, args, work);
    case "entry":
      return call(entryMethods, value, name, args, work);
    case "object": {
      const method = value.methods.get(name);
      if (method === undefined) throw noSuchMethod(value, name, args);
      return method(args, work);
    }
    case "block":
      throw noSuchMethod(value, name, args);
  }
}

function call<Self extends Value>(
  methods: Methods<Self>,
  self: Self,
  name: string,
  args: readonly Value[],
  work: Work,
): Value {
  const found = findSignature(methods.get(name) ?? [], args);
  if (found === undefined) throw noSuchMethod(self, name, args);
  return found.call(self, args, work);
}

function sizeOf(value: Value): number {
  if (typeof value === "string") return value.length;
  if (typeof value !== "object" || value === null) return 0;
  return value.kind === "list" ? value.items.length : value.kind === "map" ? value.entries.size : 0;
}

function methodsOfList(type: "JSONArray" | "ArrayList" | "Set" | "Collection" | "String[]") {
  if (type === "String[]") return arrayMethods;
  return type === "Set" || type === "Collection" ? collectionMethods : listMethods;
}

function noSuchMethod(value: Value, name: string, args: readonly Value[]): TemplateFailure {
  return new TemplateFailure(`${typeOf(value)} has no method ${describeCall(name, args)}`);
}
