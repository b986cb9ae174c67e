import { UserError } from "../../contract/user-error.ts";

const termForm = /^\(?\s*(\$[\w.]+)\s*(!?=)\s*(?:"([^"]*)"|(-?\d+(?:\.\d+)?))\s*\)?$/;

/**
 * Whether a log event matches a JSON pattern of terms that are joined by `&&`: fields that equal, or don't equal, a
 * number or a text with `*` at its end.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 * @throws {UserError} where it is something else
 */
export function matchesFilter(pattern: string, event: unknown): boolean {
  const inner = /^\{(.*)\}$/s.exec(pattern.trim())?.[1];
  if (inner === undefined) throw new UserError(`"${pattern}" is no JSON pattern`);
  return inner.split("&&").every((text) => {
    const [, selector = "", operator, expected, number] = termForm.exec(text.trim()) ?? [];
    if (operator === undefined) throw new UserError(`"${text.trim()}" is not executed here`);
    const value = selectField(event, selector);
    // A field that is not there equals nothing, and is not unequal to anything either.
    if (value === undefined) return false;
    const isEqual = number === undefined ? equalsText(value, expected ?? "") : value === Number(number);
    return isEqual === (operator === "=");
  });
}

/** The value below a selector such as `$.record.metrics`, or undefined. */
export function selectField(event: unknown, selector: string): unknown {
  return selector
    .replace(/^\$\.?/, "")
    .split(".")
    .reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, key)
          ? (value as Record<string, unknown>)[key]
          : undefined,
      event,
    );
}

function equalsText(value: unknown, expected: string): boolean {
  if (typeof value !== "string") return false;
  return expected.endsWith("*") ? value.startsWith(expected.slice(0, -1)) : value === expected;
}
