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
 * What the paths of some APIs have, which share them. The first that matches counts. It has the methods of every resource
 * that takes its paths: in API Gateway, a resource without the method hides no other that has it
 * (https://github.com/floci-io/floci/pull/3399).
 */
export function pathTable(apis: readonly (readonly Resource[])[]): PathMethods[] {
  const resources = apis
    .flat()
    .map(({ path, methods }) => ({ segments: segmentsOf(path), methods }))
    .toSorted((left, right) => bySpecificity(left.segments, right.segments));
  const patterns = new Map<string, readonly string[]>();
  for (const segments of withCommonPaths(resources.map(({ segments }) => segments))) {
    const found = resources
      .filter((resource) => covers(resource.segments, segments))
      .flatMap(({ methods }) => methods);
    patterns.set(
      patternOf(segments),
      gatewayMethods.filter((method) => found.includes(method)),
    );
  }
  return [...patterns].map(([pattern, methods]) => ({ pattern, methods }));
}

type Segments = readonly string[];

/** Paths, and what any of them have in common, so that the first that matches is the most specific: `/a/{x}` and `/{x}/b` share `/a/b`. */
function withCommonPaths(paths: readonly Segments[]): Segments[] {
  const all = new Map(paths.map((path) => [patternOf(path), path]));
  // A map's iteration reaches what is added meanwhile.
  for (const path of all.values()) {
    for (const other of paths) {
      const common = commonPath(path, other);
      if (common !== undefined && !all.has(patternOf(common))) all.set(patternOf(common), common);
    }
  }
  return [...all.values()].toSorted(bySpecificity);
}

/** The path that two paths both take, or undefined. */
function commonPath(left: Segments, right: Segments): Segments | undefined {
  const common: string[] = [];
  for (let index = 0; ; index++) {
    const [one, other] = [left[index], right[index]];
    if (one === undefined && other === undefined) return common;
    if (one === undefined || other === undefined) return undefined;
    if (segmentRank(one) === 3) return [...common, ...right.slice(index)];
    if (segmentRank(other) === 3) return [...common, ...left.slice(index)];
    if (segmentRank(one) === 1 && segmentRank(other) === 1 && one !== other) return undefined;
    common.push(segmentRank(one) === 1 ? one : other);
  }
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
