import { RIGHT_OF_METHOD } from "../contract/caller-rights.ts";
import type { OpenApiDocument } from "../openapi/openapi-document.ts";
import { operationsOf } from "../openapi/operations.ts";
import { bySpecificity, segmentRank, segmentsOf } from "../openapi/resource-path.ts";

/** A path of an API's document, and the methods that it has. */
export interface Resource {
  readonly path: string;
  readonly methods: readonly string[];
}

/** Those of each API, by its name. */
export type ApiResources = Readonly<Record<string, readonly Resource[]>>;

/** Methods that a path has, whose requests match a regular expression. */
export interface PathMethods {
  readonly pattern: string;
  readonly methods: readonly string[];
}

/** All methods that a resource may have; it has each of them where it has `x-amazon-apigateway-any-method`. */
export const gatewayMethods: readonly string[] = Object.keys(RIGHT_OF_METHOD);

export function resourcesOf(document: OpenApiDocument): Resource[] {
  const operations = operationsOf(document);
  return [...new Set(operations.map(({ path }) => path))].map((path) => {
    const keys = operations.filter((each) => each.path === path).map(({ method }) => method.toUpperCase());
    return { path, methods: gatewayMethods.filter((method) => keys.includes(method) || keys.some(isAny)) };
  });
}

export function resourcesByApi(
  apis: readonly { readonly name: string; readonly resources: readonly Resource[] }[],
): ApiResources {
  return Object.fromEntries(apis.map(({ name, resources }) => [name, resources]));
}

const isAny = (key: string) => key === "X-AMAZON-APIGATEWAY-ANY-METHOD";

/**
 * What the paths of some APIs have, which share them. The first that matches counts, as in API Gateway: the resource of
 * each API that is closest to the path decides about the methods.
 */
export function pathTable(apis: readonly (readonly Resource[])[]): PathMethods[] {
  const sorted = apis.map((resources) =>
    resources
      .map(({ path, methods }) => ({ segments: segmentsOf(path), methods }))
      .toSorted((left, right) => bySpecificity(left.segments, right.segments)),
  );
  const patterns = new Map<string, readonly string[]>();
  for (const { segments } of sorted.flat().toSorted((a, b) => bySpecificity(a.segments, b.segments))) {
    const pattern = patternOf(segments);
    if (patterns.has(pattern)) continue;
    const found = sorted.flatMap(
      (resources) => resources.find((each) => covers(each.segments, segments))?.methods ?? [],
    );
    patterns.set(
      pattern,
      gatewayMethods.filter((method) => found.includes(method)),
    );
  }
  return [...patterns].map(([pattern, methods]) => ({ pattern, methods }));
}

/** The methods of a path; undefined where it is none. */
export function methodsOfPath(table: readonly PathMethods[], path: string): readonly string[] | undefined {
  return table.find(({ pattern }) => new RegExp(pattern).test(path))?.methods;
}

/** Whether a resource takes every path that another one takes. */
function covers(general: readonly string[], specific: readonly string[]): boolean {
  for (const [index, segment] of general.entries()) {
    const other = specific[index];
    if (other === undefined) return false;
    if (segmentRank(segment) === 3) return true;
    if (segmentRank(other) === 3) return false;
    if (segmentRank(segment) === 1 && segment !== other) return false;
  }
  return general.length === specific.length;
}

function patternOf(segments: readonly string[]): string {
  const parts = segments.map((segment) => {
    const kind = segmentRank(segment);
    return kind === 1 ? literal(segment) : kind === 2 ? "[^/]+" : ".+";
  });
  return `^${parts.map((part) => `/${part}`).join("")}/?$`;
}

/** Reserved characters are the same percent-encoded; clients write `:` in both ways. */
function literal(segment: string): string {
  return [...segment].map((char) => (/[A-Za-z0-9_~-]/.test(char) ? char : eitherWay(char))).join("");
}

function eitherWay(char: string): string {
  const bytes = [...Buffer.from(char)].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0"));
  const encoded = bytes.map(
    (byte) => `%${byte.replace(/[A-F]/g, (digit) => `[${digit}${digit.toLowerCase()}]`)}`,
  );
  if (char === ".") return "\\.";
  return bytes.length > 1 ? encoded.join("") : `(?:\\x${bytes[0]}|${encoded[0]})`;
}
