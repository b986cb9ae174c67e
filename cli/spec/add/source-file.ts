import { type ParseResult, parse } from "@babel/parser";

type Program = ParseResult["program"];
type Statement = Program["body"][number];
export type Expression = Extract<Statement, { type: "ExpressionStatement" }>["expression"];
export type ObjectLiteral = Extract<Expression, { type: "ObjectExpression" }>;
export type ListLiteral = Extract<Expression, { type: "ArrayExpression" }>;
export type Property = ObjectLiteral["properties"][number];

/** A text that replaces the text from `start` to `end`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** TypeScript source and its syntax tree. */
export interface SourceFile {
  readonly text: string;
  readonly statements: readonly Statement[];
  readonly comments: readonly Range[];
}

/** The reason why only a person can edit a source. */
export class NotEditable extends Error {
  override readonly name = "NotEditable";
}

/** @throws NotEditable if the text is not TypeScript */
export function parseSource(text: string): SourceFile {
  try {
    const { program, comments } = parse(text, { sourceType: "module", plugins: ["typescript"] });
    return { text, statements: program.body, comments: (comments ?? []).map(rangeOf) };
  } catch (error) {
    throw new NotEditable(`is not valid TypeScript: ${(error as Error).message}`, { cause: error });
  }
}

export function rangeOf({ start, end }: { start?: number | null; end?: number | null }): Range {
  if (start == null || end == null) throw new Error("the parser gave a node without its position");
  return { start, end };
}

/** Edits of one text that do not overlap, at once. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((after, { start, end, text }) => after.slice(0, start) + text + after.slice(end), text);
}

/** The value of a top-level constant, without `satisfies` and `as const`. */
export function constantNamed({ statements }: SourceFile, name: string): Expression {
  const declarations = statements.map((statement) =>
    statement.type === "ExportNamedDeclaration" ? statement.declaration : statement,
  );
  for (const declaration of declarations) {
    if (declaration?.type !== "VariableDeclaration") continue;
    const found = declaration.declarations.find(({ id }) => id.type === "Identifier" && id.name === name);
    if (found?.init) return withoutType(found.init);
  }
  throw new NotEditable(`has no constant ${name}`);
}

export function withoutType(expression: Expression): Expression {
  const isTyped =
    expression.type === "TSSatisfiesExpression" ||
    expression.type === "TSAsExpression" ||
    expression.type === "ParenthesizedExpression";
  return isTyped ? withoutType(expression.expression) : expression;
}

/** The property of an object that is written with its value. If there are several of one name, the last. */
export function propertyNamed(
  object: ObjectLiteral,
  name: string,
): { property: Property; value: Expression } | undefined {
  const property = object.properties.findLast((each) => {
    if (each.type !== "ObjectProperty" || each.computed) return false;
    const { key } = each;
    return key.type === "Identifier" ? key.name === name : key.type === "StringLiteral" && key.value === name;
  });
  if (property?.type !== "ObjectProperty" || property.shorthand) return undefined;
  return { property, value: property.value as Expression };
}

export function hasComment({ comments }: SourceFile, within: Range): boolean {
  return comments.some(({ start, end }) => start >= within.start && end <= within.end);
}

/** The indentation of the line that has this place. */
export function indentAt(text: string, place: number): string {
  const line = text.slice(text.lastIndexOf("\n", place - 1) + 1, place);
  return /^[ \t]*/.exec(line)?.[0] ?? "";
}
