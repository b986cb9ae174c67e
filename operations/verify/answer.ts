import type { IncomingHttpHeaders } from "node:http";
import { parseJson } from "../../contract/parse-json.ts";

/** Which of the two APIs answers a request, by its method, path and size. */
export type ApiSide = "small" | "large";

export interface Answer {
  readonly side: ApiSide;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly milliseconds: number;
}

/** The object in an answer; an empty one where there is none. */
export function jsonOf({ bytes }: Pick<Answer, "bytes">): Record<string, unknown> {
  return objectOf(parseJson(bytes.toString("utf8")));
}

export function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** What a relative URL means in an answer to a request for that path. */
export function resolvePath(requestPath: string, url: string): string {
  const { pathname, search } = new URL(url, new URL(requestPath, "http://host"));
  return pathname + search;
}

const shownCharacters = 200;

/**
 * Its status, and the beginning of its text: answers of the service hold no payload but where one was asked for. Whoever else
 * answers may repeat the caller's credential, or write what a terminal would obey.
 */
export function describeAnswer({ status, bytes, headers }: Answer): string {
  const isText = /json|text|xml/.test(String(headers["content-type"] ?? ""));
  const text = isText ? bytes.subarray(0, 4 * shownCharacters).toString("utf8") : "";
  const shown = text.replaceAll(/[\s\p{Cc}]+/gu, " ").replaceAll(/bearer \S+/gi, "Bearer …");
  return `${status} ${shown.slice(0, shownCharacters)}`.trim();
}
