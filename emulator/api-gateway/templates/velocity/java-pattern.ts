import { createContext, Script } from "node:vm";
import { spend, TemplateFailure, type Work } from "./work.ts";

/** What a pattern found: where it begins, and its groups with the whole of it first. */
export interface Match {
  readonly start: number;
  readonly groups: readonly (string | null)[];
}

/** Where patterns run, so that one that tries endlessly is ended. Nothing of the program is within reach there. */
const surroundings = createContext({ __proto__: null, source: "", flags: "", text: "" });
const search = new Script(`(() => {
  const found = [];
  for (const match of text.matchAll(new RegExp(source, flags))) {
    if (found.length === 1_000_000) throw new RangeError("too many");
    found.push([match.index, ...match]);
  }
  return JSON.stringify(found);
})()`);

/**
 * All places of a text that a pattern of `java.util.regex.Pattern` matches, or the one that is the whole text.
 * @throws TemplateFailure for a pattern that is wrong or not supported, or that takes too long
 */
export function findAll(pattern: string, text: string, work: Work, whole = false): Match[] {
  spend(work, 1000 + Math.floor(text.length / 8));
  const { source, flags } = translate(pattern);
  Object.assign(surroundings, { source: whole ? `${START}(?:${source})${END}` : source, flags, text });
  const timeout = Math.max(1, Math.ceil(work.patternMilliseconds));
  const started = performance.now();
  try {
    const found: [number, ...(string | null)[]][] = JSON.parse(
      search.runInContext(surroundings, { timeout }),
    );
    return found.map(([start, ...groups]) => ({ start, groups }));
  } catch (cause) {
    throw new TemplateFailure("a pattern is wrong, or takes too long", {
      cause,
    });
  } finally {
    work.patternMilliseconds -= performance.now() - started;
    Object.assign(surroundings, { source: "", flags: "", text: "" });
  }
}

const START = "(?<![\\s\\S])";
const END = "(?![\\s\\S])";

const posixClasses: Readonly<Record<string, string>> = {
  Alpha: "a-zA-Z",
  Digit: "0-9",
  Alnum: "a-zA-Z0-9",
  Upper: "A-Z",
  Lower: "a-z",
  Punct: "!-\\/:-@\\[-`\\{-~",
  Space: " \\t\\n\\x0B\\f\\r",
  Blank: " \\t",
  XDigit: "0-9a-fA-F",
  Cntrl: "\\x00-\\x1F\\x7F",
  Graph: "!-~",
  Print: " -~",
};

const QUANTIFIER = String.raw`(?:[*+?]|\{\d+(?:,\d*)?\})`;

/** Quoted texts, properties, escapes, quantifiers with what follows, groups, and all other characters. */
const units = new RegExp(
  [
    String.raw`\\Q(?<literal>[\s\S]*?)(?:\\E|$)`,
    String.raw`\\[pP]\{(?:Is)?(?<property>\w+)\}`,
    String.raw`(?<escaped>\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[\s\S]|$))`,
    `(?<quantifier>${QUANTIFIER}[+?]?)`,
    String.raw`\(\?(?:<[=!]|[:=!]|<\w+>|(?<flag>[\s\S]))`,
    "&&",
    String.raw`[\s\S]`,
  ].join("|"),
  "g",
);

/** The same pattern for JavaScript. What the two read differently is translated or refused. */
function translate(pattern: string): { readonly source: string; readonly flags: string } {
  const [, flags = "", rest = ""] = /^(?:\(\?([ims]+)\))?([\s\S]*)$/.exec(pattern) ?? [];
  let source = "";
  let inClass = false;
  for (const { 0: token, groups } of rest.matchAll(units)) {
    if (inClass && groups?.["escaped"] === undefined && groups?.["property"] === undefined) {
      if (token === "&&" || token === "[") throw unsupported("a class within a class");
      source += token === "]" ? "]" : token.replace(/[(){}|/[]/g, "\\$&");
      inClass = token !== "]";
      continue;
    }
    inClass ||= token === "[";
    source += translateUnit(token, groups ?? {}, { inClass, flags });
  }
  return { source, flags: `gu${flags}` };
}

interface Place {
  readonly inClass: boolean;
  readonly flags: string;
}

function translateUnit(
  token: string,
  { literal, property, escaped, quantifier, flag }: Readonly<Record<string, string | undefined>>,
  { inClass, flags }: Place,
): string {
  if (literal !== undefined) return literal.replace(/[\\^$.*+?()[\]{}|/-]/g, (each) => escapeOf(`\\${each}`));
  if (property !== undefined) return propertyOf(token, property, inClass);
  if (escaped !== undefined) return escapeOf(escaped);
  if (flag !== undefined) throw unsupported(`a group with "${token}"`);
  if (quantifier !== undefined && /.\+$/.test(quantifier)) throw unsupported("a possessive quantifier");
  // Java's end is also the place before the last line's end.
  if (token === "$" && !flags.includes("m")) return `(?=\\n?${END})`;
  return token === "]" || token === "}" ? `\\${token}` : token;
}

function escapeOf(token: string): string {
  const letter = token[1] ?? "";
  if (/^[dDwWsSbBnrtfuxk1-9]$/.test(letter)) return token;
  const translated: Readonly<Record<string, string>> = {
    A: START,
    z: END,
    Z: `(?=\\n?${END})`,
    a: "\\x07",
    e: "\\x1B",
    0: "\\0",
    h: "[ \\t\\xA0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000]",
    R: "(?:\\r\\n|[\\n\\x0B\\f\\r\\x85\\u2028\\u2029])",
  };
  if (Object.hasOwn(translated, letter)) return translated[letter] ?? "";
  if (letter === "" || /[a-zA-Z]/.test(letter)) throw unsupported(`the escape ${token}`);
  // JavaScript allows this escape only where it is needed.
  return /^[\\^$.*+?()[\]{}|/-]$/.test(letter) ? hyphenOf(token) : letter;
}

function hyphenOf(token: string): string {
  return token === "\\-" ? "\\x2D" : token;
}

function propertyOf(token: string, name: string, inClass: boolean): string {
  const posix = posixClasses[name];
  if (posix === undefined) return token.replace("{Is", "{");
  if (token.startsWith("\\P")) return `[^${posix}]`;
  return inClass ? posix : `[${posix}]`;
}

function unsupported(what: string): TemplateFailure {
  return new TemplateFailure(`a pattern has ${what}, which is not executed here`);
}

/** What stands in place of a match: `$1` and `${name}` are groups, and a backslash takes the next character as it is. */
export function replacementOf(replacement: string, { groups }: Match): string {
  return replacement.replace(
    /\\([\s\S]?)|\$(\d?)/g,
    (token, escaped: string | undefined, group: string | undefined) => {
      if (token.startsWith("\\")) {
        if (escaped === "") throw new TemplateFailure("a replacement ends with a backslash");
        return escaped ?? "";
      }
      if (group === undefined || group === "" || Number(group) >= groups.length) {
        throw new TemplateFailure(`a replacement has "${token}", and there is no such group`);
      }
      return groups[Number(group)] ?? "";
    },
  );
}
