import { expect, peek, type Scanner, TemplateSyntaxError, take, unexpected } from "./scanner.ts";
import { listOf, mapOf, type Value } from "./values.ts";

/** JSON may be nested this deep; API Gateway's own limit is not documented. */
const MAX_DEPTH = 512;

/**
 * JSON with Java's numbers (`1` an Integer, `1.0` a Double, none loses digits) and with keys in their order, which
 * `JSON.parse` keeps neither of.
 * @throws TemplateSyntaxError
 */
export function parseJsonValue(text: string): Value {
  const scanner: Scanner = { text, base: 0, position: 0 };
  const value = parseValue(scanner, 0);
  skipSpace(scanner);
  expect(scanner, /$/y, "the end of the JSON text");
  return value;
}

function parseValue(scanner: Scanner, depth: number): Value {
  if (depth > MAX_DEPTH)
    throw new TemplateSyntaxError(`more than ${MAX_DEPTH} levels are nested`, scanner.position);
  skipSpace(scanner);
  if (take(scanner, /\{/y) !== undefined) return parseObject(scanner, depth);
  if (take(scanner, /\[/y) !== undefined) return parseList(scanner, depth);
  if (peek(scanner, /"/y) !== undefined) return parseText(scanner);
  const word = take(scanner, /true|false|null/y)?.[0];
  if (word !== undefined) return word === "null" ? null : word === "true";
  const number = take(scanner, /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y);
  if (number === undefined) throw unexpected(scanner, "a JSON value");
  const [digits, fraction, exponent] = number;
  if (fraction !== undefined || exponent !== undefined || digits.length > 1000) return Number(digits);
  return BigInt(digits);
}

function parseObject(scanner: Scanner, depth: number): Value {
  const entries: [Value, Value][] = [];
  skipSpace(scanner);
  if (take(scanner, /\}/y) !== undefined) return mapOf();
  do {
    skipSpace(scanner);
    const key = parseText(scanner);
    skipSpace(scanner);
    expect(scanner, /:/y, "a colon");
    entries.push([key, parseValue(scanner, depth + 1)]);
    skipSpace(scanner);
  } while (take(scanner, /,/y) !== undefined);
  expect(scanner, /\}/y, "a comma or a closing brace");
  return mapOf(entries);
}

function parseList(scanner: Scanner, depth: number): Value {
  const items: Value[] = [];
  skipSpace(scanner);
  if (take(scanner, /\]/y) !== undefined) return listOf(items, "JSONArray");
  do {
    items.push(parseValue(scanner, depth + 1));
    skipSpace(scanner);
  } while (take(scanner, /,/y) !== undefined);
  expect(scanner, /\]/y, "a comma or a closing bracket");
  return listOf(items, "JSONArray");
}

/** Found without a pattern of alternatives, which long texts would overflow. */
function parseText(scanner: Scanner): string {
  const start = scanner.position;
  expect(scanner, /"/y, "a text in quotes");
  for (;;) {
    take(scanner, /[^"\\]+/y);
    if (take(scanner, /\\./sy) === undefined) break;
  }
  expect(scanner, /"/y, "a closing quote");
  try {
    return String(JSON.parse(scanner.text.slice(start, scanner.position)));
  } catch {
    throw new TemplateSyntaxError("a text has a character that JSON does not allow", start);
  }
}

function skipSpace(scanner: Scanner): void {
  take(scanner, /[ \t\r\n]+/y);
}
