import { jsonPointer } from "./json-pointer.ts";
import type { Problem } from "./openapi-document.ts";

/** No document of a REST API comes near it, and code that follows a value down stays far from its stack's end. */
export const MAX_NESTING = 200;

/** Nobody corrects more at once, and each needs a search through the text for its line. */
const MAX_PROBLEMS = 50;

interface Level {
  /** Offsets of the keys of an object; a list has none. */
  readonly keys: Map<string, number> | undefined;
  /** The key or index that is being read. */
  at: string | number;
}

/**
 * What `JSON.parse` takes without a word although no reader can be sure what it means: a key that stands twice in
 * one object (RFC 8259, section 4), and nesting that nobody could follow. Expects a text that `JSON.parse` took.
 */
export function jsonTextProblems(text: string): Problem[] {
  const problems: Problem[] = [];
  const levels: Level[] = [];
  let last = -1;
  for (let offset = 0; offset < text.length; offset += 1) {
    const level = levels.at(-1);
    switch (text.charCodeAt(offset)) {
      case 0x22 /* " */:
        last = offset;
        offset = endOfString(text, offset);
        break;
      case 0x3a /* : */:
        if (level?.keys !== undefined) problems.push(...readKey(text, last, levels, level, level.keys));
        break;
      case 0x2c /* , */:
        if (level !== undefined && typeof level.at === "number") level.at += 1;
        break;
      case 0x7b /* { */:
        levels.push({ keys: new Map(), at: "" });
        break;
      case 0x5b /* [ */:
        levels.push({ keys: undefined, at: 0 });
        break;
      case 0x5d /* ] */:
      case 0x7d /* } */:
        levels.pop();
    }
    if (levels.length > MAX_NESTING) return [...problems, tooDeep(pointerOf(levels.slice(0, 8)))];
    if (problems.length >= MAX_PROBLEMS) break;
  }
  return problems;
}

export function tooDeep(pointer: string): Problem {
  const message = `more than ${MAX_NESTING} levels are nested below this; API Gateway accepts no such document; remove levels`;
  return { rule: "nesting", pointer, message };
}

function readKey(
  text: string,
  start: number,
  levels: readonly Level[],
  level: Level,
  keys: Map<string, number>,
): Problem[] {
  const raw = text.slice(start, endOfString(text, start) + 1);
  const key = raw.includes("\\") ? (JSON.parse(raw) as string) : raw.slice(1, -1);
  const first = keys.get(key);
  level.at = key;
  if (first === undefined) {
    keys.set(key, start);
    return [];
  }
  const lines = `lines ${lineAt(text, first)} and ${lineAt(text, start)}`;
  const message = `this key occurs twice in one object (${lines}); remove one of them: JSON parsers use only the second`;
  return [{ rule: "duplicate-key", pointer: pointerOf(levels), message }];
}

/** The offset of the quote that ends a string, by search: texts may be megabytes long. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, offset: number): boolean {
  let first = offset;
  while (text.charCodeAt(first - 1) === 0x5c) first -= 1;
  return (offset - first) % 2 === 1;
}

function pointerOf(levels: readonly Level[]): string {
  return jsonPointer(...levels.map(({ at }) => at));
}

function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) line += 1;
  return line;
}
