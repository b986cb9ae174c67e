import { callMethod } from "./methods/call-method.ts";
import { itemAt, setItem } from "./methods/lists.ts";
import { apply } from "./operators.ts";
import { enter, type Scope } from "./scope.ts";
import type { BinaryExpression, Expression, Reference, Step } from "./syntax.ts";
import { listOf, mapOf, type Value } from "./values.ts";
import { at, spend, TemplateFailure } from "./work.ts";

export function evaluate(expression: Expression, scope: Scope): Value {
  spend(scope.work);
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "reference":
      return evaluateReference(expression, scope);
    case "interpolated":
      return scope.render(expression.body, scope);
    case "list":
      return listOf(expression.items.map((item) => operandOf(item, scope)));
    case "range":
      return rangeOf(operandOf(expression.from, scope), operandOf(expression.to, scope), scope);
    case "map":
      return mapOf(
        expression.entries.map(([key, value]) => [operandOf(key, scope), operandOf(value, scope)] as const),
      );
    case "not":
      return !isTrue(expression.operand, scope);
    case "binary":
      return evaluateBinary(expression, scope);
  }
}

function evaluateBinary({ operator, left, right }: BinaryExpression, scope: Scope): Value {
  if (operator === "&&") return isTrue(left, scope) && isTrue(right, scope);
  if (operator === "||") return isTrue(left, scope) || isTrue(right, scope);
  return apply(operator, operandOf(left, scope), operandOf(right, scope), scope.work);
}

/** What is not there is an empty text to operators and methods: AWS answered that it equals `""`, and `$null` as well. */
function operandOf(expression: Expression, scope: Scope): Value {
  return evaluate(expression, scope) ?? "";
}

/**
 * As in Velocity 1.7: of references all is true that is there and not false, an empty text and 0 included. Of literals only
 * `true` is.
 */
export function isTrue(expression: Expression, scope: Scope): boolean {
  const value = evaluate(expression, scope);
  return expression.kind === "reference" ? value !== null && value !== false : value === true;
}

const MAX_RANGE = 100_000n;

function rangeOf(from: Value, to: Value, scope: Scope): Value {
  if (typeof from !== "bigint" || typeof to !== "bigint") return null;
  const size = (from < to ? to - from : from - to) + 1n;
  if (size > MAX_RANGE) throw new TemplateFailure(`a range has more than ${MAX_RANGE} numbers`);
  spend(scope.work, Number(size));
  const step = from <= to ? 1n : -1n;
  return listOf(Array.from({ length: Number(size) }, (_, index) => from + step * BigInt(index)));
}

export function evaluateReference({ name, steps }: Reference, scope: Scope): Value {
  let value = read(scope.variables.get(name), scope);
  for (const step of steps) {
    const of = value;
    value = read(
      at(step.offset, () => follow(of, step, scope)),
      scope,
    );
  }
  return value;
}

/** A block that `#define` named is rendered where it is read. */
function read(value: Value, scope: Scope): Value {
  if (typeof value !== "object" || value?.kind !== "block") return value;
  return scope.render(value.body, enter(scope));
}

function follow(value: Value, step: Step, scope: Scope): Value {
  spend(scope.work);
  if (step.kind === "property") return propertyOf(value, step.name);
  if (step.kind === "index") return itemOf(value, operandOf(step.index, scope));
  const args = step.arguments.map((argument) => operandOf(argument, scope));
  return callMethod(value, step.name, args, scope.work);
}

/** A key of a map, or what Java's getters give: `$text.empty`, `$entry.key`. */
function propertyOf(value: Value, name: string): Value {
  if (typeof value === "string") return name === "empty" ? value === "" : null;
  if (typeof value !== "object" || value === null) return null;
  switch (value.kind) {
    case "map":
      return value.entries.get(name) ?? null;
    case "list":
      return name === "empty" && value.type !== "String[]" ? value.items.length === 0 : null;
    case "entry":
      return name === "key" ? value.key : name === "value" ? value.value : null;
    case "object":
      return value.properties.get(name) ?? null;
    case "block":
      return null;
  }
}

/** Collections that are no lists have no indexes. */
function itemOf(value: Value, index: Value): Value {
  if (typeof value !== "object" || value === null) return null;
  if (value.kind === "map") return value.entries.get(index) ?? null;
  if (value.kind !== "list" || typeof index !== "bigint") return null;
  return value.type === "Set" || value.type === "Collection" ? null : itemAt(value, index);
}

/** `#set`: what cannot be set, such as a property of a text, stays as it is. */
export function assign({ name, steps }: Reference, value: Value, scope: Scope): void {
  const last = steps.at(-1);
  if (last === undefined) {
    scope.variables.set(name, value);
    return;
  }
  const container = evaluateReference({ kind: "reference", name, steps: steps.slice(0, -1) }, scope);
  if (typeof container !== "object" || container === null || last.kind === "method") return;
  const key = last.kind === "property" ? last.name : operandOf(last.index, scope);
  if (container.kind === "map") container.entries.set(key, value ?? "");
  if (container.kind === "list" && typeof key === "bigint") setItem(container, [key, value ?? ""]);
}
