import { isJsonObject, type Json, type JsonObject } from "../json.ts";
import { jsonPointer } from "../json-pointer.ts";
import { methods } from "../methods.ts";
import type { Finding, Rule } from "../rule.ts";

const importantNotes =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html";

const itemKeys = [...methods, "parameters", "summary", "description", "servers"];

export const pathItemKey: Rule = {
  id: "path-item-key",
  why: "API Gateway ignores an operation under a key that is not one of its methods, and so do the other rules.",
  link: "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-settings-method-request.html",
  check: (document) =>
    Object.entries(document.paths).flatMap(([path, item]): Finding[] => {
      const pointer = jsonPointer("paths", path);
      if (!isJsonObject(item)) return [{ pointer, message: "expected an object of methods" }];
      return Object.entries(item).flatMap(([key, value]) => {
        const message = faultOfEntry(key, value);
        return message === undefined ? [] : [{ pointer: `${pointer}${jsonPointer(key)}`, message }];
      });
    }),
  fix: (document) => ({
    ...document,
    paths: Object.fromEntries(
      Object.entries(document.paths).map(([path, item]) => [
        path,
        isJsonObject(item) ? withMethodsInLowerCase(item) : item,
      ]),
    ),
  }),
};

/** `GET` is `get`, unless there is one already: which of both is meant is not known. */
function withMethodsInLowerCase(item: JsonObject): JsonObject {
  const spellings = Object.keys(item).map((key) => key.toLowerCase());
  return Object.fromEntries(
    Object.entries(item).map(([key, value]) => {
      const lower = key.toLowerCase();
      const isAlone = spellings.filter((spelling) => spelling === lower).length === 1;
      return [methods.includes(lower) && isAlone ? lower : key, value];
    }),
  );
}

function faultOfEntry(key: string, value: Json): string | undefined {
  if (itemKeys.includes(key)) {
    return methods.includes(key) && !isJsonObject(value) ? "expected an operation" : undefined;
  }
  // API Gateway passes over extensions that it does not know.
  if (key.startsWith("x-") && !key.startsWith("x-amazon-apigateway-")) return undefined;
  if (key === "$ref") return "a path item cannot be a reference; write its methods here";
  if (itemKeys.includes(key.toLowerCase())) return `"${key}" is not a method; write "${key.toLowerCase()}"`;
  return `"${key}" is unknown here; remove it, or use one of ${itemKeys.join(", ")}`;
}

const segmentForm = /^(?:\{[A-Za-z0-9._:-]+\+?\}|[A-Za-z0-9._,:-]*)$/;

export const pathSegment: Rule = {
  id: "path-segment",
  why: "In API Gateway, a path parameter is a whole segment, and a greedy one is the last segment. Other segments may have only a few special characters.",
  link: importantNotes,
  check: (document) =>
    Object.entries(document.paths).flatMap(([path, item]) => {
      const wrong = path.startsWith("/") ? path.split("/").filter(isWrongSegment) : [path];
      if (!isJsonObject(item) || wrong.length === 0) return [];
      const message = `API Gateway refuses the segment "${wrong.join('", "')}"; make a parameter a whole segment, and a greedy one the last segment`;
      return [{ pointer: jsonPointer("paths", path), message }];
    }),
};

function isWrongSegment(segment: string, index: number, segments: string[]): boolean {
  const greedyWithin = segment.endsWith("+}") && index < segments.length - 1;
  return greedyWithin || !segmentForm.test(segment);
}

export const siblingParameter: Rule = {
  id: "sibling-parameter",
  why: "API Gateway refuses two path parameters with different names at the same place.",
  link: "https://github.com/amazon-archives/aws-apigateway-importer/issues/202",
  check: (document) => {
    const first = new Map<string, string>();
    return Object.keys(document.paths).flatMap((path) =>
      path.split("/").flatMap((segment, index, segments): Finding[] => {
        if (!segment.startsWith("{")) return [];
        const parent = segments.slice(0, index).join("/");
        const sibling = first.get(parent) ?? segment;
        first.set(parent, sibling);
        if (sibling === segment) return [];
        const message = `${segment} is at the place where another path has ${sibling}; use one name in both paths`;
        return [{ pointer: jsonPointer("paths", path), message }];
      }),
    );
  },
};
