import {
  type ExpressionScanner,
  nested,
  parseExpression,
  parseOperand,
  parseReference,
  skipSpace,
} from "./parse-expression.ts";
import { atEnd, expect, offsetOf, peek, TemplateSyntaxError, take, unexpected } from "./scanner.ts";
import type { Branch, Expression, TemplateNode } from "./syntax.ts";

/**
 * Reads a template as Velocity 1.7 does:
 * https://github.com/apache/velocity-engine/blob/01119452b161f5d4f35a234e784c252c771e639e/src/parser/Parser.jjt
 * @throws TemplateSyntaxError
 */
export function parseTemplate(text: string, base = 0, depth = 0): readonly TemplateNode[] {
  const scanner: ExpressionScanner = { text, base, position: 0, parseText: parseTemplate, depth };
  const { nodes, end } = parseBlock(scanner);
  if (end !== undefined) throw new TemplateSyntaxError(`#${end.word} has no block to close`, end.offset);
  return nodes;
}

interface Block {
  readonly nodes: readonly TemplateNode[];
  /** What ended it; undefined at the end of the text. */
  readonly end: { readonly word: "end" | "else" | "elseif"; readonly offset: number } | undefined;
}

const LINE_END = /(?:[ \t]*(?:\r\n|\n|\r))?/y;
const CLOSING = /\)(?:[ \t]*(?:\r\n|\n|\r))?/y;
const WORD = /#(?:\{([A-Za-z_]\w*)\}|([A-Za-z_@][\w@]*))/y;

function parseBlock(scanner: ExpressionScanner): Block {
  const nodes: TemplateNode[] = [];
  while (!atEnd(scanner)) {
    const offset = offsetOf(scanner);
    const plain = parsePlain(scanner);
    if (plain !== undefined) {
      nodes.push(...plain);
      continue;
    }
    const [source, braced, bare] = take(scanner, WORD) ?? [];
    const word = braced ?? bare;
    if (word === "end" || word === "else" || word === "elseif") {
      if (word !== "elseif") take(scanner, LINE_END);
      return { nodes, end: { word, offset } };
    }
    if (source === undefined || word === undefined) {
      nodes.push({ kind: "text", text: scanner.text[scanner.position++] ?? "" });
      continue;
    }
    nodes.push(...parseDirective(scanner, word, source, offset));
  }
  return { nodes, end: undefined };
}

/** Everything but directives with a word; undefined where such a one may begin. */
function parsePlain(scanner: ExpressionScanner): TemplateNode[] | undefined {
  // Blanks before `#set` belong to it where nothing but a directive or a reference stands before them.
  if (take(scanner, /[ \t]*#(?:set|\{set\}) *\(/y) !== undefined) return [parseSet(scanner)];
  const text = take(scanner, /[^$#\\]+/y);
  if (text !== undefined) return [{ kind: "text", text: text[0] }];
  if (take(scanner, /##[^\r\n]*(?:\r\n|\n|\r)?|#\*(?:[^*]|\*(?!#))*(?:\*#)?/y) !== undefined) return [];
  if (peek(scanner, /#\[\[/y) !== undefined) {
    const [, raw = ""] = expect(scanner, /#\[\[((?:[^\]]|\](?!\]#))*)\]\]#/y, "]]# after #[[");
    return [{ kind: "text", text: raw }];
  }
  return parseEscaped(scanner) ?? parsePrinted(scanner);
}

/** Backslashes before a directive. Those before a reference belong to it. */
function parseEscaped(scanner: ExpressionScanner): TemplateNode[] | undefined {
  const escaped = peek(scanner, /(\\+)(#(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*)))/y);
  if (escaped === undefined) {
    const start = scanner.position;
    const backslashes = take(scanner, /\\+/y);
    if (backslashes === undefined) return undefined;
    if (peek(scanner, /\$!?\{?[A-Za-z_]/y) === undefined) return [{ kind: "text", text: backslashes[0] }];
    scanner.position = start;
    return undefined;
  }
  const [source, backslashes = "", directive = "", braced, bare] = escaped;
  const known = directiveWords.has(braced ?? bare ?? "");
  const kept = known ? "\\".repeat(Math.floor(backslashes.length / 2)) : backslashes;
  const isEscape = backslashes.length % 2 === 1;
  scanner.position += isEscape ? source.length : backslashes.length;
  return [{ kind: "text", text: isEscape ? kept + directive : kept }];
}

function parsePrinted(scanner: ExpressionScanner): TemplateNode[] | undefined {
  const start = scanner.position;
  const backslashes = take(scanner, /\\*(?=\$!?\{?[A-Za-z_])/y)?.[0].length;
  if (backslashes === undefined) return undefined;
  const from = scanner.position;
  const reference = parseReference(scanner);
  if (reference === undefined) {
    scanner.position = start;
    return undefined;
  }
  return [{ kind: "print", reference, backslashes, source: scanner.text.slice(from, scanner.position) }];
}

/** In these words a directive of Velocity's own is called. */
const directiveWords: ReadonlySet<string> = new Set([
  ...["if", "elseif", "else", "end", "set", "stop", "foreach", "macro", "define", "break"],
  ...["parse", "include", "evaluate", "literal"],
]);

const refused: ReadonlySet<string> = new Set(["parse", "include", "evaluate", "literal"]);

function parseDirective(
  scanner: ExpressionScanner,
  word: string,
  source: string,
  offset: number,
): TemplateNode[] {
  if (refused.has(word) || word.startsWith("@")) {
    if (peek(scanner, /\s*\(/y) === undefined) return [{ kind: "text", text: source }];
    throw new TemplateSyntaxError(`#${word} is not executed here`, offset);
  }
  if (word === "stop") return [{ kind: "stop" }];
  if (word === "break") return parseBreak(scanner, offset);
  const parse = directives.get(word);
  if (parse !== undefined) {
    expect(scanner, /\s*\(/y, `a bracket behind #${word}`);
    return [parse(scanner)];
  }
  if (take(scanner, /\s*\(/y) === undefined) return [{ kind: "text", text: source }];
  if (word === "set")
    throw new TemplateSyntaxError(
      "the bracket must be on the line of #set, with only blanks before it",
      offset,
    );
  return [parseMacroCall(scanner, word, offset)];
}

function parseBreak(scanner: ExpressionScanner, offset: number): TemplateNode[] {
  if (take(scanner, /\s*\(\s*\)/y) === undefined && peek(scanner, /\s*\(\s*\$/y) !== undefined) {
    throw new TemplateSyntaxError("#break with an argument is not executed here", offset);
  }
  return [{ kind: "break" }];
}

const directives: ReadonlyMap<string, (scanner: ExpressionScanner) => TemplateNode> = new Map([
  ["if", parseIf],
  ["foreach", parseForeach],
  ["macro", parseMacro],
  ["define", parseDefine],
]);

function parseSet(scanner: ExpressionScanner): TemplateNode {
  skipSpace(scanner);
  const target = parseReference(scanner);
  if (target === undefined) throw unexpected(scanner, "the reference that is set");
  skipSpace(scanner);
  expect(scanner, /=/y, "the sign =");
  const value = parseExpression(scanner);
  expect(scanner, CLOSING, "the closing bracket of #set");
  return { kind: "set", target, value };
}

function parseIf(scanner: ExpressionScanner): TemplateNode {
  const branches: Branch[] = [];
  for (;;) {
    const condition = parseExpression(scanner);
    expect(scanner, CLOSING, "the closing bracket of #if");
    const { nodes, end } = nested(scanner, () => parseBlock(scanner));
    branches.push({ condition, body: nodes });
    if (end?.word === "elseif") {
      expect(scanner, /\s*\(/y, "a bracket behind #elseif");
      continue;
    }
    if (end?.word === "else") return { kind: "if", branches, otherwise: parseBody(scanner, "#else") };
    if (end === undefined) throw unexpected(scanner, "#end of an #if");
    return { kind: "if", branches, otherwise: [] };
  }
}

/** Up to its `#end`. */
function parseBody(scanner: ExpressionScanner, of: string): readonly TemplateNode[] {
  const { nodes, end } = nested(scanner, () => parseBlock(scanner));
  if (end?.word === "end") return nodes;
  if (end === undefined) throw unexpected(scanner, `#end of ${of}`);
  throw new TemplateSyntaxError(`#${end.word} is not allowed in ${of}`, end.offset);
}

function parseForeach(scanner: ExpressionScanner): TemplateNode {
  const variable = parseVariable(scanner, "#foreach");
  expect(scanner, /\s*in(?!\w)/y, "the word in");
  const items = parseOperand(scanner);
  expect(scanner, CLOSING, "the closing bracket of #foreach");
  return { kind: "foreach", variable, items, body: parseBody(scanner, "#foreach") };
}

function parseDefine(scanner: ExpressionScanner): TemplateNode {
  const variable = parseVariable(scanner, "#define");
  skipSpace(scanner);
  expect(scanner, CLOSING, "the closing bracket of #define");
  return { kind: "define", variable, body: parseBody(scanner, "#define") };
}

function parseMacro(scanner: ExpressionScanner): TemplateNode {
  const [, name = ""] = expect(scanner, /\s*([A-Za-z_]\w*)/y, "the name of a macro");
  const parameters: string[] = [];
  while (peek(scanner, /[\s,]*\$/y) !== undefined) {
    take(scanner, /[\s,]+/y);
    parameters.push(parseVariable(scanner, "#macro"));
  }
  skipSpace(scanner);
  expect(scanner, CLOSING, "the closing bracket of #macro");
  return { kind: "macro", name, macro: { parameters, body: parseBody(scanner, "#macro") } };
}

function parseVariable(scanner: ExpressionScanner, of: string): string {
  skipSpace(scanner);
  const reference = parseReference(scanner);
  if (reference === undefined || reference.steps.length > 0) throw unexpected(scanner, `a variable in ${of}`);
  return reference.name;
}

/** A word as an argument is allowed only where it is text: `#word (of a sentence)`. */
function parseMacroCall(scanner: ExpressionScanner, name: string, offset: number): TemplateNode {
  const found: Expression[] = [];
  skipSpace(scanner);
  while (peek(scanner, /\)/y) === undefined) {
    if (take(scanner, /[A-Za-z_]\w*/y) === undefined) found.push(parseOperand(scanner));
    take(scanner, /[\s,]+/y);
  }
  const source = scanner.text.slice(offset - scanner.base, scanner.position);
  const closing = expect(scanner, CLOSING, "the closing bracket of a macro's call")[0];
  return { kind: "macro-call", name, arguments: found, source: source + closing };
}
