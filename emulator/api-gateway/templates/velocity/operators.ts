import { toText } from "./print.ts";
import type { Operator } from "./syntax.ts";
import { integerTypeOf, type Value } from "./values.ts";
import { made, spend, spendForSize, TemplateFailure, type Work } from "./work.ts";

/** An operator over two values. What Velocity cannot compute is nothing, and what it cannot compare is false. */
export function apply(operator: Operator, left: Value, right: Value, work: Work): Value {
  switch (operator) {
    case "==":
      return looselyEqual(left, right, work);
    case "!=":
      return !looselyEqual(left, right, work);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return isNumber(left) && isNumber(right) && compare(operator, left, right);
    case "+":
      if (typeof left === "string" || typeof right === "string") {
        return made(textOf(left, work) + textOf(right, work), work);
      }
      return calculate(operator, left, right);
    default:
      return calculate(operator, left, right);
  }
}

function textOf(value: Value, work: Work): string {
  return value === null ? "" : toText(value, work);
}

function isNumber(value: Value): value is bigint | number {
  return typeof value === "bigint" || typeof value === "number";
}

function compare(operator: "<" | "<=" | ">" | ">=", left: bigint | number, right: bigint | number): boolean {
  if (operator === "<") return left < right;
  if (operator === "<=") return left <= right;
  return operator === ">" ? left > right : left >= right;
}

/** Velocity compares numbers as numbers, values of one class by `equals`, and all others by what they print. */
function looselyEqual(left: Value, right: Value, work: Work): boolean {
  if (isNumber(left) && isNumber(right)) return !(left < right) && !(left > right);
  if (kindOf(left) === kindOf(right)) return javaEquals(left, right, work);
  return textOf(left, work) === textOf(right, work);
}

function kindOf(value: Value): string {
  if (value === null) return "null";
  return typeof value === "object" ? value.kind : typeof value;
}

/** Java's `equals`: numbers of different classes are not equal. */
export function javaEquals(left: Value, right: Value, work: Work): boolean {
  if (typeof left === "string" && typeof right === "string") {
    spendForSize(work, Math.min(left.length, right.length));
    return left === right;
  }
  spend(work);
  if (left === right) return true;
  if (typeof left === "bigint" && typeof right === "bigint") {
    return left === right && integerTypeOf(left) === integerTypeOf(right);
  }
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (left.kind === "list" && right.kind === "list") {
    return (
      left.items.length === right.items.length &&
      left.items.every((item, index) => javaEquals(item, right.items[index] ?? null, work))
    );
  }
  if (left.kind === "map" && right.kind === "map") {
    return (
      left.entries.size === right.entries.size &&
      [...left.entries].every(
        ([key, value]) => right.entries.has(key) && javaEquals(value, right.entries.get(key) ?? null, work),
      )
    );
  }
  return left.kind === "entry" && right.kind === "entry"
    ? javaEquals(left.key, right.key, work) && javaEquals(left.value, right.value, work)
    : false;
}

const MAX_DIGITS = 10n ** 1000n;

function calculate(operator: Operator, left: Value, right: Value): Value {
  if (typeof left === "bigint" && typeof right === "bigint") {
    if ((operator === "/" || operator === "%") && right === 0n) return null;
    const result = calculateIntegers(operator, left, right);
    if (result > MAX_DIGITS || result < -MAX_DIGITS) {
      throw new TemplateFailure("it makes a number of more than 1,000 digits");
    }
    return result;
  }
  if (!isNumber(left) || !isNumber(right)) return null;
  return calculateDoubles(operator, Number(left), Number(right));
}

function calculateIntegers(operator: Operator, left: bigint, right: bigint): bigint {
  if (operator === "+") return left + right;
  if (operator === "-") return left - right;
  if (operator === "*") return left * right;
  return operator === "/" ? left / right : left % right;
}

function calculateDoubles(operator: Operator, left: number, right: number): Value {
  if (operator === "+") return left + right;
  if (operator === "-") return left - right;
  if (operator === "*") return left * right;
  if (right === 0) return null;
  return operator === "/" ? left / right : left % right;
}
