import { isAtOrBelow } from "../../../contract/paths.ts";
import { idlePrefixes, unreachablePaths } from "../../../openapi/api-routes.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";

/** The part of a path that distinguishes APIs: whole segments without parameters. */
const plainSegment = /^(?!\.{1,2}$)[A-Za-z0-9._,:-]+$/;

/**
 * Prefixes that cover every path of a document: known ones that cover a path, and for the others the first segments.
 * If another API has the same prefix, as many segments as distinguish the two.
 * @param taken paths of the environments' other APIs
 */
export function proposePaths(
  document: OpenApiDocument,
  { known, taken }: { readonly known: readonly string[]; readonly taken: readonly string[] },
): string[] {
  const idle = idlePrefixes(document, known);
  const kept = known.filter((path) => !idle.includes(path));
  const proposed = unreachablePaths(document, kept).flatMap((path) => prefixOf(path, taken) ?? []);
  return outermost([...kept, ...proposed]);
}

/** Undefined if the path begins with a parameter: only a prefix of all paths would cover it. */
function prefixOf(path: string, taken: readonly string[]): string | undefined {
  const segments = path.split("/").slice(1);
  const end = segments.findIndex((segment) => !plainSegment.test(segment));
  const plain = end < 0 ? segments : segments.slice(0, end);
  const prefixes = plain.map((_, index) => `/${plain.slice(0, index + 1).join("/")}`);
  const isFree = (prefix: string) =>
    !taken.some((other) => isAtOrBelow(other, prefix) || isAtOrBelow(prefix, other));
  return prefixes.find(isFree) ?? prefixes[0];
}

/** Without those that lie at or below another. */
function outermost(paths: readonly string[]): string[] {
  const all = [...new Set(paths)];
  return all.filter((path) => !all.some((other) => other !== path && isAtOrBelow(path, other)));
}
