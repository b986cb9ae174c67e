import { expect, offsetOf, peek, type Scanner, TemplateSyntaxError, take, unexpected } from "./scanner.ts";
import type { Expression, Operator, Reference, Step, TemplateNode } from "./syntax.ts";

/** Reads a text in double quotes as the template that it is; given by the parser of templates. */
export type ParseText = (text: string, base: number, depth: number) => readonly TemplateNode[];

export interface ExpressionScanner extends Scanner {
  readonly parseText: ParseText;
  /** Of brackets, blocks and quoted templates around this place. */
  depth: number;
}

/** More than any template that somebody writes, and far from the end of the stack. */
const MAX_DEPTH = 100;

/** As many as a calculation may make. */
const MAX_DIGITS = 1000;

/** Runs a part of the parser one level deeper. */
export function nested<Result>(scanner: ExpressionScanner, parse: () => Result): Result {
  if (scanner.depth >= MAX_DEPTH) {
    throw new TemplateSyntaxError(`more than ${MAX_DEPTH} levels are nested`, offsetOf(scanner));
  }
  scanner.depth += 1;
  const result = parse();
  scanner.depth -= 1;
  return result;
}

/** From the weakest to the strongest; operators of one level are read from left to right. */
const levels: readonly RegExp[] = [
  /\|\||or\b/y,
  /&&|and\b/y,
  /==|!=|eq\b|ne\b/y,
  /<=|>=|<|>|le\b|ge\b|lt\b|gt\b/y,
  /[+-]/y,
  /[*/%]/y,
];

const operators: Readonly<Record<string, Operator>> = {
  or: "||",
  and: "&&",
  eq: "==",
  ne: "!=",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">=",
};

/** What stands in the brackets of `#if` and behind the sign of `#set`. */
export function parseExpression(scanner: ExpressionScanner, level = 0): Expression {
  const pattern = levels[level];
  if (pattern === undefined) return parseUnary(scanner);
  let left = parseExpression(scanner, level + 1);
  for (;;) {
    // A sign before a digit belongs to the number, as in Velocity 1.7, and `5 -1` is no expression.
    if (peek(scanner, /-\.?\d/y) !== undefined) return left;
    const operator = take(scanner, pattern)?.[0];
    if (operator === undefined) return left;
    const right = parseExpression(scanner, level + 1);
    left = { kind: "binary", operator: operators[operator] ?? (operator as Operator), left, right };
  }
}

function parseUnary(scanner: ExpressionScanner): Expression {
  skipSpace(scanner);
  if (take(scanner, /!|not\b/y) !== undefined) {
    return { kind: "not", operand: nested(scanner, () => parseUnary(scanner)) };
  }
  if (take(scanner, /\(/y) === undefined) return parseOperand(scanner);
  const inner = nested(scanner, () => parseExpression(scanner));
  expect(scanner, /\)/y, "a closing bracket");
  skipSpace(scanner);
  return inner;
}

/** An argument of a method, an item of a list: a value without operators. */
export function parseOperand(scanner: ExpressionScanner): Expression {
  skipSpace(scanner);
  const operand = nested(scanner, () => parseValue(scanner));
  skipSpace(scanner);
  return operand;
}

function parseValue(scanner: ExpressionScanner): Expression {
  const offset = offsetOf(scanner);
  const decimal = take(
    scanner,
    /-?(?:\d+\.(?!\.)\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)/y,
  );
  if (decimal !== undefined) return { kind: "literal", value: Number(decimal[0]) };
  const integer = take(scanner, /-?\d+/y);
  if (integer !== undefined) return { kind: "literal", value: integerOf(integer[0], offset) };
  const truth = take(scanner, /(?:true|false)\b/y);
  if (truth !== undefined) return { kind: "literal", value: truth[0] === "true" };
  if (peek(scanner, /"/y) !== undefined) return parseDoubleQuoted(scanner);
  if (peek(scanner, /'/y) !== undefined) return parseSingleQuoted(scanner);
  if (take(scanner, /\[/y) !== undefined) return parseListOrRange(scanner);
  if (take(scanner, /\{/y) !== undefined) return parseMap(scanner);
  const reference = parseReference(scanner);
  if (reference !== undefined) return reference;
  if (peek(scanner, /null\b/y) !== undefined) {
    throw new TemplateSyntaxError(
      "Velocity has no keyword null. Write $null, an undefined reference",
      offset,
    );
  }
  throw unexpected(scanner, "a value");
}

function integerOf(digits: string, offset: number): bigint {
  if (digits.length <= MAX_DIGITS) return BigInt(digits);
  throw new TemplateSyntaxError(`a number has more than ${MAX_DIGITS} digits`, offset);
}

function parseSingleQuoted(scanner: Scanner): Expression {
  const [, text = ""] = expect(scanner, /'((?:[^']|'')*)'/y, "a text with its closing quote");
  return { kind: "literal", value: text.replaceAll("''", "'") };
}

/** A backslash escapes nothing here, two quotes stand for one, and `\u0041` is a character. */
function parseDoubleQuoted(scanner: ExpressionScanner): Expression {
  const base = offsetOf(scanner) + 1;
  const [, quoted = ""] = expect(scanner, /"((?:[^"]|"")*)"/y, "a text with its closing quote");
  const text = quoted
    .replaceAll('""', '"')
    .replace(/\\u([0-9a-fA-F]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  if (!/[$#]/.test(text)) return { kind: "literal", value: text };
  return { kind: "interpolated", body: scanner.parseText(text, base, scanner.depth) };
}

function parseListOrRange(scanner: ExpressionScanner): Expression {
  skipSpace(scanner);
  if (take(scanner, /\]/y) !== undefined) return { kind: "list", items: [] };
  const items = [parseOperand(scanner)];
  if (take(scanner, /\.\./y) !== undefined) {
    const to = parseOperand(scanner);
    expect(scanner, /\]/y, "the end of the range");
    return { kind: "range", from: items[0] ?? to, to };
  }
  while (take(scanner, /,/y) !== undefined) items.push(parseOperand(scanner));
  expect(scanner, /\]/y, "a comma or the end of the list");
  return { kind: "list", items };
}

function parseMap(scanner: ExpressionScanner): Expression {
  skipSpace(scanner);
  const entries: [Expression, Expression][] = [];
  if (take(scanner, /\}/y) !== undefined) return { kind: "map", entries };
  do {
    const key = parseOperand(scanner);
    expect(scanner, /:/y, "a colon and the value");
    entries.push([key, parseOperand(scanner)]);
  } while (take(scanner, /,/y) !== undefined);
  expect(scanner, /\}/y, "a comma or the end of the map");
  return { kind: "map", entries };
}

/** `$name`, `$!name`, `${name}` with what follows; undefined where the dollar sign is only text. */
export function parseReference(scanner: ExpressionScanner): Reference | undefined {
  const start = take(scanner, /\$!?(\{)?([A-Za-z_][\w-]*)/y);
  if (start === undefined) return undefined;
  const [, brace, name = ""] = start;
  const steps = nested(scanner, () => parseSteps(scanner));
  if (brace !== undefined) expect(scanner, /\}/y, "the closing brace of a reference");
  return { kind: "reference", name, steps };
}

function parseSteps(scanner: ExpressionScanner): Step[] {
  const steps: Step[] = [];
  for (;;) {
    const offset = offsetOf(scanner);
    if (take(scanner, /\[/y) !== undefined) {
      const index = parseOperand(scanner);
      expect(scanner, /\]/y, "the end of an index");
      steps.push({ kind: "index", index, offset });
      continue;
    }
    const name = take(scanner, /\.([A-Za-z][\w-]*)/y)?.[1];
    if (name === undefined) return steps;
    // A bracket in which no argument can begin is text.
    const isMethod = take(scanner, /\((?=\s*(?:["'[{$)]|-?\.?\d|true\b|false\b))/y) !== undefined;
    steps.push(
      isMethod
        ? { kind: "method", name, arguments: parseArguments(scanner), offset: offset + 1 }
        : { kind: "property", name, offset: offset + 1 },
    );
  }
}

function parseArguments(scanner: ExpressionScanner): Expression[] {
  skipSpace(scanner);
  if (take(scanner, /\)/y) !== undefined) return [];
  const found = [parseOperand(scanner)];
  while (take(scanner, /,/y) !== undefined) found.push(parseOperand(scanner));
  expect(scanner, /\)/y, "a comma or the end of the arguments");
  return found;
}

export function skipSpace(scanner: Scanner): void {
  take(scanner, /[ \t\r\n]+/y);
}
