import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Deployment } from "../support/deployment.ts";
import { loadEnvironment } from "../support/environments.ts";
import { ExistingDependencies, SECRET_VALUE } from "../support/existing-dependencies.ts";
import { startMoto } from "../support/moto/moto.ts";
import { expectSoundAlerts } from "./suites/policy-rules.ts";

const environment = loadEnvironment("prod");
let prod: Deployment;
let dependencies: ExistingDependencies;
let variables: string[];
let keyArn: string;
let before: unknown;

beforeAll(async () => {
  prod = new Deployment("prod", await startMoto(environment.accountId));
  // The state stays here: there is no Terraform Enterprise. Nothing else of the configuration changes.
  writeFileSync(
    join(prod.directory, "backend_override.tf.json"),
    JSON.stringify({ terraform: { backend: { local: {} } } }),
  );
  await prod.init();
  dependencies = new ExistingDependencies(environment, prod.moto);
  const chosen = await dependencies.create();
  keyArn = chosen.key_arn;
  variables = [
    ...Object.entries(chosen).map(([name, value]) => `-var=${name}=${value}`),
    // A protected table could not be destroyed again.
    "-var=deletion_protection=false",
  ];
  before = await dependencies.describe(keyArn);
});

afterAll(async () => {
  await prod?.moto.stop();
  prod?.remove();
});

/** The message of a plan that fails, on one line. */
const refusal = (...args: string[]) =>
  prod.plan(...variables, ...args).then(
    () => "the plan was accepted",
    (error: Error) => error.message.replaceAll(/[\s│╷╵]+/g, " "),
  );

describe("prod, whose dependencies all exist", () => {
  // One of each kind of look-up, as the real provider answers; `npm run test:plans` tries every condition.
  it("refuses a role that trusts someone else", async () => {
    const { name } = environment.roles.apiFunction;
    await dependencies.trust(name, "ec2.amazonaws.com");

    expect(await refusal()).toContain(
      `The role ${name} must trust lambda.amazonaws.com: ask its owner to allow`,
    );
    await dependencies.trust(name, "lambda.amazonaws.com");
  });

  it("refuses an endpoint of another service", async () => {
    const other = await dependencies.createEndpoint("sqs");

    expect(await refusal(`-var=vpc_endpoint_id=${other}`)).toContain(
      `The VPC endpoint ${other} must be one for execute-api in eu-central-1, it is for com.amazonaws.eu-central-1.sqs.`,
    );
  });

  it("refuses a bucket of another region", async () => {
    await dependencies.createBucket("elsewhere-intake", "eu-west-1");

    expect(await refusal("-var=intake_bucket_name=elsewhere-intake")).toContain(
      "The bucket elsewhere-intake must be in eu-central-1: S3 notifies only queues of its own region.",
    );
  });

  it("refuses a key that is disabled", async () => {
    const disabled = await dependencies.createKey({ disabled: true });

    expect(await refusal(`-var=key_arn=${disabled}`)).toContain(
      `The key ${disabled} must be enabled and a symmetric encryption key.`,
    );
  });

  it("refuses every other account", async () => {
    expect(await refusal("-var=account_id=555555555555")).toContain(
      "AWS account ID not allowed: 444444444444",
    );
  });

  it("is applied without touching what it does not own, except the notification", async () => {
    before = await dependencies.describe(keyArn);

    await prod.apply(...variables);

    expect(await prod.plan(...variables)).toEqual([]);
    expect(await dependencies.describe(keyArn)).toEqual(before);
    expect(await dependencies.notifiedQueues(environment.buckets.intake.name)).toEqual([
      `arn:aws:sqs:eu-central-1:444444444444:${environment.namePrefix}-intake`,
    ]);
    expect(await dependencies.notifiedQueues(environment.buckets.documents.name)).toEqual([]);
  });

  it("shows every alarm with its actions", async () => {
    const state = await prod.state();
    const valuesOf = (type: string) =>
      state.filter((resource) => resource.type === type).map(({ values }) => values);
    const topic = (name: string) =>
      `arn:aws:sns:eu-central-1:444444444444:${environment.namePrefix}-alerts-${name}`;
    const alarms = valuesOf("aws_cloudwatch_metric_alarm");
    const [outage] = valuesOf("aws_cloudwatch_composite_alarm");
    const urgent = [...String(outage?.["alarm_rule"]).matchAll(/ALARM\("([^"]+)"\)/g)].map(
      (match) => match[1],
    );

    expect(outage).toMatchObject({ alarm_actions: [topic("urgent")], ok_actions: [topic("urgent")] });
    expect(alarms).toHaveLength(31);
    expect(urgent).toHaveLength(11);
    for (const { alarm_name, alarm_actions, ok_actions, treat_missing_data } of alarms) {
      const expected = urgent.includes(alarm_name) ? [] : [topic("tickets")];
      expect([alarm_name, alarm_actions ?? [], ok_actions ?? []]).toEqual([alarm_name, expected, expected]);
      expect(treat_missing_data).toMatch(/^(notBreaching|breaching)$/);
    }
    expect(valuesOf("aws_sns_topic").map(({ arn, kms_master_key_id }) => [arn, kms_master_key_id])).toEqual([
      [topic("tickets"), keyArn],
      [topic("urgent"), keyArn],
    ]);
    expect(
      valuesOf("aws_sns_topic_subscription")
        .map(({ protocol }) => protocol)
        .toSorted(),
    ).toEqual([...["email", "email", "lambda", "lambda"]]);
  });

  it("keeps the policy rules of alerts", async () => {
    expectSoundAlerts(await prod.state());
  });

  it("knows where secrets are, and not what they are", async () => {
    const state = JSON.stringify(await prod.state());
    const { alerts } = environment;
    const pagerDuty =
      alerts.kind === "routed" ? alerts.notifier?.pagerDuty?.secretName : expect.fail("nobody is told");

    expect(state).toContain(`secret:${pagerDuty}-`);
    expect(state).not.toContain("never-in-a-state");
    expect(SECRET_VALUE).toContain("never-in-a-state");
  });

  it("leaves nothing of its own behind when destroyed, and everything else as it was", async () => {
    await prod.terraform("destroy", "-input=false", "-auto-approve", ...variables);

    expect(await prod.state()).toEqual([]);
    expect(await dependencies.describe(keyArn)).toEqual(before);
    expect(await dependencies.notifiedQueues(environment.buckets.intake.name)).toEqual([]);
  });
});
