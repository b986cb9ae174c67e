import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from "vitest";
import { MINIMUM_TERRAFORM } from "../../cli/terraform/check-terraform.ts";
import { describeWhatStays } from "../../cli/terraform/what-stays.ts";
import { ingestionStackName } from "../../domain/names.ts";
import { terraformCommand } from "../../tools/terraform.ts";
import { callCommand } from "../support/call-command.ts";
import { killCommands, runCommand } from "../support/commands.ts";
import { loadEnvironment, synthesizedFolder, synthesizedStack } from "../support/environments.ts";
import { until } from "../support/until.ts";
import { type FakeSts, startFakeSts } from "./fake-sts.ts";
import { FakeTerraform } from "./fake-terraform.ts";

const { accountId: dev, roles } = loadEnvironment("dev");
const loggingRoleArn = `arn:aws:iam::${dev}:role/${roles.gatewayLogging.name}`;
const folder = mkdtempSync(join(tmpdir(), "commands-"));
const outdir = join(folder, "cdktf.out");
const fake = new FakeTerraform(join(folder, "bin"));
let sts: FakeSts;

beforeAll(async () => {
  sts = await startFakeSts();
});

beforeEach(() => {
  fake.forget();
  sts.account = dev;
  sts.loggingRoleArn = loggingRoleArn;
  sts.refusal = undefined;
});

afterEach(() => vi.unstubAllEnvs());

afterAll(async () => {
  await sts.stop();
  rmSync(folder, { recursive: true, force: true });
});

const environment = (more: Record<string, string> = {}) => ({
  HOME: folder,
  PATH: fake.folder,
  INIT_CWD: folder,
  CDKTF_OUTDIR: outdir,
  AWS_ACCESS_KEY_ID: "testing",
  AWS_SECRET_ACCESS_KEY: "testing",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_ENDPOINT_URL: sts.endpoint,
  ...more,
});

/** In this process: Terraform alone runs in one of its own, on what was synthesized before. */
async function call(
  args: readonly string[],
  more: Record<string, string> = {},
  projectRoot = inject("fixtureProject"),
) {
  const printed = { output: "", errors: "" };
  const main = terraformCommand({
    synthesize: synthesizedStack,
    projectRoot,
    async run(file, rest, env, output = "output") {
      const child = spawn(file, rest, { env, stdio: ["ignore", "pipe", "pipe"] });
      child.stdout.on("data", (chunk) => {
        printed[output] += chunk;
      });
      child.stderr.on("data", (chunk) => {
        printed.errors += chunk;
      });
      const [code] = await once(child, "close");
      return code;
    },
  });
  const env = environment(more);
  const { code, stdout, stderr } = await callCommand(main, args, env, { env });
  return { code, stdout: printed.output + stdout, stderr: printed.errors + stderr };
}

/** In a process of its own, as npm does. */
const start = (args: readonly string[], more: Record<string, string> = {}) =>
  runCommand("tools/terraform.ts", args, environment(more));

afterEach(killCommands);

describe("npm run plan, apply and destroy", { timeout: 60_000 }, () => {
  it.each(["plan", "apply", "destroy"])("let Terraform %s the synthesized stack", async (action) => {
    const { code, stdout, stderr } = await call([action, "dev"]);

    const after = action === "destroy" ? `${describeWhatStays(loadEnvironment("dev"), outdir)}\n` : "";
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(`terraform init\nterraform ${action}\n${after}`);
    expect(fake.calls).toEqual([
      {
        args: [`-chdir=${synthesizedStack("dev")}`, "init", "-input=false"],
        checkpoint: "1",
        automation: "1",
      },
      // Whether it holds what a destroy must not delete.
      ...(action === "destroy"
        ? [{ args: [`-chdir=${synthesizedStack("dev")}`, "state", "pull"], checkpoint: "1" }]
        : []),
      {
        args: [`-chdir=${synthesizedStack("dev")}`, action],
        checkpoint: "1",
        ...(action === "plan" && { automation: "1" }),
      },
    ]);
    const synthesized = JSON.parse(readFileSync(join(synthesizedStack("dev"), "cdk.tf.json"), "utf8"));
    expect(synthesized.terraform.required_version).toBe(`>= ${MINIMUM_TERRAFORM}`);
  });

  it("pass arguments on in their order, untouched", async () => {
    const given = [
      "--auto-approve",
      "-var",
      "a=b c",
      "--var=d=-h",
      "-target=aws_sqs_queue.q",
      "x.tfplan",
      "-no-color",
    ];

    await call(["apply", "dev", ...given]);

    expect(fake.calls[1]?.args).toEqual([`-chdir=${synthesizedStack("dev")}`, "apply", ...given]);
    expect(fake.calls[0]?.args).toEqual([
      `-chdir=${synthesizedStack("dev")}`,
      "init",
      "-input=false",
      "-no-color",
    ]);
  });

  it("find variable files where npm was called", async () => {
    mkdirSync(join(folder, "values"), { recursive: true });
    writeFileSync(join(folder, "values", "a.tfvars"), "");
    const file = join(folder, "values", "a.tfvars");

    await call(["plan", "dev", "--var-file", "values/a.tfvars", `-var-file=${file}`]);
    await call(["plan", "dev", "--var-file=a.tfvars"], { INIT_CWD: join(folder, "values") });

    expect(fake.calls[1]?.args.slice(2)).toEqual(["--var-file", file, `-var-file=${file}`]);
    expect(fake.calls[3]?.args.slice(2)).toEqual([`--var-file=${file}`]);
  });

  it("give init the mirror that TF_PLUGIN_DIR names", async () => {
    const mirror = join(folder, "mirror");
    mkdirSync(join(mirror, "registry.terraform.io", "hashicorp", "aws"), { recursive: true });

    await call(["plan", "dev"], { TF_PLUGIN_DIR: "mirror" });

    expect(fake.calls[0]?.args.slice(1)).toEqual(["init", "-input=false", `-plugin-dir=${mirror}`]);
  });

  it("leave CHECKPOINT_DISABLE as it was set", async () => {
    await call(["plan", "dev"], { CHECKPOINT_DISABLE: "0" });

    expect(fake.calls.map(({ checkpoint }) => checkpoint)).toEqual(["0", "0"]);
  });

  it("end with Terraform's exit code", async () => {
    expect((await call(["plan", "dev", "-detailed-exitcode"], { FAKE_FAILURE: "plan=2" })).code).toBe(2);
  });

  it("stop when init fails, and say what helps without a registry", async () => {
    const { code, stderr } = await call(["apply", "dev"], { FAKE_FAILURE: "init=5" });

    expect(code).toBe(5);
    expect(stderr).toBe(
      "If Terraform could not download the provider: without a registry, set TF_PLUGIN_DIR to the folder of a provider mirror.\n",
    );
    expect(fake.calls).toHaveLength(1);
  });

  /** Lets Terraform wait, sends the signals up to one that ends it, and gives what it printed. */
  async function interrupt(first: NodeJS.Signals, ...more: NodeJS.Signals[]) {
    const { started, output, ended } = start(["apply", "dev", "-wait"]);
    await until(() => expect(output.text).toContain("waiting\n"));
    started.kill(first);
    // Two that come at once are one.
    await until(() => expect(output.text).toContain("interrupted\n"));
    for (const signal of more) started.kill(signal);
    const { code, text } = await ended;
    return { code, printed: text };
  }

  it("pass a signal on once, and wait until Terraform has ended", async () => {
    const { code, printed } = await interrupt("SIGINT", "SIGINT", "SIGTERM");

    expect(code).toBe(7);
    expect(printed).toContain("stopped by SIGINT,SIGTERM\n");
  });

  it("interrupt Terraform when they hang up, so that it writes its state", async () => {
    const { code, printed } = await interrupt("SIGHUP", "SIGTERM");

    expect(code).toBe(7);
    expect(printed).toContain("stopped by SIGINT,SIGTERM\n");
  });

  it("keep the output of init apart where JSON is asked for, and its questions as well", async () => {
    const { stdout, stderr } = await call(["plan", "dev", "-json", "-input=false"]);

    expect({ stdout, stderr }).toEqual({ stdout: "terraform plan\n", stderr: "terraform init\n" });
    expect(fake.calls[0]?.args).toContain("-input=false");
  });

  it("find out Terraform's version whatever arguments there are for every command", async () => {
    const { code } = await call(["plan", "dev"], { TF_CLI_ARGS: "-lock=false", TF_CLI_ARGS_version: "-x" });

    expect(code).toBe(0);
  });

  it("leave it to Terraform to reach AWS where STS does not answer, and say so", async () => {
    const { code, stderr } = await call(["plan", "dev"], { AWS_ENDPOINT_URL: "http://127.0.0.1:9" });

    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^AWS STS at http:\/\/127\.0\.0\.1:9 did not answer, so it is unknown to which account the credentials for dev belong \(Error: connect ECONNREFUSED.*Terraform continues without this check/,
    );
  });

  it("synthesize into the folder that CDKTF_OUTDIR names, which may not be there yet", async () => {
    const CDKTF_OUTDIR = join(folder, "not", "there", "yet");

    const { code, text } = await start(["plan", "dev"], { CDKTF_OUTDIR }).ended;

    const stack = join(CDKTF_OUTDIR, "stacks", ingestionStackName("dev"));
    expect({ code, text }).toEqual({ code: 0, text: "terraform init\nterraform plan\n" });
    expect(fake.calls[1]?.args).toEqual([`-chdir=${stack}`, "plan"]);
    expect(readFileSync(join(stack, "cdk.tf.json"))).toEqual(
      readFileSync(join(synthesizedStack("dev"), "cdk.tf.json")),
    );
  });

  it("explain themselves", async () => {
    for (const asked of ["--help", "help"]) {
      const { code, stdout } = await call(["plan", asked]);

      expect(code).toBe(0);
      expect(stdout).toContain("npm run plan -- dev --var-file=mine.tfvars");
    }
  });
});

describe("npm run plan, apply and destroy refuse", () => {
  const profile = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_PROFILE: "nobody" };
  const signIn = "or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.";

  it.each([
    [
      "no environment",
      ["plan"],
      {},
      2,
      "Name an environment: npm run plan -- dev|test|uat|prod […]. See --help.",
    ],
    ["an option in its place", ["plan", "-var=a=b"], {}, 2, 'There is no environment "-var=a=b": '],
    [
      "an unknown environment",
      ["apply", "live"],
      {},
      2,
      'There is no environment "live": npm run apply -- dev|test|uat|prod',
    ],
    ["an unknown action", ["show", "dev"], {}, 2, "Name an action, one of plan, apply, destroy. Got: show."],
    [
      "a missing variable file",
      ["plan", "dev", "--var-file=no.tfvars"],
      {},
      2,
      `--var-file no.tfvars: there is no file ${join(folder, "no.tfvars")}.`,
    ],
    [
      "a forgotten --",
      ["plan", "dev"],
      { npm_config_var_file: "a" },
      2,
      'npm reads --var-file as its own option. Write -- before it: "npm run plan -- <environment> --var-file …".',
    ],
    [
      "no Terraform",
      ["plan", "dev"],
      { PATH: folder },
      1,
      "Terraform is not on PATH. Install 1.10.0 or newer",
    ],
    [
      "a mirror without the provider",
      ["plan", "dev"],
      { TF_PLUGIN_DIR: "bin" },
      1,
      `TF_PLUGIN_DIR names ${fake.folder}, which holds no registry.terraform.io`,
    ],
    [
      "no credentials",
      ["plan", "dev"],
      { ...profile, AWS_PROFILE: "" },
      1,
      "No AWS credentials for dev from the default profile or role (CredentialsProviderError: ",
    ],
    [
      "an unknown profile",
      ["plan", "dev"],
      profile,
      1,
      `Sign in (aws sso login --profile nobody), ${signIn}`,
    ],
    [
      "no Terraform Enterprise login",
      ["plan", "prod"],
      {},
      1,
      'No token for terraform.example.com, which runs prod: run "terraform login terraform.example.com", or set TF_TOKEN_terraform_example_com.',
    ],
    [
      "a workspace",
      ["plan", "dev"],
      { TF_WORKSPACE: "mine" },
      1,
      'TF_WORKSPACE is "mine": this project uses environments, not Terraform workspaces. Unset TF_WORKSPACE',
    ],
  ])("%s", async (_, args, more, code, message) => {
    const refused = await call(args, more);

    expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code, stdout: "" });
    expect(refused.stderr).toContain(message);
    expect(refused.stderr).not.toMatch(/\n\s+at /);
    expect(fake.calls).toEqual([]);
  });

  it.each(["0.15.5", "1.9.8"])("Terraform %s", async (version) => {
    const old = new FakeTerraform(join(folder, version), version);

    const { code, stderr } = await call(["plan", "dev"], { PATH: old.folder });

    expect(code).toBe(1);
    expect(stderr).toContain(`Terraform ${version} on PATH is too old. Install 1.10.0 or newer`);
  });

  it.each(["weird", "{}"])("a program that answers %s in Terraform's place", async (version) => {
    const other = new FakeTerraform(join(folder, "other"), version);

    const { code, stderr } = await call(["plan", "dev"], { PATH: other.folder });

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^"terraform" on PATH does not answer as Terraform does\. Install 1\.10\.0 or newer/,
    );
  });

  const swallowed = [
    "--target=aws_sqs_queue.q",
    "--destroy",
    "--auto-approve",
    "--var=a=b",
    "--var-file=a.tfvars",
    "--refresh-only",
    "--parallelism=1",
    "--out=plan",
    "--replace=aws_sqs_queue.q",
    "--detailed-exitcode",
  ];

  it("what npm took because -- was forgotten, all of it at once", async () => {
    const run = promisify(execFile)("npm", ["run", "--silent", "plan", "dev", ...swallowed], {
      env: { ...process.env, ...environment(), PATH: `${fake.folder}:${process.env["PATH"]}` },
    });

    const { code, stderr } = await run.catch((error) => error);

    const names = swallowed.map((option) => option.split("=")[0] ?? "");
    expect(code).toBe(2);
    const [, named = "", written = ""] =
      /^npm reads (.*) as its own option\. Write -- before it: "npm run plan -- <environment> (.*) …"\./.exec(
        stderr,
      ) ?? [];
    expect(named.split(", ").toSorted()).toEqual(names.toSorted());
    expect(written.split(" ").toSorted()).toEqual(names.toSorted());
    expect(fake.calls).toEqual([]);
  });

  it("an account where API Gateway logs with the role of others, and nothing of it where they destroy", async () => {
    sts.loggingRoleArn = `arn:aws:iam::${dev}:role/platform/api-logs`;

    const { code, stderr } = await call(["plan", "dev"]);

    expect(code).toBe(1);
    expect(stderr).toContain(
      'Write into env/dev.ts:\n  roles: { gatewayLogging: { kind: "existing", name: "api-logs" } },\n',
    );
    expect(fake.calls).toEqual([]);
    expect((await call(["destroy", "dev"])).code).toBe(0);
  });

  it("to destroy a state that still holds the account's logging role, and go on where it cannot be read", async () => {
    const held = [
      { mode: "managed", type: "aws_iam_role", name: "gateway_logging_role" },
      { mode: "data", type: "aws_api_gateway_account", name: "gateway_account" },
    ];
    const FAKE_STATE = JSON.stringify({ resources: held });
    const actions = () => fake.calls.map(({ args }) => args[1]);

    for (const destroying of [
      ["destroy", "dev"],
      ["apply", "dev", "-destroy"],
    ]) {
      fake.forget();
      const { code, stderr } = await call(destroying, { FAKE_STATE });
      expect(code).toBe(1);
      expect(stderr).toContain(
        'The state of dev still contains resources that serve every API of the account: aws_iam_role.gateway_logging_role. A destroy would delete them. Run "npm run apply -- dev" first: it removes them from the state only.',
      );
      expect(actions()).toEqual(["init", "state"]);
    }

    const { code, stderr } = await call(["destroy", "dev"], { FAKE_STATE: "secret, no JSON" });
    expect(code).toBe(0);
    expect(stderr).toBe(
      "Not checked: whether the state of dev still contains API Gateway's logging role of the account, which a destroy would delete (the state is not JSON).\n",
    );
  });

  it.each(["plan", "apply", "destroy"])(
    "to %s while a state of the stack also lies where another CDKTF_OUTDIR looks for it",
    async (action) => {
      const projectRoot = mkdtempSync(join(folder, "project-"));
      const state = join(projectRoot, `terraform.${ingestionStackName("dev")}.tfstate`);
      writeFileSync(state, JSON.stringify({ resources: [{ mode: "managed" }] }));

      const { code, stderr } = await call([action, "dev"], {}, projectRoot);

      expect(code).toBe(1);
      expect(stderr).toContain(`${ingestionStackName("dev")} has a local state at more than one place`);
      expect(stderr).toContain(`${state}: 1 resource, without CDKTF_OUTDIR, and with npx cdktf\n`);
      expect(fake.calls).toEqual([]);
    },
  );

  it("nothing once that state is moved away, and note where an apply keeps its own", async () => {
    const projectRoot = mkdtempSync(join(folder, "project-"));
    const name = `terraform.${ingestionStackName("dev")}.tfstate`;

    expect((await call(["plan", "dev"], {}, projectRoot)).code).toBe(0);
    expect(readdirSync(projectRoot)).toEqual([]);
    expect((await call(["apply", "dev"], {}, projectRoot)).code).toBe(0);
    expect(readFileSync(join(projectRoot, `${name}.places`), "utf8")).toBe(`${synthesizedFolder()}\n`);
  });

  it("another account", async () => {
    sts.account = "999999999999";

    const { code, stderr } = await call(["destroy", "dev"]);

    expect(code).toBe(1);
    expect(stderr).toBe(
      `Wrong AWS account for dev: AWS_ACCESS_KEY_ID is arn:aws:iam::999999999999:user/somebody in account 999999999999, but env/dev.ts expects account ${dev}. Use credentials of ${dev} (AWS_PROFILE=<profile>), or correct accountId there.\n`,
    );
    expect(fake.calls).toEqual([]);
  });

  it.each(["ExpiredToken", "InvalidClientTokenId"])(
    "credentials that AWS answers with %s",
    async (refusal) => {
      sts.refusal = refusal;

      const { code, stderr } = await call(["plan", "dev"]);

      expect(code).toBe(1);
      expect(stderr).toContain(
        `AWS does not accept the credentials for dev from AWS_ACCESS_KEY_ID (${refusal}: Refused.). They are expired or wrong.`,
      );
    },
  );
});

describe("a Terraform Enterprise environment", () => {
  const noAws = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" };

  it("needs a token and no AWS credentials", async () => {
    const { code, stderr } = await call(["plan", "prod"], {
      ...noAws,
      TF_TOKEN_terraform_example_com: "token",
    });

    expect({ code, stderr }).toEqual({
      code: 0,
      stderr:
        "Not checked before Terraform starts, because Terraform Enterprise runs prod with its own credentials: API Gateway's logging role, the notifications of the intake bucket, the VPC endpoint (docs/deploy.md#before-terraform-starts).\n",
    });
    expect(fake.calls[1]?.args[0]).toBe(`-chdir=${synthesizedStack("prod")}`);
  });

  it.each([
    [
      "terraform login",
      "credentials.tfrc.json",
      '{"credentials":{"terraform.example.com":{"token":"token"}}}',
    ],
    ["a file of one's own", "own.tfrc", 'credentials "terraform.example.com" {\n  token = "token"\n}\n'],
  ])("finds the token of %s", async (_, name, text) => {
    const home = join(folder, `home of ${name}`);
    mkdirSync(join(home, ".terraform.d"), { recursive: true });
    writeFileSync(join(home, ".terraform.d", name), text);

    const { code } = await call(["plan", "prod"], { ...noAws, HOME: home });

    expect(code).toBe(0);
  });
});
