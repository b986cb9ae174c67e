import { isJsonObject } from "./json.ts";
import { jsonPointer, walk } from "./json-pointer.ts";
import type { OpenApiDocument, Problem } from "./openapi-document.ts";

const placeholder = /\{\{([a-z][A-Za-z0-9]*(?:\.[A-Za-z][A-Za-z0-9]*)*)\}\}/;

/** Opening braces without a placeholder, or a dotted name that has only the closing braces of one. */
const malformed = /\{\{|(?<!\{)\{[a-z][A-Za-z0-9]*\.[A-Za-z0-9.]*\}\}/;

export type TextPart = { literal: string } | { name: string };

/** A text as the literals and placeholders it consists of, in their order. */
export function splitPlaceholders(text: string): TextPart[] {
  // Split by a pattern with one group: names stand at the odd places.
  return text
    .split(placeholder)
    .map((part, index) => (index % 2 === 1 ? { name: part } : { literal: part }))
    .filter((part) => !("literal" in part) || part.literal !== "");
}

/** The document's placeholders in order of appearance, with the pointers of the texts that hold them. */
export function listPlaceholders(document: OpenApiDocument): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { pointer, value } of walk(document)) {
    if (typeof value !== "string") continue;
    const names = splitPlaceholders(value).flatMap((part) => ("name" in part ? [part.name] : []));
    for (const name of new Set(names)) found.set(name, [...(found.get(name) ?? []), pointer]);
  }
  return found;
}

/** Texts that look like placeholders but cannot be bound: wrong braces, placeholders in keys or directly after `$`, `%` or `{`. */
export function placeholderProblems(document: OpenApiDocument): Problem[] {
  return [...walk(document)].flatMap(({ pointer, segments, value }) => {
    if (typeof value === "string") return textMessages(value).map((message) => problem(pointer, message));
    if (!isJsonObject(value)) return [];
    return Object.keys(value).flatMap((key) => {
      if (!key.includes("{{")) return [];
      return [
        problem(
          jsonPointer(...segments, key),
          `an object key cannot contain a placeholder, got "${key}"; move it to a value`,
        ),
      ];
    });
  });
}

function textMessages(text: string): string[] {
  const parts = splitPlaceholders(text);
  return parts.flatMap((part, index) => {
    if (!("literal" in part)) return [];
    const messages: string[] = [];
    const broken = malformed.exec(part.literal);
    if (broken !== null) {
      const got = part.literal.slice(broken.index, broken.index + 40);
      messages.push(`malformed placeholder at "${got}"; write {{kind.name}} without spaces`);
    }
    // "$" + "${aws_x.y.arn}" would read "$${…}": Terraform's escape, so that the value is not put in.
    // Three opening braces don't say which two of them are the placeholder's.
    if (/[$%{]$/.test(part.literal) && index + 1 < parts.length) {
      messages.push(
        `a placeholder directly after "${part.literal.at(-1)}" cannot be bound; put a character between them`,
      );
    }
    return messages;
  });
}

function problem(pointer: string, message: string): Problem {
  return { rule: "placeholder-form", pointer, message };
}
