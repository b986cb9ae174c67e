import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRouter } from "../../emulator/api-gateway/router.ts";
import { integratedOperations } from "../../openapi/operations.ts";
import { parseDocument } from "../../openapi/parse-document.ts";
import { gatewayMethods, methodsOfPath, pathTable, resourcesOf } from "../../proxy/resources.ts";
import { documents } from "../support/environments.ts";
import { itHolds } from "../support/property.ts";

function documentOf(paths: Readonly<Record<string, readonly string[]>>) {
  const operation = { responses: {}, "x-amazon-apigateway-integration": { type: "mock" } };
  const items = Object.entries(paths).map(([path, keys]) => [
    path,
    Object.fromEntries(keys.map((key) => [key, operation])),
  ]);
  const document = { openapi: "3.0.1", paths: Object.fromEntries(items) };
  return parseDocument(JSON.stringify(document), "a.openapi.json");
}

describe(resourcesOf, () => {
  it("tells the methods of each path, all where it takes any, and nothing else that stands there", () => {
    const any = "x-amazon-apigateway-any-method";
    const document = documentOf({
      "/a": ["post", "get", "trace", "parameters"],
      "/b": [any],
      "/c": ["head"],
    });

    expect(resourcesOf(document)).toEqual([
      { path: "/a", methods: ["GET", "POST"] },
      { path: "/b", methods: gatewayMethods },
      { path: "/c", methods: ["HEAD"] },
    ]);
  });

  it.each(Object.entries(documents))("finds each operation of %s by its path", (_, document) => {
    const table = pathTable([resourcesOf(document)]);

    for (const { path, method } of integratedOperations(document)) {
      const asked = path.replace(/\{[^}]+\}/g, "a");
      expect(methodsOfPath(table, asked)).toContain(method.toUpperCase());
    }
    expect(methodsOfPath(table, "/")).toBeUndefined();
  });
});

describe(pathTable, () => {
  const methodsOf = (path: string, ...apis: Parameters<typeof pathTable>[0]) =>
    methodsOfPath(pathTable(apis), path);

  it("joins the methods of all APIs that have a path, whatever they call its parameters", () => {
    const one = [{ path: "/a/{x}", methods: ["GET", "POST"] }];
    const other = [
      { path: "/a/{y}", methods: ["POST", "DELETE"] },
      { path: "/a/{y}/b", methods: ["PUT"] },
    ];

    expect(methodsOf("/a/1", one, other)).toEqual(["GET", "POST", "DELETE"]);
    expect(methodsOf("/a/1/b", one, other)).toEqual(["PUT"]);
    expect(methodsOf("/a", one, other)).toBeUndefined();
  });

  it("joins a literal segment of one API with all that takes it in another, and with nothing more", () => {
    const one = [{ path: "/a/list", methods: ["GET"] }];
    const other = [
      { path: "/a/{y}", methods: ["DELETE"] },
      { path: "/{all+}", methods: ["PUT"] },
    ];

    expect(methodsOf("/a/list", one, other)).toEqual(["GET", "PUT", "DELETE"]);
    expect(methodsOf("/a/list", other, one)).toEqual(["GET", "PUT", "DELETE"]);
    expect(methodsOf("/a/other", one, other)).toEqual(["PUT", "DELETE"]);
    expect(methodsOf("/a/list/b", one, other)).toEqual(["PUT"]);
  });

  it("joins resources that share a path, none of which takes all of the other", () => {
    const api = [
      { path: "/a/{x}", methods: ["GET"] },
      { path: "/{x}/b", methods: ["PUT"] },
    ];

    expect(methodsOf("/a/b", api)).toEqual(["GET", "PUT"]);
    expect(methodsOf("/a/c", api)).toEqual(["GET"]);
    expect(methodsOf("/c/b", api)).toEqual(["PUT"]);
  });

  it("takes the characters of a literal segment for themselves, encoded or not", () => {
    const api = [{ path: "/a.b/c:$+d", methods: ["GET"] }];

    expect(["/a.b/c:$+d", "/a.b/c%3A%24%2Bd", "/a.b/c%3a$%2bd/"].map((path) => methodsOf(path, api))).toEqual(
      Array(3).fill(["GET"]),
    );
    expect(["/aXb/c:$+d", "/a.b/c:$d", "/a.b/c:$+dd"].map((path) => methodsOf(path, api))).toEqual(
      Array(3).fill(undefined),
    );
  });

  const segment = fc.constantFrom("a", "b", "{x}", "{y}");
  const path = fc
    .tuple(fc.array(segment, { maxLength: 3 }), fc.constantFrom("", "/{rest+}"))
    .map(([segments, end]) => `/${segments.join("/")}${end}`.replace("//", "/"));
  const keys = fc.subarray(["get", "post", "delete", "x-amazon-apigateway-any-method"], { minLength: 1 });
  const paths = fc.uniqueArray(fc.tuple(path, keys), {
    minLength: 1,
    maxLength: 8,
    // API Gateway takes no second name for a parameter in the same place.
    selector: ([each]) => each.replaceAll("{y}", "{x}"),
  });
  const asked = fc
    .array(fc.constantFrom("a", "b", "c"), { maxLength: 4 })
    .map((segments) => `/${segments.join("/")}`);

  itHolds(
    "decides on every path and method as API Gateway's router does",
    fc.property(paths, asked, fc.constantFrom(...gatewayMethods), (entries, at, method) => {
      const document = documentOf(Object.fromEntries(entries));
      const route = createRouter(integratedOperations(document));

      const has = methodsOf(at, resourcesOf(document))?.includes(method) ?? false;

      expect(has).toBe(route(method, at) !== undefined);
    }),
  );
});
