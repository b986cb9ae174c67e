import { type ListValue, type MapValue, typeOf, type Value } from "../values.ts";
import type { Work } from "../work.ts";

/** What parameters of methods take, by the name of the class or interface. */
interface ParameterTypes {
  readonly String: string;
  readonly int: bigint;
  readonly Number: bigint | number;
  readonly Boolean: boolean;
  readonly Collection: ListValue;
  readonly Map: MapValue;
  readonly Object: Value;
}

type ParameterName = keyof ParameterTypes;

/** One signature of a method of a Java class. */
export interface Signature<Self> {
  readonly parameters: readonly ParameterName[];
  call(self: Self, args: readonly Value[], work: Work): Value;
}

export type Methods<Self> = ReadonlyMap<string, readonly Signature<Self>[]>;

/** Makes a signature: the body gets its arguments with their types. */
export function signature<Self, const Names extends readonly ParameterName[]>(
  parameters: Names,
  body: (self: Self, args: { readonly [I in keyof Names]: ParameterTypes[Names[I]] }, work: Work) => Value,
): Signature<Self> {
  // The caller has asked `findSignature` whether the arguments are of these types.
  return { parameters, call: (self, args, work) => body(self, args as never, work) };
}

/** The first signature that takes these arguments. */
export function findSignature<Self>(
  signatures: readonly Signature<Self>[],
  args: readonly Value[],
): Signature<Self> | undefined {
  return signatures.find(
    ({ parameters }) =>
      parameters.length === args.length &&
      parameters.every((name, index) => accepts(name, args[index] ?? null)),
  );
}

function accepts(name: ParameterName, value: Value): boolean {
  switch (name) {
    case "String":
      return typeof value === "string";
    case "int":
      return typeof value === "bigint" && typeOf(value) === "Integer";
    case "Number":
      return typeof value === "bigint" || typeof value === "number";
    case "Boolean":
      return typeof value === "boolean";
    case "Collection":
      return typeof value === "object" && value?.kind === "list";
    case "Map":
      return typeof value === "object" && value?.kind === "map";
    case "Object":
      return true;
  }
}

/** A call as a message names it: `substring(String)`. */
export function describeCall(name: string, args: readonly Value[]): string {
  return `${name}(${args.map(typeOf).join(", ")})`;
}
