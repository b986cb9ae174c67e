import { describeLiteral, leftOverLiterals } from "../aws-literals/left-over.ts";
import type { Json } from "../json.ts";
import { resolvePointer } from "../json-pointer.ts";
import { literalKinds } from "../literal-kinds.ts";
import type { OpenApiDocument, Problem } from "../openapi-document.ts";
import { bindingOf } from "../placeholder-parts.ts";
import { listPlaceholders } from "../placeholders.ts";
import { connectionLiteral } from "../rules/account-literals.ts";
import { placeholderForm } from "../rules/canonical-form.ts";
import type { AccountHome } from "./account-home.ts";
import type { NamedLiteral } from "./name-literals.ts";

interface Imported {
  /** The document before its literals were replaced. */
  readonly original: Json;
  readonly home: AccountHome;
  readonly named: readonly NamedLiteral[];
}

/** Literals that may belong to one account and that the import cannot replace safely. Those that API Gateway reads are refused. */
export function leftOverProblems(document: OpenApiDocument, imported: Imported): Problem[] {
  return [
    ...[placeholderForm, connectionLiteral].flatMap(({ id, check }) =>
      check(document).map((finding) => ({ rule: id, ...finding })),
    ),
    ...literalProblems(document, imported),
    ...unknownKinds(document),
  ];
}

function literalProblems(document: OpenApiDocument, imported: Imported): Problem[] {
  return leftOverLiterals(document).flatMap(({ pointer, use, literal }) => {
    if (use === "described") return [];
    const message = describeLiteral(literal, asWritten(literal.text, pointer, imported));
    return [{ rule: literal.isRegion ? "region-literal" : "account-literal", pointer, message }];
  });
}

/** The text before the import replaced literals in it: its author does not know the placeholders. */
function asWritten(text: string, pointer: string, { original, home, named }: Imported): string {
  const before = resolvePointer(original, pointer);
  const written = new Map<string, string | undefined>([
    ...named.map(({ placeholder, text: literal }) => [placeholder, literal] as const),
    ...Object.entries(home),
  ]);
  return text.replace(/\{\{([^{}]+)\}\}/g, (placeholder, name) =>
    typeof before === "string" && before.includes(placeholder)
      ? placeholder
      : (written.get(name) ?? placeholder),
  );
}

const plainNames: ReadonlySet<string> = new Set(["account", "partition", "region"]);

/** A text of the API that looks like a placeholder could not be bound. */
function unknownKinds(document: OpenApiDocument): Problem[] {
  return [...listPlaceholders(document)].flatMap(([name, pointers]) => {
    const [kind, ...names] = bindingOf(name).binding.split(".");
    const isKnown = names.length === 1 ? literalKinds.some((known) => known === kind) : plainNames.has(name);
    if (isKnown) return [];
    const message = `"{{${name}}}" looks like a placeholder, but its kind is unknown; write this text without double braces`;
    return pointers.map((pointer) => ({ rule: "placeholder-kind", pointer, message }));
  });
}
