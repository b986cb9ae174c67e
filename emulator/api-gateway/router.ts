import type { IntegratedOperation } from "../../openapi/operations.ts";

export interface Route {
  readonly operation: IntegratedOperation;
  /** As they stand in the request's path, percent-encoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Resource {
  readonly segments: readonly string[];
  readonly operations: ReadonlyMap<string, IntegratedOperation>;
}

const anyMethod = "x-amazon-apigateway-any-method";

/**
 * Finds the operation of a request. Among the resources that match, a literal segment goes before a parameter and
 * that before a greedy one; then the resource alone decides about the method.
 */
export function createRouter(operations: readonly IntegratedOperation[]) {
  const resources = [...new Set(operations.map(({ path }) => path))]
    .map((path) =>
      resourceOf(
        path,
        operations.filter((operation) => operation.path === path),
      ),
    )
    .sort(bySpecificity);

  return (method: string, path: string): Route | undefined => {
    const segments = segmentsOf(path);
    for (const resource of resources) {
      const pathParameters = match(resource.segments, segments);
      if (pathParameters !== undefined) {
        const operation = resource.operations.get(method.toLowerCase()) ?? resource.operations.get(anyMethod);
        return operation && { operation, pathParameters };
      }
    }
    return undefined;
  };
}

function resourceOf(path: string, group: readonly IntegratedOperation[]): Resource {
  return {
    segments: segmentsOf(path),
    operations: new Map(group.map((operation) => [operation.method, operation])),
  };
}

/** A slash at the end makes no other resource. */
function segmentsOf(path: string): string[] {
  return path.replace(/\/$/, "").split("/").slice(1);
}

function bySpecificity(left: Resource, right: Resource): number {
  const length = Math.max(left.segments.length, right.segments.length);
  for (let index = 0; index < length; index++) {
    const difference = rank(left.segments[index]) - rank(right.segments[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function rank(segment: string | undefined): number {
  if (segment === undefined) return 0;
  if (!segment.startsWith("{")) return 1;
  return segment.endsWith("+}") ? 3 : 2;
}

function match(
  pattern: readonly string[],
  segments: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const actual = segments[index];
    if (actual === undefined || (actual === "" && rank(expected) !== 1)) return undefined;
    if (rank(expected) === 3) {
      return { ...parameters, [expected.slice(1, -2)]: segments.slice(index).join("/") };
    }
    if (rank(expected) === 2) parameters[expected.slice(1, -1)] = actual;
    else if (decode(actual) !== expected) return undefined;
  }
  return pattern.length === segments.length ? parameters : undefined;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
