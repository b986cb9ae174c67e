import { describe, expect, it } from "vitest";
import { askEnvironments } from "../../../cli/spec/environment-variables.ts";
import { lintDocument } from "../../../openapi/lint-document.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import { registeredEnvironments } from "../../fixtures/env/environments.ts";
import { loadEnvironment } from "../../support/environments.ts";

const uri = "http://${stageVariables.host}/a";
const document: OpenApiDocument = {
  openapi: "3.0.1",
  info: { title: "orders", version: "1" },
  paths: {
    "/a": {
      get: {
        responses: {},
        "x-amazon-apigateway-integration": { type: "http_proxy", httpMethod: "GET", uri },
      },
    },
  },
};
const pointer = "/paths/~1a/get/x-amazon-apigateway-integration/uri";

/** The tests' environments, with a further API of the document in some of them. */
function withApi(stageVariables: Record<string, Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(registeredEnvironments).map(([name, data]) => {
      const variables = stageVariables[name];
      if (variables === undefined) return [name, data];
      const throttling = { rateLimit: 1, burstLimit: 1 };
      const api = { name: "orders", stageVariables: variables, throttling, bindings: {} };
      return [name, { ...(data as object), apis: [...loadEnvironment(name).apis, api] }];
    }),
  );
}

const found = (registered: Record<string, unknown>, file = "specs/orders.openapi.json") =>
  askEnvironments(lintDocument(document), { document, file, registered }).filter(
    ({ rule }) => rule === "stage-variable",
  );

describe(askEnvironments, () => {
  it("finds nothing where every environment of the document sets the variable", () => {
    expect(found(withApi({ dev: { host: "a.example" }, test: { host: "b.example" } }))).toEqual([]);
  });

  it("names the environments that do not", () => {
    expect(found(withApi({ dev: { host: "a.example" }, test: {}, uat: { other: "b" } }))).toEqual([
      {
        rule: "stage-variable",
        severity: "warning",
        pointer,
        message:
          "host is not set in env/test.ts, env/uat.ts; add it to stageVariables of the API's entry there",
      },
    ]);
  });

  it("names the variable where no environment has the document", () => {
    expect(found(withApi({}))).toMatchObject([
      { pointer, message: expect.stringContaining("host (/paths/") },
    ]);
    expect(found(withApi({ dev: {} }), "specs/others.openapi.json")).toHaveLength(1);
  });

  it("does not ask an environment that is broken", () => {
    expect(found({ ...withApi({ dev: { host: "a.example" } }), broken: { name: 1 } })).toEqual([]);
  });
});
