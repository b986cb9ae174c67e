import { javaEquals } from "../operators.ts";
import { toText } from "../print.ts";
import type { Value } from "../values.ts";
import { TemplateFailure } from "../work.ts";
import { type Methods, type Signature, signature } from "./method.ts";

type JavaNumber = bigint | number;

/** Those of `java.lang.Integer`, `Long` and `Double`, and the static ones that `#set($Integer = 0)` is written for. */
export const numberMethods: Methods<JavaNumber> = new Map<string, Signature<JavaNumber>[]>([
  ["toString", [signature([], (self, _, work) => toText(self, work))]],
  ["equals", [signature(["Object"], (self, [other], work) => javaEquals(self, other, work))]],
  ["compareTo", [signature(["Number"], (self, [other]) => (self < other ? -1n : self > other ? 1n : 0n))]],
  ["intValue", [signature([], (self) => BigInt.asIntN(32, truncated(self)))]],
  ["longValue", [signature([], (self) => BigInt.asIntN(64, truncated(self)))]],
  ["doubleValue", [signature([], (self) => Number(self))]],
  ["parseInt", [signature(["String"], (_, [digits]) => parseInteger(digits, 32))]],
  ["parseLong", [signature(["String"], (_, [digits]) => parseInteger(digits, 64))]],
  ["parseDouble", [signature(["String"], (_, [digits]) => parseDouble(digits))]],
  [
    "valueOf",
    [
      signature(["String"], (self, [digits]) =>
        typeof self === "bigint" ? parseInteger(digits, 32) : parseDouble(digits),
      ),
      signature(["Number"], (_, [value]) => value),
    ],
  ],
]);

export const booleanMethods: Methods<boolean> = new Map<string, Signature<boolean>[]>([
  ["toString", [signature([], (self) => String(self))]],
  ["equals", [signature(["Object"], (self, [other]) => self === other)]],
  ["booleanValue", [signature([], (self) => self)]],
  ["compareTo", [signature(["Boolean"], (self, [other]) => BigInt(Number(self) - Number(other)))]],
  ["parseBoolean", [signature(["String"], (_, [word]) => word.toLowerCase() === "true")]],
]);

function truncated(value: JavaNumber): bigint {
  if (typeof value === "bigint") return value;
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
}

function parseInteger(digits: string, bits: number): Value {
  const value = /^[+-]?\d{1,19}$/.test(digits) ? BigInt(digits.replace("+", "")) : undefined;
  if (value === undefined || BigInt.asIntN(bits, value) !== value) {
    throw new TemplateFailure("a text to parse is not an integer");
  }
  return value;
}

function parseDouble(digits: string): Value {
  if (!/^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/.test(digits)) {
    throw new TemplateFailure("a text to parse is not a number");
  }
  return Number(digits);
}
