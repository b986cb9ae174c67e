import { walk } from "./json-pointer.ts";
import type { OpenApiDocument } from "./openapi-document.ts";

/** Paths of the document to which no request at or below one of these prefixes leads. */
export function unreachablePaths(document: OpenApiDocument, prefixes: readonly string[]): string[] {
  return Object.keys(document.paths).filter(
    (path) => !prefixes.some((prefix) => mayBeAtOrBelow(path, prefix)),
  );
}

/** Prefixes at or below which the document has no path. */
export function idlePrefixes(document: OpenApiDocument, prefixes: readonly string[]): string[] {
  return prefixes.filter(
    (prefix) => !Object.keys(document.paths).some((path) => mayBeAtOrBelow(path, prefix)),
  );
}

/** Whether there is a request at or below the prefix that the path of a document answers: a parameter may be any segment. */
function mayBeAtOrBelow(path: string, prefix: string): boolean {
  const segments = path.replace(/\/$/, "").split("/").slice(1);
  for (const [index, expected] of prefix.split("/").slice(1).entries()) {
    const segment = segments[index];
    if (segment?.endsWith("+}")) return true;
    if (segment !== expected && !segment?.startsWith("{")) return false;
  }
  return true;
}

/**
 * The stage variables that stand inside a URI, credentials or a connection: without a value they lead nowhere. A template or a
 * mapping may do without one.
 */
export function neededStageVariables(document: OpenApiDocument): string[] {
  const names = new Set<string>();
  for (const { segments, value } of walk(document)) {
    const isExtension = segments.some((segment) => String(segment).startsWith("x-amazon-apigateway-"));
    const isTemplate = segments.some((segment) => /^(request|response)Templates$/.test(String(segment)));
    if (typeof value !== "string" || !isExtension || isTemplate) continue;
    for (const [, name = ""] of value.matchAll(/\$\{stageVariables\.([A-Za-z0-9_]+)\}/g)) names.add(name);
  }
  return [...names];
}
