import type { Operation } from "../../openapi/operations.ts";
import { bySpecificity, segmentRank, segmentsOf } from "../../openapi/resource-path.ts";

export interface Route {
  readonly operation: Operation;
  /** As they stand in the request's path, percent-encoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

interface Resource {
  readonly segments: readonly string[];
  readonly operations: ReadonlyMap<string, Operation>;
}

const anyMethod = "x-amazon-apigateway-any-method";

/**
 * Finds the operation of a request. Among the resources that match, a literal segment goes before a parameter and
 * that before a greedy one; then the resource alone decides about the method.
 */
export function createRouter(operations: readonly Operation[]) {
  const resources = [...new Set(operations.map(({ path }) => path))]
    .map((path) =>
      resourceOf(
        path,
        operations.filter((operation) => operation.path === path),
      ),
    )
    .sort((left, right) => bySpecificity(left.segments, right.segments));

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

function resourceOf(path: string, group: readonly Operation[]): Resource {
  return {
    segments: segmentsOf(path),
    operations: new Map(group.map((operation) => [operation.method, operation])),
  };
}

function match(
  pattern: readonly string[],
  segments: readonly string[],
): Readonly<Record<string, string>> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const actual = segments[index];
    if (actual === undefined || (actual === "" && segmentRank(expected) !== 1)) return undefined;
    if (segmentRank(expected) === 3) {
      return { ...parameters, [expected.slice(1, -2)]: segments.slice(index).join("/") };
    }
    if (segmentRank(expected) === 2) parameters[expected.slice(1, -1)] = actual;
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
