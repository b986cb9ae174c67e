import {
  applyEdits,
  type Edit,
  hasComment,
  NotEditable,
  parseSource,
  rangeOf,
  type SourceFile,
} from "./source-file.ts";

type Statement = SourceFile["statements"][number];
type ImportStatement = Extract<Statement, { type: "ImportDeclaration" }>;

/**
 * A text that imports constants of a module, and their names there. It uses an existing import.
 * @throws NotEditable if something else has one of the names
 */
export function importConstants(
  text: string,
  module: string,
  constants: readonly string[],
): { readonly text: string; readonly names: readonly string[] } {
  const source = parseSource(text);
  const statements = source.statements.filter((statement) => statement.type === "ImportDeclaration");
  const own = statements.find(
    ({ source: { value }, importKind }) => value === module && importKind !== "type",
  );
  const local = localNames(own);
  const missing = constants.filter((name) => !local.has(name));
  const taken = missing.filter((name) => declares(source, name));
  if (taken.length > 0)
    throw new NotEditable(`declares ${taken.join(" and ")} itself, instead of importing from ${module}`);
  const edits = missing.length === 0 ? [] : [importEdit(source, statements, { own, module, missing })];
  return { text: applyEdits(text, edits), names: constants.map((name) => local.get(name) ?? name) };
}

/** By their names in the module. */
function localNames(statement: ImportStatement | undefined): Map<string, string> {
  return new Map(
    statement?.specifiers.flatMap((each) =>
      each.type === "ImportSpecifier" && each.imported.type === "Identifier"
        ? [[each.imported.name, each.local.name] as const]
        : [],
    ),
  );
}

function declares({ statements }: SourceFile, name: string): boolean {
  return statements.some((statement) => {
    if (statement.type === "ImportDeclaration")
      return statement.specifiers.some(({ local }) => local.name === name);
    const declaration = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    return (
      declaration?.type === "VariableDeclaration" &&
      declaration.declarations.some(({ id }) => id.type === "Identifier" && id.name === name)
    );
  });
}

interface Missing {
  readonly own: ImportStatement | undefined;
  readonly module: string;
  readonly missing: readonly string[];
}

function importEdit(
  source: SourceFile,
  statements: readonly ImportStatement[],
  { own, module, missing }: Missing,
): Edit {
  if (own !== undefined) return addedSpecifiers(source, own, missing);
  const text = `import { ${missing.toSorted().join(", ")} } from ${JSON.stringify(module)};\n`;
  const next = statements.find(({ source: { value } }) => comesAfter(value, module));
  const last = statements.at(-1);
  if (next !== undefined || last === undefined) {
    const start = next === undefined ? 0 : rangeOf(next).start;
    return { start, end: start, text };
  }
  const end = source.text.indexOf("\n", rangeOf(last).end) + 1;
  return { start: end, end, text };
}

/** In the formatter's order: packages, then `../`, then `./`. */
function comesAfter(module: string, other: string): boolean {
  const distance = (each: string) => (each.startsWith("./") ? 2 : each.startsWith("../") ? 1 : 0);
  return distance(module) - distance(other) > 0 || (distance(module) === distance(other) && module > other);
}

function addedSpecifiers(source: SourceFile, own: ImportStatement, missing: readonly string[]): Edit {
  const range = rangeOf(own);
  const isPlain = own.specifiers.every(({ type }) => type === "ImportSpecifier");
  if (!isPlain || hasComment(source, range))
    throw new NotEditable("has an import that the command cannot extend");
  const there = own.specifiers.map((each) => source.text.slice(rangeOf(each).start, rangeOf(each).end));
  const order = (name: string) => name.replace(/^type /, "").toLowerCase();
  const all = [...there, ...missing].toSorted((a, b) => (order(a) < order(b) ? -1 : 1));
  return { ...range, text: `import { ${all.join(", ")} } from ${JSON.stringify(own.source.value)};` };
}
