import { describe, expect, it } from "vitest";
import type { FunctionUse } from "../../../openapi/function-uses.ts";
import { invocationsOf } from "../../../stacks/ingestion/invocations.ts";

const use = (
  functionText: string,
  qualifierText?: string,
  by: FunctionUse["by"] = "integration",
): FunctionUse => ({ functionText, qualifierText, by });

function idsOf(...uses: FunctionUse[]): string[] {
  const values = { "function.orders": "arn:aws:lambda:eu-central-1:123456789012:function:orders" };
  const stageVariables = { alias: "live", fn: "a", x: "b" };
  return invocationsOf(uses, { bindings: {}, values, stageVariables }).map(({ id }) => id);
}

describe(invocationsOf, () => {
  it("tells a stage variable from a fixed alias of the same name", () => {
    expect(
      idsOf(use("{{function.orders}}", "alias"), use("{{function.orders}}", "${stageVariables.alias}")),
    ).toEqual(["invoke-orders-alias", "invoke-orders-alias-2"]);
  });

  it("tells names apart whose stage variables stand in different places", () => {
    expect(idsOf(use("${stageVariables.fn}-x"), use("fn-${stageVariables.x}"))).toEqual([
      "permit-fn-x",
      "permit-fn-x-2",
    ]);
  });

  it("gives no number that another one has as its name", () => {
    expect(idsOf(use("${stageVariables.fn}-x"), use("fn-${stageVariables.x}"), use("fn-x-2"))).toEqual([
      "permit-fn-x",
      "permit-fn-x-3",
      "permit-fn-x-2",
    ]);
  });

  it("permits one function as an integration and as an authorizer", () => {
    expect(idsOf(use("{{function.orders}}"), use("{{function.orders}}", undefined, "authorizer"))).toEqual([
      "invoke-orders",
      "invoke-orders-authorizer",
    ]);
  });
});
