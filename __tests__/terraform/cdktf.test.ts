import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountStackName } from "../../contract/gateway-logging.ts";
import { stateFileName } from "../../contract/state-file.ts";
import { type CheckOut, checkOut } from "../support/check-out.ts";
import { environmentNames, loadEnvironment } from "../support/environments.ts";
import { GatewayAccountSetting } from "../support/gateway-account.ts";
import { type Moto, startMoto } from "../support/moto/moto.ts";
import { findPluginDirectory } from "../support/terraform.ts";

const { accountId, region, roles } = loadEnvironment("dev");
const elsewhere = mkdtempSync(join(tmpdir(), "cdktf-"));
let moto: Moto;
let project: CheckOut;
let setting: GatewayAccountSetting;

beforeAll(async () => {
  moto = await startMoto(accountId);
  setting = new GatewayAccountSetting(moto, region);
  project = checkOut();
  // Each command synthesizes: the others would only take their time.
  for (const name of environmentNames.filter((each) => each !== "dev")) {
    rmSync(join(project.folder, "env", `${name}.ts`));
    project.edit(join("env", "environments.ts"), `import { ${name} } from "./${name}.ts";\n`, "");
    project.edit(join("env", "environments.ts"), `, ${name}`, "");
  }
});

afterAll(async () => {
  await moto?.stop();
  project?.remove();
  rmSync(elsewhere, { recursive: true });
});

/** The lines of the guide, for the stack of a few resources: it applies in seconds. */
function guideLines(): string[] {
  const [, section = ""] = readFileSync("docs/deploy.md", "utf8").split("\n## With cdktf's own commands\n");
  const [own = ""] = section.split(/^## /m);
  const blocks = [...own.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = ""]) => text);
  return blocks
    .flatMap((block) => block.trim().split("\n"))
    .map((line) => line.replaceAll("<mirror>", findPluginDirectory()))
    .map((line) => line.replace(/^(npx cdktf \w+) [\w-]+/, `$1 ${accountStackName("dev")}`))
    .map((line) => (/^npx cdktf (deploy|destroy)/.test(line) ? `${line} --auto-approve` : line));
}

async function bash(lines: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const running = promisify(execFile)("bash", ["-e", "-c", lines.join("\n")], {
    cwd: project.folder,
    env: {
      ...process.env,
      ...moto.environment,
      TF_PLUGIN_DIR: "",
      TF_CLI_CONFIG_FILE: "/dev/null",
      CHECKPOINT_DISABLE: "1",
      ...env,
    },
    maxBuffer: 64 * 1024 * 1024,
  });
  running.child.stdin?.end();
  const { code = 0, stdout, stderr } = await running.catch((error) => error);
  return { code, text: stripVTControlCharacters(`${stdout}${stderr}`) };
}

describe("cdktf's own commands, as docs/deploy.md has them", () => {
  it("show, apply, print and destroy a stack, whose state is the one of npm's commands", async () => {
    const lines = guideLines();
    const isDestroy = (line: string) => line.startsWith("npx cdktf destroy");
    const isCommand = (line: string) => line.startsWith("npx cdktf");
    const account = ["npm run --silent account -- dev --auto-approve"];
    // A shell that has it set, as the guide says to unset it.
    const outdir = { CDKTF_OUTDIR: join(elsewhere, "cdktf.out") };

    expect(lines.filter(isCommand).map((line) => line.split(" ")[2])).toEqual([
      "diff",
      "deploy",
      "output",
      "destroy",
    ]);
    const { code, text } = await bash(
      lines.filter((line) => !isDestroy(line)),
      outdir,
    );
    expect({ code, text }).toMatchObject({ code: 0 });
    expect(text).toContain("Plan: 3 to add, 0 to change, 0 to destroy.");
    expect(text).toContain("Apply complete! Resources: 3 added, 0 changed, 0 destroyed.");
    expect(JSON.parse(readFileSync(join(project.folder, "cdktf.out", "outputs.json"), "utf8"))).toEqual({
      [accountStackName("dev")]: { gateway_logging_role: roles.gatewayLogging.name },
    });
    expect(await setting.isAlive()).toBe(true);
    // Beside the output folder that cdktf's commands use, whatever the shell had set.
    expect(existsSync(join(project.folder, stateFileName(accountStackName("dev"))))).toBe(true);

    const second = await bash(account, outdir);
    expect(second.code).toBe(1);
    expect(second.text).toContain(`${accountStackName("dev")} has a local state at more than one place`);

    const destroyed = await bash(lines.filter((line) => !isCommand(line) || isDestroy(line)));
    expect(destroyed.text).toContain("Destroy complete! Resources: 3 destroyed.");
    expect(await setting.read()).toBe("");
  });
});
