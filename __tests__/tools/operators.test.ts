import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { main as redrive } from "../../tools/redrive.ts";
import { main as replay } from "../../tools/replay.ts";
import { callCommand } from "../support/call-command.ts";
import { deployedOutputs } from "../support/deployed-outputs.ts";
import { startFakeSts } from "./fake-sts.ts";

const folder = mkdtempSync(join(tmpdir(), "operators-"));
const outputs = join(folder, "outputs.json");
writeFileSync(outputs, JSON.stringify(deployedOutputs("dev")));
afterAll(() => rmSync(folder, { recursive: true }));

describe("commands of operators", () => {
  it.each([
    ["redrive", redrive, ["dev", "--outputs", outputs, "--apply"]],
    ["replay", replay, ["dev", "--all", "--outputs", outputs, "--apply"]],
  ] as const)("refuse credentials of another account: %s", async (_, main, args) => {
    const sts = await startFakeSts();
    sts.account = "999999999999";

    const { code, stdout, stderr } = await callCommand(main, [...args], {
      AWS_ENDPOINT_URL: sts.endpoint,
      AWS_ACCESS_KEY_ID: "other",
      AWS_SECRET_ACCESS_KEY: "other",
    });
    await sts.stop();

    expect(stderr).toMatch(/^Wrong AWS account for dev: .*999999999999/);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  });
});
