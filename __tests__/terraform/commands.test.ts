import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { ingestionStackName } from "../../domain/names.ts";
import { loadEnvironment } from "../support/environments.ts";
import { GatewayAccountSetting } from "../support/gateway-account.ts";
import { type Moto, startMoto } from "../support/moto/moto.ts";
import { findPluginDirectory } from "../support/terraform.ts";

const FOREIGN_ACCOUNT = "999999999999";

// As people call them, with real Terraform; nothing is applied.
const folder = mkdtempSync(join(tmpdir(), "commands-"));
const outdir = join(folder, "cdktf.out");
let moto: Moto;
let foreign: Moto;

beforeAll(async () => {
  const { accountId, region, roles } = loadEnvironment("dev");
  moto = await startMoto(accountId);
  await new GatewayAccountSetting(moto, region).setUp(roles.gatewayLogging.name);
  foreign = await startMoto(FOREIGN_ACCOUNT);
});

afterAll(async () => {
  await moto?.stop();
  await foreign?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function npm(target: Moto, ...args: string[]) {
  const running = promisify(execFile)("npm", ["run", "--silent", ...args], {
    cwd: inject("fixtureProject"),
    env: {
      ...process.env,
      ...target.environment,
      CDKTF_OUTDIR: outdir,
      TF_PLUGIN_DIR: findPluginDirectory(),
      TF_CLI_CONFIG_FILE: "/dev/null",
    },
    maxBuffer: 64 * 1024 * 1024,
  });
  // Nobody answers questions.
  running.child.stdin?.end();
  return running.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) => ({ code, stdout, stderr }),
  );
}

describe("npm run plan, apply and destroy", () => {
  it("shows every resource of an empty state", async () => {
    const { code, stdout, stderr } = await npm(moto, "plan", "--", "dev", "-no-color");

    const { resource } = JSON.parse(
      readFileSync(join(outdir, "stacks", ingestionStackName("dev"), "cdk.tf.json"), "utf8"),
    );
    const count = Object.values<object>(resource).flatMap(Object.keys).length;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`Plan: ${count} to add, 0 to change, 0 to destroy.`);
  });

  it("passes Terraform's exit code and a variable on", async () => {
    const { code, stdout } = await npm(
      moto,
      ...["plan", "--", "dev", "-no-color", "-detailed-exitcode", "--var", "log_retention_days=3"],
    );

    expect(code).toBe(2);
    expect(stdout).toMatch(/\+ retention_in_days += 3\n/);
  });

  it("ends without an answer to Terraform's question", async () => {
    const { code, stdout, stderr } = await npm(moto, "apply", "--", "dev", "-no-color");

    expect(code).toBe(1);
    expect(stdout).toContain("Do you want to perform these actions?");
    expect(stderr).toContain("Error: error asking for approval");
  });

  it.each(["plan", "apply", "destroy"])("refuses to %s in another account", async (action) => {
    const { code, stdout, stderr } = await npm(foreign, action, "--", "dev", "--auto-approve");

    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`in account ${FOREIGN_ACCOUNT}, but env/dev.ts expects account`);
  });
});
