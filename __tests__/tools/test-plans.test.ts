import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { accountStackName } from "../../contract/gateway-logging.ts";
import { ingestionStackName } from "../../domain/names.ts";
import { main } from "../../tools/test-plans.ts";
import { callCommand } from "../support/call-command.ts";

/** What `terraform test -json` prints, line by line. */
const line = (type: string, content: object, run?: string) =>
  JSON.stringify({ type, ...(run && { "@testrun": run }), [type]: content });
const passed = [line("test_summary", { status: "pass" })];
const failed = [
  line("test_run", { run: "plan", progress: "complete", status: "pass" }),
  line("test_run", { run: "rules_1", progress: "complete", status: "fail" }),
  line(
    "diagnostic",
    {
      severity: "error",
      summary: "Missing expected failure",
      detail: "The checkable object, var.account_id, was expected to report an error but did not.",
    },
    "rules_1",
  ),
  line("test_run", { run: "rules_2", progress: "complete", status: "skip" }),
  line("test_summary", { status: "fail" }),
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "test-plans-"));
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

/** Calls the command with a `terraform` that prints these lines for a test, and ends with that code. */
async function call(args: readonly string[], lines: readonly string[], code = 0, init = 0) {
  const bin = mkdtempSync(join(folder, "bin-"));
  const script = `#!${process.execPath}
const action = process.argv.slice(2).find((each) => !each.startsWith("-"));
if (action === "version") console.log('{"terraform_version":"1.11.4"}');
if (action === "init" && ${init} > 0) console.error("no package for hashicorp/aws");
if (action === "init") process.exitCode = ${init};
if (action === "test") {
  if (process.env.TF_CLI_ARGS_test || process.env.TF_VAR_region) throw new Error("has somebody's arguments");
  console.log(${JSON.stringify(lines.join("\n"))});
  process.exitCode = ${code};
}
`;
  writeFileSync(join(bin, "terraform"), script, { mode: 0o755 });
  const outdir = join(bin, "cdktf.out");
  mkdirSync(outdir);
  return callCommand(main, args, {
    PATH: `${bin}${delimiter}${process.env["PATH"]}`,
    CDKTF_OUTDIR: outdir,
    TF_PLUGIN_DIR: "",
    TF_CLI_ARGS_test: "-verbose",
    TF_VAR_region: "elsewhere",
  });
}

describe("npm run test:plans", () => {
  /** The only stack of its environment. */
  const prod = ingestionStackName("prod");

  it("says what was proven of each stack of an environment", async () => {
    const { code, stdout } = await call(["dev"], passed);

    // In the order in which they end.
    expect(stdout.trim().split("\n").toSorted()).toEqual([
      expect.stringMatching(
        new RegExp(`^${accountStackName("dev")}: plan ok; \\d+ rules; 0 postconditions$`),
      ),
      expect.stringMatching(
        new RegExp(
          `^${ingestionStackName("dev")}: plan ok; \\d+ rules \\(\\d+ of them tested in another stack\\); 1 postconditions$`,
        ),
      ),
    ]);
    expect(code).toBe(0);
  });

  it("plans each stack as it is, and breaks nothing, where it is asked for that alone", async () => {
    const { code, stdout } = await call(["prod", "--plans-only"], passed);

    expect(stdout).toBe(`${prod}: plan ok\n`);
    expect(code).toBe(0);
  });

  it("ends with 1, Terraform's words and the rule that refuses nothing", async () => {
    const { code, stdout } = await call(["prod"], failed, 1);

    expect(stdout).toBe(
      `${prod}: failed\n` +
        "  run rules_1: Missing expected failure: The checkable object, var.account_id, was expected to report an error but did not.\n" +
        "  This rule should have failed: account_id must be the 12-digit AWS account id, as a string.\n" +
        "  Not tested, because an earlier run failed: rules_2\n",
    );
    expect(code).toBe(1);
  });

  it("ends with 1 where Terraform says nothing that it understands", async () => {
    const { code, stdout } = await call(["prod"], ["Segmentation fault"]);

    expect(stdout).toBe(
      `${prod}: failed\n  terraform test reported neither success nor an error. Its output: Segmentation fault\n`,
    );
    expect(code).toBe(1);
  });

  it("ends with 1 where there is no provider", async () => {
    const { code, stdout } = await call(["prod"], passed, 0, 1);

    expect(stdout).toBe(`${prod}: failed\n  terraform init: no package for hashicorp/aws\n`);
    expect(code).toBe(1);
  });
});
