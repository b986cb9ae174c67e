import { describe, expect, it } from "vitest";
import { proposeBinding } from "../../../cli/spec/add/propose-bindings.ts";
import type { NamedLiteral } from "../../../openapi/import/name-literals.ts";
import { loadEnvironment } from "../../support/environments.ts";

const dev = loadEnvironment("dev");
const account = "998877665544";

function proposed(kind: string, arn: string, home: { account: string; region: string }) {
  const literal = { kind, label: "orders", text: arn } as unknown as NamedLiteral;
  return proposeBinding(literal, dev, { home: { partition: "aws", ...home }, all: [dev] });
}

describe(proposeBinding, () => {
  const topic = "arn:aws:sns:us-east-1:112233445566:orders";

  it("is in doubt of what lies elsewhere where the export is of another account, and only there", () => {
    const target = { kind: "external", arn: topic };

    expect(proposed("topic", topic, { account, region: dev.region })).toEqual({
      target,
      doubt: `is ${topic}, as in the export`,
    });
    expect(proposed("topic", topic, { account: dev.accountId, region: dev.region })).toEqual({ target });
  });

  it("takes what lets in no other account from the environment's own, in doubt", () => {
    const machine = (of: string) => `arn:aws:states:us-east-1:${of}:stateMachine:orders`;

    expect(proposed("stateMachine", machine(account), { account, region: dev.region })).toEqual({
      target: { kind: "external", arn: machine(dev.accountId) },
      doubt: `is ${machine(dev.accountId)}, which was in account ${account} in the export`,
    });
  });

  it("binds it by its name where it is in the environment's region, in doubt", () => {
    const machine = `arn:aws:states:${dev.region}:${account}:stateMachine:orders`;

    expect(proposed("stateMachine", machine, { account, region: "us-east-1" })).toEqual({
      target: { kind: "existing", name: "orders" },
      doubt: `keeps the name orders from account ${account}`,
    });
  });
});
