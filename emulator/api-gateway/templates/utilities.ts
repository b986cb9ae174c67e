import { parseJsonValue } from "./velocity/parse-json.ts";
import { print, unicodeEscape } from "./velocity/print.ts";
import type { HostMethod, ObjectValue, Value } from "./velocity/values.ts";
import { made, TemplateFailure } from "./velocity/work.ts";

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html#util-template-reference */
export const utilities: ObjectValue = {
  kind: "object",
  type: "$util",
  properties: new Map(),
  methods: new Map<string, HostMethod>([
    ["escapeJavaScript", ofText(escapeJavaScript)],
    ["urlEncode", ofText(urlEncode)],
    ["urlDecode", ofText(urlDecode)],
    ["base64Encode", ofText((text) => Buffer.from(text).toString("base64"))],
    ["base64Decode", ofText((text) => Buffer.from(text, "base64").toString("utf8"))],
    ["parseJson", ([value = null], work) => parseJson(made(print(value, work), work))],
  ]),
};

function ofText(convert: (text: string) => string): HostMethod {
  return ([value = null], work) => made(convert(print(value, work)), work);
}

function parseJson(text: string): Value {
  try {
    return parseJsonValue(text);
  } catch (cause) {
    throw new TemplateFailure("$util.parseJson got a text that is not JSON", { cause });
  }
}

/**
 * AWS's documentation has the words of commons-lang, which escapes a slash and all but ASCII as well:
 * https://commons.apache.org/proper/commons-lang/javadocs/api-2.6/org/apache/commons/lang/StringEscapeUtils.html
 */
function escapeJavaScript(text: string): string {
  const short: Readonly<Record<string, string>> = {
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
  };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what has to be escaped
  return text.replace(/["'\\/]|[\u0000-\u001f\u0080-\uffff]/g, (character) => {
    return /["'\\/]/.test(character) ? `\\${character}` : (short[character] ?? unicodeEscape(character));
  });
}

/** https://docs.oracle.com/javase/8/docs/api/java/net/URLEncoder.html */
function urlEncode(text: string): string {
  return encodeURIComponent(text.replace(/[\ud800-\udfff]/gu, "?"))
    .replaceAll("%20", "+")
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function urlDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch (cause) {
    throw new TemplateFailure("$util.urlDecode got a text that is not encoded", { cause });
  }
}
