import { isRecord } from "../../../env/field-notes.ts";

/** TypeScript that stands for a value: the name of a constant. */
export class Code {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The place where a literal begins. */
export interface Place {
  /** Of the line. */
  readonly indent: string;
  /** One level of it. */
  readonly unit: string;
  /** The text before the literal on its line, after the indentation. */
  readonly before?: string;
}

/** As biome.json has it. */
const LINE_WIDTH = 110;

/** A value as TypeScript, as the formatter would write it: on one line if it is small and fits, or with one item on each line. */
export function renderLiteral(value: unknown, place: Place): string {
  if (value instanceof Code) return value.text;
  const items = itemsOf(value);
  if (items === undefined) return JSON.stringify(value);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  if (items.length === 0) return `${open}${close}`;
  const line = inOneLine(value);
  const width = place.indent.length + (place.before ?? "").length + line.length + ",".length;
  if (isSmall(value) && width <= LINE_WIDTH) return line;
  const inner = place.indent + place.unit;
  const lines = items.map(({ key, item }) => {
    const text = renderLiteral(item, { indent: inner, unit: place.unit, before: key });
    return `${inner}${key}${text},`;
  });
  return [open, ...lines, `${place.indent}${close}`].join("\n");
}

/** The key of a property as it stands in front of its value. */
export function renderKey(key: string): string {
  return `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)}: `;
}

function itemsOf(value: unknown): { key: string; item: unknown }[] | undefined {
  if (Array.isArray(value)) return value.map((item) => ({ key: "", item }));
  if (!isRecord(value)) return undefined;
  return Object.entries(value).map(([key, item]) => ({ key: renderKey(key), item }));
}

/** An object or list that has only strings. */
function isSmall(value: unknown): boolean {
  const items = itemsOf(value) ?? [];
  return items.every(({ item }) => typeof item === "string" || item instanceof Code);
}

function inOneLine(value: unknown): string {
  if (value instanceof Code) return value.text;
  const items = itemsOf(value);
  if (items === undefined) return JSON.stringify(value);
  const inner = items.map(({ key, item }) => `${key}${inOneLine(item)}`).join(", ");
  return Array.isArray(value) ? `[${inner}]` : `{ ${inner} }`;
}
