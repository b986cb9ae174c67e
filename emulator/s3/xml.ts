import { DOMParser, type Element, ParseError } from "@xmldom/xmldom";
import { S3Error } from "./s3-error.ts";

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
const namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

/** Children of an element: by name, those of a list under the same name again, and without those that are undefined. */
export type XmlContent =
  | string
  | number
  | boolean
  | undefined
  | XmlContent[]
  | { readonly [name: string]: XmlContent };

/** A document as Amazon S3 answers with; errors alone have no namespace. */
export function formatXml(
  name: string,
  content: XmlContent,
  options: { hasNamespace: boolean } = { hasNamespace: true },
) {
  const attribute = options.hasNamespace ? ` xmlns="${namespace}"` : "";
  return `${declaration}<${name}${attribute}>${formatContent(content)}</${name}>`;
}

function formatContent(content: XmlContent): string {
  if (content === undefined) return "";
  if (typeof content !== "object") return escapeXml(String(content));
  return Object.entries(content)
    .flatMap(([name, value]) =>
      Array.isArray(value) ? value.map((each) => [name, each] as const) : [[name, value] as const],
    )
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `<${name}>${formatContent(value)}</${name}>`)
    .join("");
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Control characters too, which a parser would else change or refuse. */
function escapeXml(text: string): string {
  return text.replace(
    /[&<>"\p{Cc}]/gu,
    (character) => entities[character] ?? `&#${character.charCodeAt(0)};`,
  );
}

/**
 * The root of a document that a request brings.
 * @throws S3Error MalformedXML if it is none, or has another root
 */
export function parseXml(document: Buffer, root: string): Element {
  const fail = () => {
    throw malformedXml();
  };
  try {
    const { documentElement } = new DOMParser({ onError: fail }).parseFromString(
      document.toString(),
      "text/xml",
    );
    if (documentElement?.localName === root) return documentElement;
  } catch (error) {
    if (!(error instanceof ParseError || error instanceof S3Error)) throw error;
  }
  throw malformedXml();
}

export function malformedXml(): S3Error {
  return new S3Error(
    400,
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );
}

export function childrenOf(element: Element, name: string): Element[] {
  return [...element.childNodes].filter(
    (node): node is Element => node.nodeType === 1 && node.localName === name,
  );
}

/** The text of the first child of that name. */
export function textOf(element: Element, name: string): string | undefined {
  return childrenOf(element, name)[0]?.textContent ?? undefined;
}
