import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { APIGatewayClient, CreateRestApiCommand, GetResourcesCommand } from "@aws-sdk/client-api-gateway";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { checkBeforeDestroy } from "../../cli/terraform/check-before-destroy.ts";
import { checkBeforePlan } from "../../cli/terraform/check-before-plan.ts";
import { accountStackName } from "../../contract/gateway-logging.ts";
import { ingestionStackName } from "../../domain/names.ts";
import { accountCommand } from "../../tools/account.ts";
import { callCommand } from "../support/call-command.ts";
import type { StateResource } from "../support/deployment.ts";
import { loadEnvironment, synthesizedFolder, synthesizedStack } from "../support/environments.ts";
import { GatewayAccountSetting } from "../support/gateway-account.ts";
import { type Moto, startMoto } from "../support/moto/moto.ts";
import { checkPolicy, policyRules, subjectsOf } from "../support/policy/check-policy.ts";
import { findPluginDirectory, terraform } from "../support/terraform.ts";

const dev = loadEnvironment("dev");
const roleName = dev.roles.gatewayLogging.name;
const ownArn = `arn:aws:iam::${dev.accountId}:role/${roleName}`;
/** Another environment of the account, as `npm run account` tells to write it. */
const second = {
  ...dev,
  name: "second",
  roles: { ...dev.roles, gatewayLogging: { kind: "existing", name: roleName } },
} as const;

let moto: Moto;
let setting: GatewayAccountSetting;
/** States lie beside `cdktf.out`, so that each test has a folder of its own. */
let folder: string;
const stack = (name: string) => join(folder, "cdktf.out", "stacks", name);

beforeAll(async () => {
  moto = await startMoto(dev.accountId);
  setting = new GatewayAccountSetting(moto, dev.region);
});

beforeEach(async () => {
  await fetch(`${moto.endpoint}/moto-api/reset`, { method: "POST" });
  folder = mkdtempSync(join(tmpdir(), "account-"));
  const name = accountStackName("dev");
  cpSync(join(synthesizedFolder(), "stacks", name), stack(name), { recursive: true });
  for (const [variable, value] of Object.entries(moto.environment)) vi.stubEnv(variable, value);
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

afterAll(async () => {
  await moto?.stop();
});

/** `npm run account`, with real Terraform. */
async function account(...args: string[]) {
  let printed = "";
  const main = accountCommand({
    synthesize: () => stack(ingestionStackName("dev")),
    projectRoot: folder,
    async run(file, rest, env) {
      const child = spawn(file, [...rest, "-no-color"], { env, stdio: ["ignore", "pipe", "pipe"] });
      for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (chunk) => {
          printed += chunk;
        });
      }
      const [code] = await once(child, "close");
      return code;
    },
  });
  const env = {
    ...moto.environment,
    TF_PLUGIN_DIR: findPluginDirectory(),
    TF_CLI_CONFIG_FILE: join("/", "dev", "null"),
  };
  const { code, stdout, stderr } = await callCommand(main, ["dev", ...args], env);
  return { code, printed: printed + stdout, stderr };
}

/** Holds what was applied to the policy rules. */
async function expectSoundState(): Promise<void> {
  const shown = await terraform(stack(accountStackName("dev")), ["show", "-json"], moto.environment);
  const state: StateResource[] = JSON.parse(shown).values.root_module.resources;
  const about = policyRules.filter((rule) => subjectsOf(rule, state).length > 0).map(({ id }) => id);

  expect(about).toEqual(expect.arrayContaining(["PIA-ACCOUNT-ROLE", "CKV_AWS_274"]));
  // That one compares with the tags of APIs, of which there are none here.
  expect(checkPolicy(state).filter(({ rule }) => rule !== "PIA-TAGS")).toEqual([]);
  const role = state.find(({ address }) => address === "aws_iam_role.gateway_logging_role");
  expect(role?.values["tags_all"]).toEqual(dev.tags);
}

const planAccount = () =>
  terraform(stack(accountStackName("dev")), ["plan", "-detailed-exitcode"], moto.environment);

describe("npm run account", () => {
  it("refuses another team's role, says what to write, and changes nothing", async () => {
    const arn = await setting.createRole("api-logs", "apigateway.amazonaws.com", "/platform/");
    await setting.set(arn);

    expect(await account("--auto-approve")).toEqual({
      code: 1,
      printed: "",
      stderr: `API Gateway in account 111111111111, eu-central-1 logs with the role ${arn}, which dev does not manage. All APIs of an account and region share this role, so nothing was changed. Write into env/dev.ts:\n  roles: { gatewayLogging: { kind: "existing", name: "api-logs" } },\n`,
    });
    await expect(checkBeforePlan(dev, process.env)).rejects.toThrow(
      'roles: { gatewayLogging: { kind: "existing", name: "api-logs" } },',
    );
    expect(await setting.read()).toBe(arn);
    expect(await account("--destroy", "--auto-approve")).toMatchObject({ code: 1, printed: "" });
    expect(await setting.read()).toBe(arn);
  });

  it("says how to empty a setting whose role is gone", async () => {
    await setting.set(`arn:aws:iam::${dev.accountId}:role/gone`);

    const { code, stderr } = await account("--auto-approve");

    expect(code).toBe(1);
    expect(stderr).toContain(
      "this role does not exist any more. No API of the account logs. If nobody restores the role, empty the setting and run this command again: aws apigateway update-account --region eu-central-1 --patch-operations op=replace,path=/cloudwatchRoleArn,value= && npm run account -- dev",
    );
  });

  it("leaves a role of its name alone that serves something else", async () => {
    await setting.createRole(roleName, "lambda.amazonaws.com");

    const { code, stderr } = await account("--auto-approve");

    expect(code).toBe(1);
    expect(stderr).toContain(
      `The role ${roleName} in account 111111111111 already exists and does not trust API Gateway`,
    );
    expect(await setting.read()).toBe("");
  });

  it("goes on where an apply broke off, and creates its role anew where the setting names one that is gone", async () => {
    await setting.createRole(roleName);
    expect((await account("--auto-approve")).printed).toContain(
      "Apply complete! Resources: 1 imported, 2 added, 1 changed, 0 destroyed.",
    );

    await fetch(`${moto.endpoint}/moto-api/reset`, { method: "POST" });
    await setting.set(ownArn);
    await expect(checkBeforePlan(dev, process.env)).rejects.toThrow(
      "this role does not exist any more. No API of the account logs. To create it: npm run account -- dev",
    );
    expect((await account("--auto-approve")).code).toBe(0);
    expect(await setting.isAlive()).toBe(true);
  });

  it("sets the role up, and removes it last: not while a stage logs, and the setting before the role", async () => {
    const first = await account("--auto-approve");

    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.printed).toContain("Apply complete! Resources: 3 added, 0 changed, 0 destroyed.");
    expect(await setting.read()).toBe(ownArn);
    expect(await setting.isAlive()).toBe(true);
    expect(await planAccount()).toContain("No changes.");
    await expectSoundState();

    const id = await addLoggingStage("orders");

    const refused = await account("--destroy", "--auto-approve");

    expect(refused).toMatchObject({ code: 1, printed: "" });
    expect(refused.stderr).toContain(
      `log with ${ownArn}, and would stop logging: orders/live. Nothing was removed.`,
    );
    expect(await setting.isAlive()).toBe(true);

    await fetch(`${moto.endpoint}/restapis/${id}`, { method: "DELETE", headers: signed });
    const { code, printed } = await account("--destroy", "--auto-approve");

    expect({ code, setting: await setting.read() }).toEqual({ code: 0, setting: "" });
    expect(printed).toContain("No stage of a REST API logs in account 111111111111, eu-central-1.");
    expect(printed).toContain("Destroy complete! Resources: 3 destroyed.");
    expect(printed.indexOf("aws_api_gateway_account.gateway_account: Destruction complete")).toBeLessThan(
      printed.indexOf("aws_iam_role.gateway_logging_role: Destroying"),
    );
  });

  it("does nothing where AWS does not say what is set", async () => {
    await moto.enforceIam(true);
    const { code, stderr, printed } = await account("--auto-approve");
    await moto.enforceIam(false);

    expect({ code, printed }).toEqual({ code: 1, printed: "" });
    expect(stderr).toMatch(
      /^(Cannot find out which role API Gateway logs with|AWS does not accept the credentials)/,
    );
  });
});

const signed = {
  authorization: `AWS4-HMAC-SHA256 Credential=testing/20260101/${dev.region}/apigateway/aws4_request, SignedHeaders=host, Signature=0`,
};

/** Of an API of another team. */
async function addLoggingStage(name: string): Promise<string> {
  const credentials = { accessKeyId: "testing", secretAccessKey: "testing" };
  const client = new APIGatewayClient({ endpoint: moto.endpoint, region: dev.region, credentials });
  const { id = "" } = await client.send(new CreateRestApiCommand({ name }));
  const call = (path: string, method: string, body: object) =>
    fetch(`${moto.endpoint}/restapis/${id}${path}`, {
      method,
      headers: { ...signed, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const { items = [] } = await client.send(new GetResourcesCommand({ restApiId: id }));
  const root = items[0]?.id;
  await call(`/resources/${root}/methods/GET`, "PUT", { authorizationType: "NONE" });
  await call(`/resources/${root}/methods/GET/integration`, "PUT", { type: "MOCK" });
  await call("/deployments", "POST", { stageName: "live" });
  const logs = `arn:aws:logs:${dev.region}:${dev.accountId}:log-group:orders`;
  const patchOperations = [{ op: "replace", path: "/accessLogSettings/destinationArn", value: logs }];
  await call("/stages/live", "PATCH", { patchOperations });
  return id;
}

describe("an environment that was applied when the role was a part of it", () => {
  const synthesized = JSON.parse(readFileSync(join(synthesizedStack("dev"), "cdk.tf.json"), "utf8"));
  const values = JSON.parse(
    readFileSync(join(synthesizedStack("dev"), `${ingestionStackName("dev")}.auto.tfvars.json`), "utf8"),
  );
  const variables = ["account_id", "region", "tags", "gateway_logging_role_name"];

  /** What it has of the role: as of now, or as it was. */
  async function write(parts: object): Promise<void> {
    const { required_providers } = synthesized.terraform;
    const directory = stack(ingestionStackName("dev"));
    mkdirSync(directory, { recursive: true });
    const configuration = {
      terraform: { required_providers, backend: synthesized.terraform.backend },
      provider: synthesized.provider,
      variable: Object.fromEntries(variables.map((name) => [name, {}])),
      ...parts,
    };
    writeFileSync(join(directory, "cdk.tf.json"), JSON.stringify(configuration));
    const given = Object.fromEntries(variables.map((name) => [name, values[name]]));
    writeFileSync(join(directory, "terraform.tfvars.json"), JSON.stringify(given));
  }
  const former = {
    aws_iam_role: {
      gateway_logging_role: {
        name: "${var.gateway_logging_role_name}",
        assume_role_policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            { Effect: "Allow", Principal: { Service: "apigateway.amazonaws.com" }, Action: "sts:AssumeRole" },
          ],
        }),
      },
    },
    aws_iam_role_policy_attachment: {
      gateway_logging_policy: {
        role: "${aws_iam_role.gateway_logging_role.name}",
        policy_arn: "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
      },
    },
    aws_api_gateway_account: {
      gateway_account: {
        cloudwatch_role_arn: "${aws_iam_role.gateway_logging_role.arn}",
        depends_on: ["aws_iam_role_policy_attachment.gateway_logging_policy"],
      },
    },
  };
  const run = (...args: string[]) => terraform(stack(ingestionStackName("dev")), args, moto.environment);

  it("lets go of it and destroys nothing; npm run account takes it over, and a destroy leaves it", async () => {
    await write({ resource: former });
    await run("init", "-input=false", `-plugin-dir=${findPluginDirectory()}`);
    await run("apply", "-auto-approve");
    await write({
      data: { aws_iam_role: { gateway_logging_role: synthesized.data.aws_iam_role.gateway_logging_role } },
      removed: synthesized.removed,
    });

    // Terraform's own destroy deletes what the state still holds.
    const directory = stack(ingestionStackName("dev"));
    await expect(checkBeforeDestroy(directory, "dev", process.env)).rejects.toThrow(
      'The state of dev still contains resources that serve every API of the account: aws_api_gateway_account.gateway_account, aws_iam_role.gateway_logging_role. A destroy would delete them. Run "npm run apply -- dev" first',
    );
    expect(await checkBeforePlan(dev, process.env)).toEqual([]);

    expect(await run("apply", "-auto-approve")).toContain(
      "Apply complete! Resources: 0 added, 0 changed, 0 destroyed.",
    );
    expect(await setting.isAlive()).toBe(true);

    const adopted = await account("--auto-approve");
    expect(adopted.printed).toMatch(
      /Apply complete! Resources: 3 imported, 0 added, \d changed, 0 destroyed\./,
    );
    expect(await planAccount()).toContain("No changes.");

    expect(await checkBeforeDestroy(directory, "dev", process.env)).toBeUndefined();
    await run("destroy", "-auto-approve");
    expect(await setting.read()).toBe(ownArn);
    expect(await setting.isAlive()).toBe(true);
    expect(await checkBeforePlan(second, process.env)).toEqual([]);
  });
});
