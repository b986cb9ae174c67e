import { type Values, variablesIn } from "./conditions.ts";
import type { Variable } from "./read-stack.ts";

/** Texts that break the rules of names, each in another way. What breaks a rule alone is found by trying. */
const TEXTS = [
  "#",
  "a b",
  "",
  "a..b",
  "aws:x",
  "sg-abc",
  "xn--abc",
  "abc-an",
  "192.168.5.4",
  // A network of IPv6: its own address, and as large as one of IPv4 may be.
  "fd00::/16",
  "10.0.0.1/24",
  "10.0.0.0/28",
  "10.0.0.0/7",
  "x".repeat(700),
  // A host name of more than 253 characters, with labels of at most 63.
  `${`${"a".repeat(60)}.`.repeat(5)}example`,
];

/** Items of a list or keys of a map by their number, of each form that lists here have. */
const NUMBERED: readonly ((index: number) => string)[] = [
  (index) => `10.${Math.floor(index / 256)}.${index % 256}.0/24`,
  (index) => `subnet-${index.toString(16).padStart(8, "0")}`,
  (index) => String(1_000_000 + index),
  (index) => `e${index}`,
];

/**
 * Values of a variable that may break one of the rules, or keep all: at the edges of its own rules and of that one, as texts
 * that break names, and as the values of other variables.
 * @param condition of the rule, which may be another variable's
 */
export function candidatesFor(variable: Variable, condition: string, values: Values): unknown[] {
  const conditions = [condition, ...variable.rules.map((rule) => rule.condition)];
  const { value } = variable;
  switch (variable.type) {
    case "number":
      return around([...numbersIn(conditions), ...(typeof value === "number" ? [value] : [])]);
    case "string":
      return [...textsNear(value, condition, values), ...TEXTS];
    case "list(string)":
      return listsOf(Array.isArray(value) ? value : [], limitsIn(conditions));
    case "map(string)":
      return mapsOf(typeof value === "object" && value !== null ? value : {}, limitsIn(conditions));
    default:
      return [];
  }
}

const numbersIn = (conditions: readonly string[]) =>
  conditions.flatMap((each) => each.match(/\d+(\.\d+)?/g) ?? []).map(Number);

/** Lengths that are the most. */
const limitsIn = (conditions: readonly string[]) =>
  conditions.flatMap((each) =>
    [...each.matchAll(/length\(\S+\) <= (\d+)/g)].map(([, limit]) => Number(limit)),
  );

const around = (numbers: readonly number[]) => [
  ...new Set(numbers.flatMap((number) => [number - 1, number + 1, number])),
];

/** The values of those that a rule compares it with, and an ARN of another region and one of something else. */
function textsNear(value: unknown, condition: string, values: Values): string[] {
  const others = variablesIn(condition).map((name) => values[name]);
  const parts = typeof value === "string" && value.startsWith("arn:") ? value.split(":") : undefined;
  const elsewhere = parts
    ? [parts.with(3, "elsewhere-1").join(":"), parts.with(-1, "alias/else").join(":")]
    : [];
  return [
    ...elsewhere,
    ...others.filter((other) => typeof other === "string" && other !== value).map(String),
  ];
}

function listsOf(value: readonly unknown[], limits: readonly number[]): unknown[][] {
  const twice = value.slice(0, 1).flatMap((item) => [item, item]);
  return [[], ...TEXTS.map((text) => [text]), twice, ...manyItems(limits)];
}

/** With what is there, since a rule may ask for that. */
function mapsOf(value: object, limits: readonly number[]): Record<string, string>[] {
  return [
    ...TEXTS.map((text) => ({ ...value, [text]: "x" })),
    ...TEXTS.map((text) => ({ ...value, key: text })),
    ...manyItems(limits).map((keys) => ({ ...value, ...Object.fromEntries(keys.map((key) => [key, "x"])) })),
  ];
}

/** At least one item more than there may be. */
function manyItems(limits: readonly number[]): string[][] {
  return limits.flatMap((limit) =>
    NUMBERED.map((item) => Array.from({ length: limit + 1 }, (_, index) => item(index))),
  );
}
