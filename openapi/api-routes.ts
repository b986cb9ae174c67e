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
