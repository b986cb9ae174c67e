import type { Expression } from "./expression.ts";
import { functions } from "./functions.ts";

/** Finds what a reference means. */
export interface Scope {
  /**
   * @param path the names of a reference, such as `["var", "region"]` or `["aws_sqs_queue", "intake", "arn"]`
   * @returns the value of as many names as belong to it; the others are looked up in the value
   * @throws Error if there is nothing of that name
   */
  lookUp(path: readonly string[]): { readonly value: unknown; readonly names: number };
}

/** @throws Error saying what cannot be evaluated */
export function evaluate(expression: Expression, scope: Scope): unknown {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "template":
      return expression.parts.map((part) => textOf(evaluate(part, scope))).join("");
    case "list":
      return expression.items.map((item) => evaluate(item, scope));
    case "object":
      return Object.fromEntries(
        expression.entries.map(([key, value]) => [textOf(evaluate(key, scope)), evaluate(value, scope)]),
      );
    case "for":
      return repeat(expression, scope);
    case "name":
    case "access":
      return access(expression, scope);
    case "call":
      return call(expression, scope);
    case "operation":
      return operate(expression.operator, expression.operands, scope);
  }
}

/** Values in a template are written as Terraform writes them: null and structures have no text. */
function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new Error(`${value === null ? "null" : JSON.stringify(value)} cannot be converted to text`);
}

function access(expression: Expression, scope: Scope): unknown {
  const keys: unknown[] = [];
  let start = expression;
  for (; start.kind === "access"; start = start.of) keys.unshift(evaluate(start.key, scope));
  if (start.kind !== "name") return keys.reduce(select, evaluate(start, scope));
  const path = [start.name, ...keys.map(String)];
  const { value, names } = scope.lookUp(path);
  return keys.slice(names - 1).reduce(select, value);
}

function select(value: unknown, key: unknown): unknown {
  const found = Array.isArray(value)
    ? value[Number(key)]
    : typeof value === "object" && value !== null && Object.hasOwn(value, String(key))
      ? Object.entries(value).find(([name]) => name === String(key))?.[1]
      : undefined;
  if (found === undefined) throw new Error(`there is no "${key}" in ${JSON.stringify(value)?.slice(0, 100)}`);
  return found;
}

function repeat({ name, of, each }: Expression & { kind: "for" }, scope: Scope): unknown[] {
  const items = evaluate(of, scope);
  if (!Array.isArray(items)) throw new Error(`${JSON.stringify(items)} is not a list`);
  return items.map((value) =>
    evaluate(each, {
      lookUp: (path) => (path[0] === name ? { value, names: 1 } : scope.lookUp(path)),
    }),
  );
}

function call({ name, args }: Expression & { kind: "call" }, scope: Scope): unknown {
  if (name === "can") return attempt(args, scope) !== undefined;
  if (name === "try") {
    const first = attempt(args, scope);
    if (first === undefined) throw new Error("no argument of try can be evaluated");
    return first.value;
  }
  const compute = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (compute === undefined) throw new Error(`the function "${name}" is not known here`);
  return compute(args.map((argument) => evaluate(argument, scope)));
}

/** The first that can be evaluated. */
function attempt(expressions: readonly Expression[], scope: Scope): { readonly value: unknown } | undefined {
  for (const expression of expressions) {
    try {
      return { value: evaluate(expression, scope) };
    } catch {
      // The next one may do.
    }
  }
  return undefined;
}

const arithmetic: Readonly<Record<string, (left: number, right: number) => unknown>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "%": (left, right) => left % right,
  "<": (left, right) => left < right,
  ">": (left, right) => left > right,
  "<=": (left, right) => left <= right,
  ">=": (left, right) => left >= right,
};

function operate(operator: string, operands: readonly Expression[], scope: Scope): unknown {
  const operand = (index: number): unknown => {
    const expression = operands[index];
    return expression === undefined ? undefined : evaluate(expression, scope);
  };
  if (operator === "?") return condition(operand(0)) ? operand(1) : operand(2);
  if (operator === "&&") return condition(operand(0)) && condition(operand(1));
  if (operator === "||") return condition(operand(0)) || condition(operand(1));
  if (operator === "!") return !condition(operand(0));
  if (operator === "==") return JSON.stringify(operand(0)) === JSON.stringify(operand(1));
  if (operator === "!=") return JSON.stringify(operand(0)) !== JSON.stringify(operand(1));
  if (operands.length === 1) return -numberOf(operand(0));
  return arithmetic[operator]?.(numberOf(operand(0)), numberOf(operand(1)));
}

function condition(value: unknown): boolean {
  if (typeof value !== "boolean") throw new Error(`${JSON.stringify(value)} is neither true nor false`);
  return value;
}

function numberOf(value: unknown): number {
  if (typeof value !== "number") throw new Error(`${JSON.stringify(value)} is not a number`);
  return value;
}
