import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { describe, expect, it } from "vitest";
import type { Environment } from "../../../env/schema.ts";
import { AccountStack } from "../../../stacks/account/account-stack.ts";
import { loadEnvironment } from "../../support/environments.ts";
import { expectRecordedAddresses } from "../../support/state-addresses.ts";
import type { TerraformJson } from "../../support/synthesize.ts";

const test = loadEnvironment("test");

function synthesize(environment: Environment) {
  const { gatewayLogging: logging } = environment.roles;
  if (logging.kind === "existing") throw new Error("it manages nothing of its account");
  const outdir = mkdtempSync(join(tmpdir(), "account-"));
  try {
    const app = new App({ outdir });
    const { variableValues } = new AccountStack(app, "account-test", { environment, logging });
    app.synth();
    const json: TerraformJson = JSON.parse(
      readFileSync(join(outdir, "stacks", "account-test", "cdk.tf.json"), "utf8"),
    );
    return { json, variableValues };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

const settingOf = ({ json }: ReturnType<typeof synthesize>) =>
  json.resource["aws_api_gateway_account"]?.["gateway_account"];

describe(AccountStack, () => {
  it("has the recorded state addresses", async () => {
    await expectRecordedAddresses(synthesize(test).json, "account-test");
  });

  it("holds the role that API Gateway logs with, and nothing of the environment", () => {
    const { json, variableValues } = synthesize(test);

    expect(Object.keys(json.resource).toSorted()).toEqual([
      "aws_api_gateway_account",
      "aws_iam_role",
      "aws_iam_role_policy_attachment",
    ]);
    expect(variableValues).toEqual({
      account_id: test.accountId,
      region: test.region,
      tags: test.tags,
      gateway_logging_role_name: test.roles.gatewayLogging.name,
    });
  });

  it("keeps its state where the role says, apart from that of the environment", () => {
    const { gatewayLogging } = test.roles;
    if (gatewayLogging.kind === "existing" || gatewayLogging.backend.kind === "local")
      throw new Error("none in S3");
    const { kind, ...place } = gatewayLogging.backend;

    expect(synthesize(test).json.terraform.backend?.[kind]).toMatchObject(place);
    expect(synthesize(loadEnvironment("dev")).json.terraform.backend).toEqual({
      local: { path: "../../../terraform.account-test.tfstate" },
    });
  });

  it("empties the account's setting when it is destroyed, which version 6 of the provider does unasked", () => {
    expect(settingOf(synthesize(test))).toMatchObject({
      cloudwatch_role_arn: "${aws_iam_role.gateway_logging_role.arn}",
      depends_on: ["aws_iam_role_policy_attachment.gateway_logging_policy"],
      reset_on_delete: true,
    });
    expect(settingOf(synthesize({ ...test, awsProviderVersion: "~> 6.25" }))).not.toHaveProperty(
      "reset_on_delete",
    );
  });
});
