/** The types of the parts of a package, in lower case. */
export interface ContentTypes {
  /** By ending, for parts without a type of their own. */
  readonly defaults: ReadonlyMap<string, string>;
  /** By name of the part, without the slash before it. */
  readonly overrides: ReadonlyMap<string, string>;
}

const blank = "[ \\t\\r\\n]";
const attribute = `${blank}+([\\w:.-]+)${blank}*=${blank}*(?:"([^"<]*)"|'([^'<]*)')`;
/** Any number of them, without the groups that read a single one. */
const attributes = `(?:${attribute.replaceAll(/\((?!\?)/g, "(?:")})*`;
const eachAttribute = new RegExp(attribute, "g");
const prefix = "(?:([A-Za-z_][\\w.-]*):)?";
const byteOrderMark = "\\u00ef\\u00bb\\u00bf";

const beginning = new RegExp(
  `^(?:${byteOrderMark})?(?:<\\?xml(${attributes})${blank}*\\?>)?${blank}*<${prefix}Types(${attributes})${blank}*>`,
);
/** With its two attributes, in any order. */
const entry = new RegExp(
  `${blank}*<${prefix}(Default|Override)${attribute}${attribute}${blank}*(?:/>|>${blank}*</(\\S*?)${blank}*>)`,
  "y",
);
const ending = new RegExp(`${blank}*</${prefix}Types${blank}*>${blank}*$`, "y");

const namespace = "http://schemas.openxmlformats.org/package/2006/content-types";

/**
 * Reads `[Content_Types].xml`; undefined where it holds anything that such a list need not have, so that nothing in it can be
 * read in two ways. No parser does it here: the one in AWS's SDK is internal to it, and takes two attributes of one name and
 * whatever stands behind the root.
 * @param list byte by byte
 */
export function readContentTypes(list: string): ContentTypes | undefined {
  const [start, declaration = "", root = "", rootAttributes = ""] = beginning.exec(list) ?? [];
  if (start === undefined || !isUtf8(declaration) || !isOfNamespace(rootAttributes, root)) return undefined;
  const types = { defaults: new Map<string, string>(), overrides: new Map<string, string>() };
  let at = start.length;
  for (let found = execAt(entry, list, at); found; found = execAt(entry, list, at)) {
    const [text, ofEntry = "", name = "", first = "", a, b, second = "", c, d, closed] = found;
    const isClosed = closed === undefined || closed === (ofEntry === "" ? name : `${ofEntry}:${name}`);
    const values = { [first]: a ?? b ?? "", [second]: c ?? d ?? "" };
    if (ofEntry !== root || !isClosed || !addEntry(types, name, values)) return undefined;
    at += text.length;
  }
  const [end, ofEnd = ""] = execAt(ending, list, at) ?? [];
  return end !== undefined && ofEnd === root ? types : undefined;
}

function execAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** In another encoding, the same bytes are another text. */
function isUtf8(declaration: string): boolean {
  const found = attributesOf(declaration);
  return found !== undefined && (found.get("encoding") ?? "utf-8").toLowerCase() === "utf-8";
}

function isOfNamespace(text: string, root: string): boolean {
  const found = attributesOf(text);
  if (found?.get(root === "" ? "xmlns" : `xmlns:${root}`) !== namespace) return false;
  return [...found.keys()].every((name) => /^xmlns(:|$)/.test(name));
}

function addEntry(
  { defaults, overrides }: { defaults: Map<string, string>; overrides: Map<string, string> },
  name: string,
  values: Readonly<Record<string, string>>,
): boolean {
  const [types, keyName] = name === "Default" ? [defaults, "Extension"] : [overrides, "PartName"];
  const [type, key] = [plain(values["ContentType"]), plain(values[keyName])];
  if (type === undefined || key === undefined) return false;
  if (name === "Override" && !key.startsWith("/")) return false;
  const of = name === "Default" ? key : key.slice(1);
  if (types.has(of)) return false;
  types.set(of, type);
  return true;
}

/** In lower case; undefined where it is not there, or has a character by its number. */
function plain(value: string | undefined): string | undefined {
  if (value === undefined || !value.includes("&")) return value?.toLowerCase();
  if (/&(?!(?:amp|lt|gt|quot|apos);)/.test(value)) return undefined;
  return value.replaceAll(/&(\w+);/g, (_, each: string) => characters[each] ?? "").toLowerCase();
}

/** Undefined where one is there twice, or has a character by its number. */
function attributesOf(text: string): Map<string, string> | undefined {
  const found = new Map<string, string>();
  for (const [, name = "", inDouble, inSingle] of text.matchAll(eachAttribute)) {
    const value = inDouble ?? inSingle ?? "";
    if (found.has(name) || /&(?!(?:amp|lt|gt|quot|apos);)/.test(value)) return undefined;
    found.set(
      name,
      value.replaceAll(/&(\w+);/g, (_, each: string) => characters[each] ?? ""),
    );
  }
  return found;
}

const characters: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
