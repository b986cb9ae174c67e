/** A template that Velocity would not read, or that this renderer refuses to. */
export class TemplateSyntaxError extends Error {
  override readonly name = "TemplateSyntaxError";
  readonly offset: number;

  constructor(problem: string, offset: number) {
    super(problem);
    this.offset = offset;
  }
}

/** A text that is read from its beginning to its end. */
export interface Scanner {
  readonly text: string;
  /** Where the text begins in the template: texts in quotes are templates of their own. */
  readonly base: number;
  position: number;
}

/** What the pattern, which has to be sticky, matches here; the position moves behind it. */
export function take(scanner: Scanner, pattern: RegExp): RegExpExecArray | undefined {
  const match = peek(scanner, pattern);
  if (match !== undefined) scanner.position += match[0].length;
  return match;
}

export function peek(scanner: Scanner, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = scanner.position;
  return pattern.exec(scanner.text) ?? undefined;
}

export function atEnd(scanner: Scanner): boolean {
  return scanner.position >= scanner.text.length;
}

export function offsetOf(scanner: Scanner): number {
  return scanner.base + scanner.position;
}

/** @throws TemplateSyntaxError unless the pattern matches here */
export function expect(scanner: Scanner, pattern: RegExp, what: string): RegExpExecArray {
  const match = take(scanner, pattern);
  if (match === undefined) throw unexpected(scanner, what);
  return match;
}

export function unexpected(scanner: Scanner, what: string): TemplateSyntaxError {
  const found = atEnd(scanner)
    ? "the end"
    : JSON.stringify(scanner.text.slice(scanner.position).slice(0, 12));
  return new TemplateSyntaxError(`expected ${what}, found ${found}`, offsetOf(scanner));
}

/** Line and column of an offset, both from 1. */
export function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`;
}
