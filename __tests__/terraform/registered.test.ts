import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { ingestionStackName } from "../../domain/names.ts";
import { registeredEnvironments } from "../../env/environments.ts";
import { findPluginDirectory } from "../support/terraform.ts";

const outdir = mkdtempSync(join(tmpdir(), "registered-"));
afterAll(() => rmSync(outdir, { recursive: true, force: true }));

const npmRun = (script: string) =>
  promisify(execFile)("npm", ["run", "--silent", script], {
    env: {
      ...process.env,
      CDKTF_OUTDIR: outdir,
      TF_PLUGIN_DIR: findPluginDirectory(),
      TF_CLI_CONFIG_FILE: "/dev/null",
    },
  });

describe("the environments of env/, whatever they are", () => {
  it("are synthesized, and Terraform accepts every stack of theirs", async () => {
    await npmRun("synth");
    const { stdout } = await npmRun("validate");

    const stacks = readdirSync(join(outdir, "stacks"));
    expect(stacks).toEqual(
      expect.arrayContaining(Object.keys(registeredEnvironments).map((name) => ingestionStackName(name))),
    );
    expect(stdout.trim().split("\n").toSorted()).toEqual(stacks.map((stack) => `${stack}: valid`).toSorted());
  });
});
