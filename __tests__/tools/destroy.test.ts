import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { describeWhatStays } from "../../cli/terraform/what-stays.ts";
import { terraformCommand } from "../../tools/terraform.ts";
import { callCommand } from "../support/call-command.ts";
import { loadEnvironment, synthesizedStack } from "../support/environments.ts";
import { type FakeSts, startFakeSts } from "./fake-sts.ts";
import { FakeTerraform } from "./fake-terraform.ts";

const folder = mkdtempSync(join(tmpdir(), "destroy-"));
const fake = new FakeTerraform(join(folder, "bin"));
let sts: FakeSts;

beforeAll(async () => {
  sts = await startFakeSts();
  sts.account = loadEnvironment("dev").accountId;
});

afterEach(() => vi.unstubAllEnvs());

afterAll(async () => {
  await sts.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Terraform prints its action; `FAILING` names one that fails. */
async function call(args: readonly string[], more: Record<string, string> = {}) {
  const printed = { output: "", errors: "" };
  const started: string[] = [];
  const main = terraformCommand({
    synthesize: synthesizedStack,
    projectRoot: inject("fixtureProject"),
    run(_, [, action = ""], { FAILING }, output = "output") {
      started.push(action);
      printed[output] += `terraform ${action}\n`;
      return Promise.resolve(action === FAILING ? 1 : 0);
    },
  });
  const env = {
    HOME: folder,
    PATH: fake.folder,
    INIT_CWD: folder,
    AWS_ACCESS_KEY_ID: "testing",
    AWS_SECRET_ACCESS_KEY: "testing",
    AWS_ENDPOINT_URL: sts.endpoint,
    ...more,
  };
  const { code, stdout, stderr } = await callCommand(main, args, env, { env });
  return { code, started, stdout: printed.output + stdout, stderr: printed.errors + stderr };
}

describe("npm run destroy", () => {
  const stays = describeWhatStays(loadEnvironment("dev"));
  const token = { TF_TOKEN_terraform_example_com: "token" };

  it("leaves Terraform's JSON alone, and says what stays beside it", async () => {
    const { stdout, stderr } = await call(["destroy", "dev", "-json", "-auto-approve"]);

    expect(stdout).toBe("terraform destroy\n");
    expect(stderr).toBe(`terraform init\n${stays}\n`);
  });

  it("says where the state is if CDKTF_OUTDIR names another folder", async () => {
    const { stdout } = await call(["destroy", "dev"], { CDKTF_OUTDIR: "/elsewhere/out" });

    expect(stdout).toContain(describeWhatStays(loadEnvironment("dev"), "/elsewhere/out"));
  });

  it("says what stays of an environment of Terraform Enterprise as well", async () => {
    const { stdout } = await call(["destroy", "test"], token);

    expect(stdout).toContain(describeWhatStays(loadEnvironment("test")));
  });

  it.each(["-target=aws_sqs_queue.q", "-exclude=aws_sqs_queue.q"])("says nothing after %s", async (part) => {
    expect((await call(["destroy", "dev", part])).stdout).toBe("terraform init\nterraform destroy\n");
  });

  it("says what a part that was refused needs, and nothing of what stays", async () => {
    const { code, stdout, stderr } = await call(["destroy", "dev"], { FAILING: "destroy" });

    expect({ code, stdout }).toEqual({ code: 1, stdout: "terraform init\nterraform destroy\n" });
    expect(stderr).toContain(
      "dev is not destroyed, or not completely. If you did not confirm, nothing was changed.",
    );
  });

  it("knows a destroy by another name", async () => {
    expect((await call(["apply", "dev", "-destroy"])).stdout).toContain(stays);
    expect((await call(["plan", "dev", "-destroy"])).stdout).not.toContain(stays);
    expect((await call(["apply", "prod", "--destroy"], token)).code).toBe(1);
  });

  it("refuses what AWS would refuse halfway, and says what to do first", async () => {
    const { code, started, stderr } = await call(["destroy", "prod"], token);

    expect(code).toBe(1);
    expect(stderr).toContain(
      'Set deletionProtection: false in env/prod.ts, run "npm run apply -- prod", and destroy again.',
    );
    expect(started).toEqual([]);
  });

  it.each([[["--var", "deletion_protection=false"]], [["-var=deletion_protection=false"]]])(
    "takes the word of %s that the protection is gone",
    async (given) => {
      expect((await call(["destroy", "prod", ...given], token)).code).toBe(0);
    },
  );

  it("does not forbid anybody to plan or apply what is protected", async () => {
    expect((await call(["apply", "prod"], token)).code).toBe(0);
  });
});
