import { describe, expect, it } from "vitest";
import { describeWhatStays, whatStays } from "../../../cli/terraform/what-stays.ts";
import { ingestionStackName } from "../../../domain/names.ts";
import type { Environment } from "../../../env/schema.ts";
import { environmentNames, loadEnvironment, tfeBackend } from "../../support/environments.ts";

const dev = loadEnvironment("dev");
const subjects = (environment: Environment) =>
  whatStays(environment).map(({ what }) => what.split(/[,:]/)[0]);
const how = (environment: Environment, what: string) =>
  whatStays(environment).find((each) => each.what.includes(what))?.how;

describe(whatStays, () => {
  it("has of dev, which owns everything, the account's logging, a backup, late logs and the state", () => {
    expect(subjects(dev)).toEqual([
      `API Gateway's logging role ${dev.roles.gatewayLogging.name}`,
      `A backup of the table ${dev.namePrefix}`,
      "Log groups that API Gateway creates again if requests arrive during the destroy",
      `The state terraform.${ingestionStackName("dev")}.tfstate`,
    ]);
    expect(how(dev, "logging role")).toContain("npm run account -- dev --destroy");
    expect(how(dev, "The state")).toBe(
      `rm terraform.${ingestionStackName("dev")}.tfstate terraform.${ingestionStackName("dev")}.tfstate.backup`,
    );
  });

  it("has of a mixture what existed before, its key, its builds and its workspace", () => {
    const test = loadEnvironment("test");
    const [, existing] = whatStays(test);

    expect(existing?.what).toBe(
      `Existing resources, which the stack did not create: bucket ${test.buckets.intake.name}, role ${test.roles.gatewayWriter.name}, role ${test.roles.apiFunction.name}`,
    );
    expect(existing?.how).toContain("delete the objects");
    expect(how(test, `The key of ${test.namePrefix}`)).toContain("kms cancel-key-deletion");
    expect(how(test, "delivery-test")).toContain("terraform -chdir=cdktf.out/stacks/delivery-test destroy");
    expect(how(test, `The workspace ${tfeBackend("test").workspace}`)).toContain("Destruction and Deletion");
  });

  it("has of prod its secrets, and nothing of the account's logging, which is its owner's", () => {
    const { alerts, roles, encryption } = loadEnvironment("prod");
    const { pagerDuty, serviceNow, role } = (alerts.kind === "routed" && alerts.notifier) || {};
    const text = describeWhatStays(loadEnvironment("prod"));

    expect(text).toContain(`--secret-id ${pagerDuty?.secretName},`);
    expect(text).toContain(`--secret-id ${serviceNow?.secretName},`);
    expect(text).toContain(`role ${role?.name}, VPC endpoint vpce-`);
    expect(text).toContain(`role ${roles.gatewayLogging.name},`);
    expect(text).toContain(`, key ${encryption.kind === "existing" && encryption.keyArn}.\n`);
    expect(text).not.toContain("npm run account");
  });

  it("has the key of the topics where alarms are routed and nothing else has a key", () => {
    const routed: Environment = { ...dev, alerts: { kind: "routed", emails: ["a@example.com"] } };

    expect(subjects(routed)).toContain(`The key of the alarms of ${dev.namePrefix}`);
    expect(subjects({ ...routed, encryption: { kind: "managed" } })).toContain(
      `The key of ${dev.namePrefix}`,
    );
  });

  it("has the versions of a state in S3, and a described workspace with its stack", () => {
    const backend = { kind: "s3", bucket: "states", key: "a.tfstate", region: "eu-west-1" } as const;
    const managed = {
      ...tfeBackend("prod"),
      managed: {
        backend,
        project: "p",
        team: "t",
        terraformVersion: "~> 1.11",
        sensitiveVariables: [],
        identityProvider: "managed" as const,
        roles: { plan: "a", apply: "b" },
        applyPolicyArns: ["arn:aws:iam::aws:policy/PowerUserAccess"],
      },
    };

    expect(how({ ...dev, backend }, "The state s3://states/a.tfstate")).toContain(
      "list-object-versions --region eu-west-1 --bucket states --prefix a.tfstate",
    );
    expect(how({ ...dev, backend: managed }, "The stack workspace-dev")).toContain("Do this last");
    expect(how({ ...dev, backend: managed }, "with all earlier states")).toBe(
      "A destroy of its stack deletes it.",
    );
  });

  it("names the folders that CDKTF_OUTDIR has moved", () => {
    const elsewhere = (environment: Environment) =>
      whatStays(environment, "/elsewhere/out")
        .map((each) => each.how)
        .join("\n");
    const file = `/elsewhere/terraform.${ingestionStackName("dev")}.tfstate`;

    expect(elsewhere(dev)).toContain(`rm ${file} ${file}.backup`);
    expect(elsewhere(loadEnvironment("test"))).toContain(
      "terraform -chdir=/elsewhere/out/stacks/delivery-test destroy",
    );
  });

  it.each(environmentNames)("says for everything of %s how it goes", (name) => {
    const text = describeWhatStays(loadEnvironment(name));

    for (const { what, how } of whatStays(loadEnvironment(name))) {
      expect(how).not.toBe("");
      expect(text).toContain(`  ${what}.\n    ${how}`);
    }
    expect(text).not.toMatch(/undefined|\[object/);
  });
});
