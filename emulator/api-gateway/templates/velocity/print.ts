import type { Value } from "./values.ts";
import { made, spend, type Work } from "./work.ts";

/** How a value is written into the answer: nothing for what is not there. */
export function print(value: Value, work: Work): string {
  return value === null ? "" : toText(value, work);
}

/**
 * Java's `toString`. A list of a JSON document is json-smart's JSONArray, which writes itself and all that is in it as JSON,
 * while maps are Java's own; AWS's recorded answers show both.
 */
export function toText(value: Value, work: Work): string {
  spend(work);
  if (value === null) return "null";
  if (typeof value === "number") return doubleText(value);
  if (typeof value !== "object") return String(value);
  switch (value.kind) {
    case "list":
      if (value.type === "JSONArray") return toJson(value, work, true);
      if (value.type === "String[]") return "[Ljava.lang.String;@1";
      return made(`[${value.items.map((item) => toText(item, work)).join(", ")}]`, work);
    case "map": {
      const entries = [...value.entries].map(([key, child]) => `${toText(key, work)}=${toText(child, work)}`);
      return made(`{${entries.join(", ")}}`, work);
    }
    case "entry":
      return made(`${toText(value.key, work)}=${toText(value.value, work)}`, work);
    case "object":
      return value.type;
    case "block":
      return "";
  }
}

/** As json-smart writes JSON; a slash is escaped in lists that print themselves, and not by `$input.json`. */
export function toJson(value: Value, work: Work, escapeSlash: boolean): string {
  spend(work);
  if (value === null) return "null";
  if (typeof value === "string") return quoted(value, escapeSlash, work);
  if (typeof value === "number") return Number.isFinite(value) ? doubleText(value) : "null";
  if (typeof value !== "object") return String(value);
  if (value.kind === "list") {
    return made(`[${value.items.map((item) => toJson(item, work, escapeSlash)).join(",")}]`, work);
  }
  if (value.kind !== "map") return quoted(toText(value, work), escapeSlash, work);
  const entries = [...value.entries].map(([key, child]) => {
    return `${quoted(toText(key, work), escapeSlash, work)}:${toJson(child, work, escapeSlash)}`;
  });
  return made(`{${entries.join(",")}}`, work);
}

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

function quoted(text: string, escapeSlash: boolean, work: Work): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to be escaped
  const escaped = text.replace(/["\\\u0000-\u001f\u007f-\u009f\u2000-\u20ff]/g, (character) => {
    return shortEscapes[character] ?? unicodeEscape(character);
  });
  return made(`"${escapeSlash ? escaped.replaceAll("/", "\\/") : escaped}"`, work);
}

export function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** https://docs.oracle.com/javase/8/docs/api/java/lang/Double.html#toString-double- */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e7) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits = "", exponent = ""] = value.toExponential().split("e");
  return `${digits.includes(".") ? digits : `${digits}.0`}E${Number(exponent)}`;
}
