import { findAll, replacementOf } from "../java-pattern.ts";
import { javaEquals } from "../operators.ts";
import { toText } from "../print.ts";
import { listOf, type Value } from "../values.ts";
import { made, spend, TemplateFailure, type Work } from "../work.ts";
import { type Methods, type Signature, signature } from "./method.ts";

type Text = Signature<string>[];

/** https://docs.oracle.com/javase/8/docs/api/java/lang/String.html, as far as templates can use it. */
export const stringMethods: Methods<string> = new Map<string, Text>([
  ["length", [signature([], (self) => BigInt(self.length))]],
  ["isEmpty", [signature([], (self) => self === "")]],
  ["toString", [signature([], (self) => self)]],
  ["equals", [signature(["Object"], (self, [other], work) => javaEquals(self, other, work))]],
  [
    "equalsIgnoreCase",
    [signature(["String"], (self, [other]) => self.toUpperCase() === other.toUpperCase())],
  ],
  ["compareTo", [signature(["String"], compareTexts)]],
  [
    "compareToIgnoreCase",
    [signature(["String"], (self, [other]) => compareTexts(self.toLowerCase(), [other.toLowerCase()]))],
  ],
  ["contains", [signature(["String"], (self, [part]) => self.includes(part))]],
  [
    "startsWith",
    [
      signature(["String"], (self, [part]) => self.startsWith(part)),
      signature(["String", "int"], (self, [part, from]) => from >= 0n && self.startsWith(part, Number(from))),
    ],
  ],
  ["endsWith", [signature(["String"], (self, [part]) => self.endsWith(part))]],
  [
    "indexOf",
    [
      signature(["String"], (self, [part]) => BigInt(self.indexOf(part))),
      signature(["String", "int"], (self, [part, from]) => BigInt(self.indexOf(part, Number(from)))),
    ],
  ],
  [
    "lastIndexOf",
    [
      signature(["String"], (self, [part]) => BigInt(self.lastIndexOf(part))),
      signature(["String", "int"], (self, [part, from]) =>
        from < 0n ? -1n : BigInt(self.lastIndexOf(part, Number(from))),
      ),
    ],
  ],
  ["substring", substrings()],
  ["subSequence", substrings().slice(1)],
  ["charAt", [signature(["int"], (self, [index]) => slice(self, index, index + 1n))]],
  ["concat", [signature(["String"], (self, [other], work) => made(self + other, work))]],
  ["trim", [signature([], trim)]],
  ["toLowerCase", [signature([], (self) => self.toLowerCase())]],
  ["toUpperCase", [signature([], (self) => self.toUpperCase())]],
  ["replace", [signature(["String", "String"], replaceText)]],
  [
    "replaceAll",
    [signature(["String", "String"], (self, args, work) => replace(self, args, work, Infinity))],
  ],
  ["replaceFirst", [signature(["String", "String"], (self, args, work) => replace(self, args, work, 1))]],
  [
    "matches",
    [signature(["String"], (self, [pattern], work) => findAll(pattern, self, work, true).length > 0)],
  ],
  [
    "split",
    [
      signature(["String"], (self, [pattern], work) => split(self, pattern, 0, work)),
      signature(["String", "int"], (self, [pattern, limit], work) =>
        split(self, pattern, Number(limit), work),
      ),
    ],
  ],
  [
    "join",
    [
      signature(["String", "Collection"], (_, [between, { items }], work) =>
        made(items.map((item) => toText(item, work)).join(between), work),
      ),
    ],
  ],
  ["valueOf", [signature(["Object"], (_, [value], work) => toText(value, work))]],
  ["hashCode", [signature([], hashCode)]],
]);

function substrings(): Text {
  return [
    signature(["int"], (self, [from]) => slice(self, from, BigInt(self.length))),
    signature(["int", "int"], (self, [from, to]) => slice(self, from, to)),
  ];
}

function slice(self: string, from: bigint, to: bigint): string {
  if (from < 0n || to > BigInt(self.length) || from > to) {
    throw new TemplateFailure(`a text of ${self.length} characters has no part from ${from} to ${to}`);
  }
  return self.slice(Number(from), Number(to));
}

function compareTexts(self: string, [other]: readonly [string]): Value {
  const shared = Math.min(self.length, other.length);
  for (let index = 0; index < shared; index += 1) {
    const difference = self.charCodeAt(index) - other.charCodeAt(index);
    if (difference !== 0) return BigInt(difference);
  }
  return BigInt(self.length - other.length);
}

/** Java's `trim` takes control characters for blanks, and no others than these. */
function trim(self: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what Java trims
  return self.replace(/^[\u0000-\u0020]+/, "").replace(/(?<![\u0000-\u0020])[\u0000-\u0020]+$/, "");
}

function replaceText(self: string, [part, by]: readonly [string, string], work: Work): string {
  const pieces = self.split(part);
  spend(work, pieces.length);
  // Java puts it before and behind each character where nothing is to be replaced.
  const whole = part === "" ? ["", ...pieces, ""] : pieces;
  return joined(self === "" && part === "" ? ["", ""] : whole, by, work);
}

function joined(pieces: readonly string[], by: string, work: Work): string {
  spend(work, Math.floor((pieces.length * by.length) / 8));
  return made(pieces.join(by), work);
}

function replace(self: string, [pattern, by]: readonly [string, string], work: Work, times: number): string {
  const matches = findAll(pattern, self, work).slice(0, times);
  let position = 0;
  const pieces = matches.flatMap((match) => {
    const before = self.slice(position, match.start);
    position = match.start + (match.groups[0] ?? "").length;
    return [before, made(replacementOf(by, match), work)];
  });
  return made([...pieces, self.slice(position)].join(""), work);
}

/** Without a limit the empty texts at the end are left out. */
function split(self: string, pattern: string, limit: number, work: Work): Value {
  const parts: string[] = [];
  let position = 0;
  for (const { start, groups } of findAll(pattern, self, work)) {
    const end = start + (groups[0] ?? "").length;
    if (end === 0) continue;
    if (limit > 0 && parts.length === limit - 1) break;
    parts.push(self.slice(position, start));
    position = end;
  }
  if (parts.length === 0 && position === 0) return listOf([self], "String[]");
  parts.push(self.slice(position));
  while (limit === 0 && parts.at(-1) === "") parts.pop();
  return listOf(parts, "String[]");
}

function hashCode(self: string): bigint {
  let hash = 0;
  for (let index = 0; index < self.length; index += 1) {
    hash = (Math.imul(31, hash) + self.charCodeAt(index)) | 0;
  }
  return BigInt(hash);
}
