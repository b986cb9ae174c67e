import type { Operation } from "../../openapi/operations.ts";
import { bySpecificity, segmentRank, segmentsOf } from "../../openapi/resource-path.ts";
import { decodeSegment } from "./request-target.ts";

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
 * Finds the operation of a request. Of the resources that match and have the method, or take any, the one counts whose
 * first segments are the most specific: a literal before a parameter, and that before a greedy one. A resource without
 * the method hides no other. Recorded on AWS: https://github.com/floci-io/floci/pull/3399 and
 * https://github.com/localstack/localstack/blob/main/tests/aws/services/apigateway/test_apigateway_common.py test_proxy_routing_with_hardcoded_resource_sibling
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
      const operation = resource.operations.get(method.toLowerCase()) ?? resource.operations.get(anyMethod);
      if (operation === undefined) continue;
      const pathParameters = match(resource.segments, segments);
      if (pathParameters !== undefined) return { operation, pathParameters };
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
  // Without what objects inherit: a mapping may name a parameter that the path does not have.
  const parameters: Record<string, string> = Object.create(null);
  for (const [index, expected] of pattern.entries()) {
    const actual = segments[index];
    if (actual === undefined || (actual === "" && segmentRank(expected) !== 1)) return undefined;
    if (segmentRank(expected) === 3) {
      parameters[expected.slice(1, -2)] = segments.slice(index).join("/");
      return parameters;
    }
    if (segmentRank(expected) === 2) parameters[expected.slice(1, -1)] = actual;
    else if (decodeSegment(actual) !== expected) return undefined;
  }
  return pattern.length === segments.length ? parameters : undefined;
}
