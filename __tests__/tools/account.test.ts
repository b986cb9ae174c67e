import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { accountStackName } from "../../contract/gateway-logging.ts";
import { ingestionStackName } from "../../domain/names.ts";
import { accountCommand } from "../../tools/account.ts";
import { terraformCommand } from "../../tools/terraform.ts";
import { dev } from "../fixtures/env/dev.ts";
import { prod } from "../fixtures/env/prod.ts";
import { callCommand } from "../support/call-command.ts";
import { loadEnvironment } from "../support/environments.ts";
import { type FakeSts, startFakeSts } from "./fake-sts.ts";
import { FakeTerraform } from "./fake-terraform.ts";

const folder = mkdtempSync(join(tmpdir(), "account-"));
const stacks = join(folder, "cdktf.out", "stacks");
const fake = new FakeTerraform(join(folder, "bin"));
const roleName = loadEnvironment("dev").roles.gatewayLogging.name;
/** In dev's account, with dev's role. */
const staging = {
  ...dev,
  name: "staging",
  namePrefix: "staging",
  roles: { gatewayLogging: { kind: "existing", name: roleName } },
};
const environments = { dev, staging, prod };
let sts: FakeSts;

beforeAll(async () => {
  sts = await startFakeSts();
  sts.account = dev.accountId;
  mkdirSync(join(stacks, accountStackName("dev")), { recursive: true });
});

afterEach(() => vi.unstubAllEnvs());
afterAll(async () => {
  await sts.stop();
  rmSync(folder, { recursive: true });
});

/** Nothing of the account is set up, and Terraform fails with the action `failing`. */
async function call(command: "account" | "terraform", args: readonly string[], failing = "") {
  const started: string[] = [];
  const steps = {
    projectRoot: folder,
    synthesize: (name: string) => join(stacks, ingestionStackName(name)),
    run(_: string, [, action = ""]: readonly string[]) {
      started.push(action);
      return Promise.resolve(action === failing ? 1 : 0);
    },
  };
  const main = command === "account" ? accountCommand(steps) : terraformCommand(steps);
  const env = {
    HOME: folder,
    PATH: fake.folder,
    INIT_CWD: folder,
    AWS_ACCESS_KEY_ID: "testing",
    AWS_SECRET_ACCESS_KEY: "testing",
    AWS_ENDPOINT_URL: sts.endpoint,
  };
  return { ...(await callCommand(main, args, env, { env, environments })), started };
}

describe("the logging role that another environment of the account manages", () => {
  it("is named by npm run account, with the command that sets it up", async () => {
    expect(await call("account", ["staging"])).toEqual({
      code: 1,
      started: [],
      stdout: "",
      stderr: `env/staging.ts uses API Gateway's logging role ${roleName} as existing. env/dev.ts manages the role of this account and region. Run the command for that environment: npm run account -- dev\n`,
    });
  });

  it("is named where a plan is refused because no role is set", async () => {
    expect(await call("terraform", ["plan", "staging"])).toEqual({
      code: 1,
      started: [],
      stdout: "",
      stderr:
        "API Gateway has no logging role in account 111111111111, eu-central-1, so AWS refuses every stage that logs. env/dev.ts manages the role. Set it up once for the account and region: npm run account -- dev\n",
    });
  });

  it("is that of its owner where no environment of the account manages it", async () => {
    const { stderr } = await call("account", ["prod"]);

    expect(stderr).toContain("env/prod.ts");
    expect(stderr).not.toContain("npm run account");
  });
});

describe("npm run account", () => {
  it("says after a failed apply that the next one goes on, and not after a failed destroy", async () => {
    const applied = await call("account", ["dev"], "apply");

    expect(applied).toMatchObject({ code: 1, started: ["init", "apply"] });
    expect(applied.stderr).toBe(
      'The apply did not finish. If you did not confirm it, nothing was changed. Otherwise run "npm run account -- dev" again: it imports what exists already, and creates the rest.\n',
    );
    expect(await call("account", ["dev", "--destroy"], "destroy")).toMatchObject({ code: 1, stderr: "" });
    expect(await call("account", ["dev"])).toMatchObject({ code: 0, stderr: "" });
  });
});
