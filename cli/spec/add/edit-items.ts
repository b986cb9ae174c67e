import { type Edit, hasComment, indentAt, NotEditable, type Range, type SourceFile } from "./source-file.ts";

/** A change of the items between two brackets: properties of an object, or elements of a list. */
export interface ItemsChange {
  readonly literal: Range;
  readonly items: readonly Range[];
  readonly removed: readonly Range[];
  /** The texts of new items, for lines with this indentation. */
  readonly added: (indent: string) => readonly string[];
}

/**
 * Removes items from a literal and adds others after the last. Lines of other items stay; a literal on one line is split into
 * several lines.
 * @throws NotEditable if comments or the format leave no safe place
 */
export function editItems(source: SourceFile, unit: string, change: ItemsChange): Edit[] {
  const { start, end } = change.literal;
  return source.text.slice(start, end).includes("\n")
    ? editLines(source, unit, change)
    : [breakUp(source, unit, change)];
}

/** Splits a literal on one line into one line for each item. */
function breakUp(source: SourceFile, unit: string, { literal, items, removed, added }: ItemsChange): Edit {
  if (hasComment(source, literal)) throw new NotEditable("has a comment inside a list or object of one line");
  const { text } = source;
  const outer = indentAt(text, literal.start);
  const inner = outer + unit;
  const kept = items
    .filter((item) => !removed.includes(item))
    .map(({ start, end }) => text.slice(start, end));
  const lines = [...kept, ...added(inner)].map((item) => `\n${inner}${item},`);
  const [open, close] = [text.charAt(literal.start), text.charAt(literal.end - 1)];
  const between = lines.length === 0 ? "" : `${lines.join("")}\n${outer}`;
  return { ...literal, text: `${open}${between}${close}` };
}

function editLines(
  source: SourceFile,
  unit: string,
  { literal, items, removed, added }: ItemsChange,
): Edit[] {
  const { text } = source;
  const close = literal.end - 1;
  const lastLine = text.lastIndexOf("\n", close) + 1;
  const outer = text.slice(lastLine, close);
  if (outer.trim() !== "") {
    throw new NotEditable(
      "has a closing bracket that is not at the start of its line: format the file first",
    );
  }
  const inner = items[0] === undefined ? outer + unit : indentAt(text, items[0].start);
  const edits: Edit[] = removed.map((item) => ({ ...linesOf(source, item), text: "" }));
  const texts = added(inner);
  if (texts.length === 0) return edits;
  const last = items.at(-1);
  const needsComma =
    last !== undefined && !removed.includes(last) && commaAfter(source, last.end) === undefined;
  if (needsComma) edits.push({ start: last.end, end: last.end, text: "," });
  const lines = texts.map((item) => `${inner}${item},\n`).join("");
  return [...edits, { start: lastLine, end: lastLine, text: lines }];
}

/** The lines of an item, with the comments directly above it and at the end of its last line. */
function linesOf(source: SourceFile, item: Range): Range {
  const { text, comments } = source;
  const start = text.lastIndexOf("\n", item.start) + 1;
  const comma = commaAfter(source, item.end);
  const end = text.indexOf("\n", comma ?? item.end) + 1;
  const rest = [text.slice(start, item.start), text.slice((comma ?? item.end - 1) + 1, end)].join("").trim();
  const isComment = comments.some((comment) => text.slice(comment.start, comment.end) === rest);
  if (rest !== "" && !isComment) {
    throw new NotEditable(
      "has two items in one line of a list or object of several lines: format the file first",
    );
  }
  return { start: startOfComments(source, start), end };
}

/** The start of the comments that fill the lines directly above a line. */
function startOfComments({ text, comments }: SourceFile, line: number): number {
  let start = line;
  for (const comment of comments.toReversed()) {
    const before = text.lastIndexOf("\n", comment.start) + 1;
    const isAlone = text.slice(before, comment.start).trim() === "";
    if (isAlone && comment.end < start && /^[ \t]*\r?\n$/.test(text.slice(comment.end, start)))
      start = before;
  }
  return start;
}

/** The position of the comma after an item, if there is one. */
function commaAfter({ text, comments }: SourceFile, end: number): number | undefined {
  let at = end;
  while (at < text.length) {
    const comment = comments.find(({ start }) => start === at);
    if (comment === undefined && !/\s/.test(text.charAt(at))) break;
    at = comment?.end ?? at + 1;
  }
  return text.charAt(at) === "," ? at : undefined;
}
