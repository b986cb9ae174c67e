import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRouter } from "../../../emulator/api-gateway/router.ts";
import type { Operation } from "../../../openapi/operations.ts";
import { itHolds } from "../../support/property.ts";

const any = "x-amazon-apigateway-any-method";
const methods = ["get", "put", any];
const segment = fc.constantFrom("a", "b", "{x}");
const path = fc
  .tuple(fc.array(segment, { maxLength: 3 }), fc.constantFrom("", "/{rest+}"))
  .map(([segments, end]) => `/${segments.join("/")}${end}`.replace("//", "/"));
const routes = fc.uniqueArray(fc.tuple(fc.constantFrom(...methods), path), {
  minLength: 1,
  maxLength: 12,
  selector: ([method, path]) => `${method} ${path}`,
});
const request = fc.tuple(
  fc.constantFrom("GET", "PUT", "DELETE"),
  fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 4 }),
);

function operationOf([method, path]: readonly [string, string]): Operation {
  return { method, path, pointer: "", value: {}, parameters: new Set(), integration: undefined };
}

/** Whether a resource takes a path, by a regular expression of its own. */
function takes(resource: string, segments: readonly string[]): boolean {
  const pattern = resource.replace(/\{rest\+\}/, ".+").replace(/\{x\}/g, "[^/]+");
  return new RegExp(`^${pattern}$`).test(`/${segments.join("/")}`);
}

/** A digit for each segment, smaller where it is more specific: texts of these compare as resources do. */
function rankOf(resource: string): string {
  return resource
    .split("/")
    .slice(1)
    .map((segment) => (segment === "{rest+}" ? 3 : segment === "{x}" ? 2 : 1))
    .join("");
}

describe(createRouter, () => {
  itHolds(
    "finds the most specific of all resources that take the path and have the method",
    fc.property(routes, request, (routes, [method, segments]) => {
      const found = createRouter(routes.map(operationOf))(method, `/${segments.join("/")}`);

      const candidates = routes.filter(
        ([own, path]) => (own === any || own === method.toLowerCase()) && takes(path, segments),
      );
      const [best] = candidates.map(([, path]) => rankOf(path)).sort();
      expect(found && rankOf(found.operation.path)).toBe(best);
      const isOwn = candidates.some(
        ([own, path]) => path === found?.operation.path && own === method.toLowerCase(),
      );
      expect(found?.operation.method).toBe(found && (isOwn ? method.toLowerCase() : any));
    }),
  );

  it("gives parameters of the path alone, whatever JavaScript's objects have", () => {
    const route = createRouter([operationOf(["get", "/a/{x}"]), operationOf(["put", "/a/{rest+}"])]);

    expect(route("GET", "/a/b")?.pathParameters["constructor"]).toBeUndefined();
    expect(route("PUT", "/a/b/c")?.pathParameters["constructor"]).toBeUndefined();
  });
});
