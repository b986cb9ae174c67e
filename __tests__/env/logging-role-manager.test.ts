import { describe, expect, it } from "vitest";
import { loggingRoleManager } from "../../env/logging-role-manager.ts";
import { dev } from "../fixtures/env/dev.ts";
import { prod } from "../fixtures/env/prod.ts";
import { loadEnvironment } from "../support/environments.ts";

const staging = { ...loadEnvironment("prod"), name: "staging", accountId: dev.accountId };
const managerOf = (registered: object) => loggingRoleManager(staging, { ...registered, staging });

describe(loggingRoleManager, () => {
  it("is the environment of the account and region, whatever is wrong with others", () => {
    expect(managerOf({ prod: { ...prod, region: 1 }, dev })).toBe("dev");
  });

  it.each([
    ["no environment", {}],
    ["none of another region", { dev: { ...dev, region: "us-east-1" } }],
    ["none of another account", { dev: { ...dev, accountId: "999999999999" } }],
    ["none that finds the role", { prod: { ...prod, accountId: dev.accountId } }],
  ])("is %s", (_, registered) => {
    expect(managerOf(registered)).toBeUndefined();
  });
});
