import { evaluate, type Scope } from "../../emulator/terraform/evaluate.ts";
import { type Expression, parseTemplate } from "../../emulator/terraform/expression.ts";

export type Values = Readonly<Record<string, unknown>>;

const parsed = new Map<string, Expression>();

/**
 * Whether a condition such as `${var.a > 1}` holds.
 * @param roots what `var` and `self` mean
 * @throws Error where it is neither true nor false
 */
export function holds(condition: string, roots: Readonly<Record<string, Values>>): boolean {
  const expression = parsed.get(condition) ?? parseTemplate(condition);
  parsed.set(condition, expression);
  const result = evaluate(expression, scopeOf(roots));
  if (typeof result !== "boolean") throw new Error(`${condition} is neither true nor false`);
  return result;
}

/** The same, where it is not known for what cannot be evaluated here, such as a function of a provider. */
export function isKnownToHold(
  condition: string,
  roots: Readonly<Record<string, Values>>,
): boolean | undefined {
  try {
    return holds(condition, roots);
  } catch {
    return undefined;
  }
}

function scopeOf(roots: Readonly<Record<string, Values>>): Scope {
  return {
    lookUp([root = "", name = ""]) {
      const values = roots[root];
      if (values === undefined || !Object.hasOwn(values, name))
        throw new Error(`there is no ${root}.${name}`);
      return { value: values[name], names: 2 };
    },
  };
}

/** Names of the variables of which a condition speaks. */
export function variablesIn(condition: string): string[] {
  return [...new Set([...condition.matchAll(/\bvar\.(\w+)/g)].map(([, name = ""]) => name))];
}
