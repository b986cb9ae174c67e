import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { ingestionStackName } from "../../domain/names.ts";
import { main } from "../../tools/start.ts";
import { callCommand } from "../support/call-command.ts";

const folder = mkdtempSync(join(tmpdir(), "start-applied-"));
const applied = join(folder, "cdktf.out");
const AWS_ENDPOINT_URL = "http://127.0.0.1:1";
/** A `terraform` that shows what lies beside it. */
const PATH = `${folder}${delimiter}${process.env["PATH"]}`;

beforeAll(() => {
  mkdirSync(join(applied, "stacks", ingestionStackName("dev")), { recursive: true });
  writeFileSync(join(folder, "terraform"), `#!/bin/sh\ncat "${join(folder, "state.json")}"\n`, {
    mode: 0o755,
  });
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

const start = (env: Readonly<Record<string, string>>) =>
  callCommand(main, ["dev", "--applied"], { PROXY: "built-in", PORT: "0", PATH, ...env });

describe("npm start -- <environment> --applied", () => {
  it("runs nothing against AWS itself", async () => {
    const { code, stdout, stderr } = await start({ CDKTF_OUTDIR: applied, AWS_ENDPOINT_URL: "" });

    expect(stderr).toMatch(
      /^--applied runs a stack that was applied to an emulator of AWS, such as moto\. Set AWS_ENDPOINT_URL to the URL of the emulator\./,
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  });

  it("refuses an environment that was never planned here", async () => {
    const { code, stderr } = await start({ CDKTF_OUTDIR: join(folder, "nothing"), AWS_ENDPOINT_URL });

    expect(stderr).toMatch(/^There is no \S+: plan or apply the environment from this checkout first/);
    expect(code).toBe(1);
  });

  it.each([
    [
      "nothing was applied",
      { format_version: "1.0" },
      /^--applied: dev is not applied: Terraform's state in /,
    ],
    [
      "it is no state",
      { values: {} },
      /^This is not the state of an applied stack as "terraform show -json"/,
    ],
  ])("says so where %s", async (_, state, message) => {
    writeFileSync(join(folder, "state.json"), JSON.stringify(state));

    const { code, stderr } = await start({ CDKTF_OUTDIR: applied, AWS_ENDPOINT_URL });

    expect(stderr).toMatch(message);
    expect(code).toBe(1);
  });
});
