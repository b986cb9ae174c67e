import { describe, expect, it } from "vitest";
import { noticesOfApis } from "../../emulator/notices-of-apis.ts";
import { anApi, aStack, calling, functionArn, invocationUri } from "../support/small-stack.ts";

const guarded = (uri: string, stageVariables = {}) =>
  anApi(
    { "/items": { get: calling("orders", { security: [{ staff: [] }] }) } },
    {
      stageVariables,
      rest: {
        components: {
          securitySchemes: {
            staff: {
              type: "apiKey",
              name: "Authorization",
              in: "header",
              "x-amazon-apigateway-authtype": "custom",
              "x-amazon-apigateway-authorizer": { type: "token", authorizerUri: invocationUri(uri) },
            },
          },
        },
      },
    },
  );

describe(noticesOfApis, () => {
  it("says which routes are left out", () => {
    const stack = aStack(
      [anApi({ "/items": { get: calling("orders"), post: calling("orders") } })],
      ["orders"],
    );

    expect(noticesOfApis(stack, { skip: ["POST /items"] })).toEqual([
      "orders: POST /items is left out (--skip) and answers 501",
    ]);
  });

  it("warns of an authorizer whose function the stack does not have, so that nobody gets in", () => {
    const elsewhere = functionArn("letIn", "999999999999");

    expect(noticesOfApis(aStack([guarded(elsewhere)], ["letIn", "orders"]), {})).toEqual([
      `warning: orders: GET /items refuses every request: the function of its authorizer "staff" is not in this stack: ${elsewhere}`,
    ]);
  });

  it.each([
    ["by its ARN", functionArn("letIn"), {}],
    ["by an alias", `${functionArn("letIn")}:live`, {}],
    ["by a stage variable", "${stageVariables.letIn}", { letIn: "letIn" }],
  ])("says nothing of an authorizer that the stack has, %s", (_, uri, variables) => {
    expect(noticesOfApis(aStack([guarded(uri, variables)], ["letIn", "orders"]), {})).toEqual([]);
  });

  it("warns of a route whose function the stack does not have, unless it is left out", () => {
    const stack = aStack(
      [anApi({ "/items": { get: calling("orders"), post: calling("bills") } })],
      ["bills"],
    );

    expect(noticesOfApis(stack, {})).toEqual([
      `warning: orders: GET /items answers 504: its function is not in this stack: ${functionArn("orders")}`,
    ]);
    expect(noticesOfApis(stack, { skip: ["GET /items"] })).toEqual([
      "orders: GET /items is left out (--skip) and answers 501",
    ]);
  });

  it("warns of a route that a scheme which API Gateway ignores leaves open", () => {
    const api = anApi(
      { "/items": { get: calling("orders", { security: [{ bearer: [] }] }) } },
      { rest: { components: { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } } } },
    );

    expect(noticesOfApis(aStack([api], ["orders"]), {})).toEqual([
      expect.stringMatching(
        /^warning: orders: GET \/items is open, here as on AWS: security scheme "bearer": API Gateway ignores type "http"/,
      ),
    ]);
  });
});
