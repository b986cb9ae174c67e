import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkBootstrap } from "../../../cli/bootstrap/check-bootstrap.ts";
import { childEnvironment } from "../../../cli/bootstrap/child-environment.ts";
import { copyProject } from "../../../cli/bootstrap/copy-project.ts";
import { main } from "../../../tools/bootstrap.ts";
import { registeredEnvironments } from "../../fixtures/env/environments.ts";
import { callCommand } from "../../support/call-command.ts";
import { FakeTerraform } from "../../tools/fake-terraform.ts";

const folder = mkdtempSync(join(tmpdir(), "check-"));
const empty = mkdtempSync(join(folder, "empty-"));
const { folder: withTerraform } = new FakeTerraform(join(folder, "bin"));

afterAll(() => rmSync(folder, { recursive: true }));

/** `python3` answers whether moto is there by its exit code. */
function withPython(name: string, code: number): string {
  const { folder: bin } = new FakeTerraform(join(folder, name));
  writeFileSync(join(bin, "python3"), `#!/bin/sh\nexit ${code}\n`, { mode: 0o755 });
  return bin;
}

const check = (name: string, PATH = withTerraform, environments: object = registeredEnvironments) =>
  checkBootstrap(name, { ...environments }, { PATH });

describe(checkBootstrap, () => {
  it("finds the environment that runs on moto as it is", async () => {
    expect(await check("trial", withPython("complete", 0))).toBe("dev");
  });

  it.each(["Trial", "my-env", "x", "a".repeat(17)])("refuses the name %s", async (name) => {
    await expect(check(name)).rejects.toMatchObject({
      exitCode: 2,
      message: `"${name}" is not a valid name of an environment. Use a lower-case letter, then 1 to 15 lower-case letters or digits.`,
    });
  });

  it("refuses a name that is taken", async () => {
    await expect(check("uat")).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining("There is an environment uat already"),
    });
  });

  it("says what it needs where no environment creates everything", async () => {
    const { prod } = registeredEnvironments;

    await expect(check("trial", withTerraform, { prod })).rejects.toThrow(
      'none has backend { kind: "local" }',
    );
  });

  it("says what is not installed", async () => {
    await expect(check("trial", empty)).rejects.toThrow("Terraform is not on PATH.");
    await expect(check("trial", withTerraform)).rejects.toThrow('pip install "moto[server]"');
    await expect(check("trial", withPython("without-moto", 1))).rejects.toThrow("Python 3 with moto");
  });
});

describe("npm run bootstrap", () => {
  it.each([
    ["--tests", "all", "--tests all: use fast or none."],
    ["--packages", "none", "--packages none: use install or linked."],
  ])("refuses %s %s before anything begins", async (option, value, message) => {
    const { code, stdout, stderr } = await callCommand(main, ["trial", option, value]);

    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^${message}\n\nusage: npm run bootstrap`));
  });
});

describe(childEnvironment, () => {
  const given = {
    PATH: "/bin",
    npm_config_cache: "/cache",
    AWS_SESSION_TOKEN: "live",
    AWS_ENDPOINT_URL_S3: "https://s3.example.com",
    TF_TOKEN_terraform_example_com: "token",
    TF_DATA_DIR: "/caller/.terraform",
    TF_VAR_account_id: "1",
    TF_WORKSPACE: "mine",
    CDKTF_OUTDIR: "elsewhere",
    INIT_CWD: "/caller",
    TF_PLUGIN_DIR: "mirror",
    npm_lifecycle_event: "bootstrap",
  };

  it("keeps how packages and providers are found", () => {
    expect(childEnvironment(given)).toMatchObject({
      PATH: "/bin",
      npm_config_cache: "/cache",
      TF_PLUGIN_DIR: resolve("/caller", "mirror"),
    });
  });

  it("leaves out whatever leads to an account, a state or a folder of its caller", () => {
    const kept = childEnvironment(given);

    expect(
      Object.keys(kept).filter((name) =>
        /SESSION|_S3|TOKEN|TF_DATA|TF_VAR|WORKSPACE|CDKTF|INIT|lifecycle/.test(name),
      ),
    ).toEqual([]);
    expect(kept["AWS_ENDPOINT_URL"]).toBe("http://127.0.0.1:9");
    expect(kept["AWS_ACCESS_KEY_ID"]).toBe("testing");
  });
});

describe(copyProject, () => {
  it("says what a folder that git does not know needs", async () => {
    await expect(copyProject(empty, join(folder, "copy"))).rejects.toThrow(
      'run "git init" and "git add --all"',
    );
  });
});
