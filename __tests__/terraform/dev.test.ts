import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LARGE_API, SMALL_API } from "../../domain/names.ts";
import { type CheckOut, checkOut } from "../support/check-out.ts";
import { Deployment, type StateResource } from "../support/deployment.ts";
import { loadEnvironment, terraformName } from "../support/environments.ts";
import { GatewayAccountSetting } from "../support/gateway-account.ts";
import { startMoto } from "../support/moto/moto.ts";
import { describeLeastPrivilege } from "./suites/least-privilege.ts";
import { describeLocalRun, describeVerification } from "./suites/local-run.ts";
import { describeOperators } from "./suites/operators.ts";
import { describePlanRole } from "./suites/plan-role.ts";
import { describePolicyRules } from "./suites/policy-rules.ts";
import { describePromises } from "./suites/promises.ts";
import { describeSpecExport } from "./suites/spec-export.ts";

const { accountId, region, proxy } = loadEnvironment("dev");
const api = terraformName(SMALL_API);
let dev: Deployment;
let sources: CheckOut;
let state: StateResource[];

beforeAll(async () => {
  sources = checkOut();
  dev = new Deployment("dev", await startMoto(accountId), sources.folder);
  await dev.init();
  await dev.apply();
  state = await dev.state();
}, 600_000);

afterAll(async () => {
  await dev?.moto.stop();
  dev?.remove();
  sources?.remove();
});

/** What was just applied needs no second look. */
const NO_REFRESH = "-refresh=false";

/** What a change of the small API needs: the import, a new deployment, and the stage moved to it. */
const redeployment = [
  { address: `aws_api_gateway_deployment.apis_${api}_deployment`, actions: "create/delete" },
  { address: `aws_api_gateway_rest_api.apis_${api}_api`, actions: "update" },
  { address: `aws_api_gateway_stage.apis_${api}_stage`, actions: "update" },
];

async function deployedId(): Promise<string> {
  const resources = await dev.state();
  return resources.find(({ address }) => address === `aws_api_gateway_stage.apis_${api}_stage`)?.values[
    "deployment_id"
  ];
}

describe("dev, applied", () => {
  it("needs no change", async () => {
    expect(await dev.plan()).toEqual([]);
  });

  describePromises(() => state, accountId);
  describePolicyRules(() => state);
  describeSpecExport(() => dev);
  describeLocalRun(() => dev);
  describeVerification(() => dev);
  describeLeastPrivilege(
    () => dev,
    () => state,
  );
  describePlanRole(
    () => dev,
    () => state,
  );
  describeOperators(() => dev);
});

describe("dev, changed", () => {
  const document = `specs/${SMALL_API}.openapi.json`;

  it.each([
    ["its document", /("responses": \{\s+"200": \{\s+"description": ")/, "$1Changed: "],
    [
      "its binary types",
      /"x-amazon-apigateway-gateway-responses"/,
      '"x-amazon-apigateway-binary-media-types": ["image/png"],\n  "x-amazon-apigateway-gateway-responses"',
    ],
  ])("deploys the API anew for %s, and changes nothing else", async (_, pattern, replacement) => {
    const deployment = await deployedId();
    const file = join(sources.folder, document);
    writeFileSync(file, readFileSync(file, "utf8").replace(pattern, replacement));
    dev.synthesize(sources.folder);

    expect(await dev.plan()).toEqual(redeployment);
    await dev.apply();

    expect(await deployedId()).not.toBe(deployment);
    expect(await dev.plan()).toEqual([]);
  });

  it("deploys the API anew for its policy, and changes nothing else", async () => {
    const deployment = await deployedId();
    const file = join(dev.directory, "cdk.tf.json");
    const configuration = JSON.parse(readFileSync(file, "utf8"));
    const policy = `apis_${api}_policy`;
    configuration.locals[policy] = configuration.locals[policy].replace(
      "DenyElsewhere",
      "DenyEverythingElse",
    );
    writeFileSync(file, JSON.stringify(configuration, null, 2));

    expect(await dev.plan()).toEqual(redeployment);
    await dev.apply();

    expect(await deployedId()).not.toBe(deployment);
    expect(await dev.plan()).toEqual([]);
    dev.synthesize(sources.folder);
    await dev.apply();
  });

  it("lets the APIs in from the proxy's addresses alone, wherever it moves to", async () => {
    const policies = state
      .filter(({ type }) => type === "aws_api_gateway_rest_api")
      .map(({ values }) =>
        JSON.parse(values["policy"]).Statement.find(
          ({ Sid }: { Sid: string }) => Sid === "DenyOtherAddresses",
        ),
      );
    const sameFor = (name: string) =>
      redeployment.map(({ address, ...rest }) => ({
        address: address.replace(`apis_${api}_`, `apis_${name}_`),
        ...rest,
      }));

    expect(policies.map((statement) => [statement.Condition.NotIpAddress["aws:VpcSourceIp"]].flat())).toEqual(
      [proxy.addresses, proxy.addresses],
    );
    expect(await dev.plan(NO_REFRESH, '-var=proxy_addresses=["10.20.0.128/28","10.20.0.144/28"]')).toEqual(
      [
        ...redeployment,
        ...sameFor(terraformName(LARGE_API)),
        { address: "aws_security_group.endpoint_security_group", actions: "update" },
      ].toSorted((left, right) => (left.address < right.address ? -1 : 1)),
    );
  });

  it("updates all functions for their code, and nothing else", async () => {
    sources.edit("functions/ingestion/api/responses.ts", '"Conflict"', '"Conflicting"');
    dev.synthesize(sources.folder);

    expect(await dev.plan()).toEqual([
      { address: "aws_lambda_function.api_function_function", actions: "update" },
      { address: "aws_lambda_function.queue_function_function", actions: "update" },
      { address: "aws_lambda_function.sweep_function_function", actions: "update" },
    ]);
    await dev.apply();

    expect(await dev.plan()).toEqual([]);
  });

  it("plans nothing for a comment in the code", async () => {
    sources.edit("functions/ingestion/api/responses.ts", "/** RFC 9457;", "/** As in RFC 9457;");
    dev.synthesize(sources.folder);

    expect(await dev.plan()).toEqual([]);
  });

  it("updates for a variable what depends on it, and nothing else", async () => {
    expect(await dev.plan(NO_REFRESH, "-var=queue_function_timeout_seconds=90")).toEqual([
      { address: "aws_cloudwatch_metric_alarm.alarms_queue_function_duration", actions: "update" },
      { address: "aws_lambda_function.queue_function_function", actions: "update" },
      { address: "aws_sqs_queue.intake_queue_queue", actions: "update" },
    ]);
    expect(await dev.plan(NO_REFRESH, "-var=api_function_memory_mb=1024")).toEqual([
      { address: "aws_cloudwatch_metric_alarm.alarms_api_function_memory", actions: "update" },
      { address: "aws_lambda_function.api_function_function", actions: "update" },
    ]);
    expect(await dev.plan(NO_REFRESH, "-var=sweep_every_minutes=30")).toEqual([
      { address: "aws_cloudwatch_event_rule.sweep_schedule_rule", actions: "update" },
      { address: "aws_cloudwatch_metric_alarm.alarms_foreign_objects", actions: "update" },
      { address: "aws_cloudwatch_metric_alarm.alarms_sweep_silent", actions: "update" },
      { address: "aws_cloudwatch_metric_alarm.alarms_unversioned_documents", actions: "update" },
    ]);
    expect(await dev.plan(NO_REFRESH, "-var=alarm_latency_milliseconds=3000")).toEqual([
      // It draws the threshold.
      { address: "aws_cloudwatch_dashboard.dashboard_dashboard", actions: "update" },
      {
        address: `aws_cloudwatch_metric_alarm.alarms_${terraformName(LARGE_API)}_latency`,
        actions: "update",
      },
      { address: `aws_cloudwatch_metric_alarm.alarms_${api}_latency`, actions: "update" },
    ]);
  });

  // As docs/decisions/007-state-addresses.md describes it.
  it("keeps a queue whose construct is renamed, once it says where it was", async () => {
    const file = "stacks/ingestion/intake-queue.ts";
    const address = "aws_sqs_queue.intake_queue_dead_letter";
    sources.edit(file, 'new SqsQueue(this, "dead-letter", {', 'new SqsQueue(this, "failed", {');
    dev.synthesize(sources.folder);
    expect(await dev.plan()).toContainEqual({ address, actions: "delete" });

    const next = "    this.queue = new SqsQueue";
    sources.edit(file, next, `    this.deadLetterQueue.moveFromId("${address}");\n${next}`);
    dev.synthesize(sources.folder);

    const applied = await dev.terraform("apply", "-input=false", "-auto-approve");

    expect(applied).toContain(`# ${address} has moved to aws_sqs_queue.intake_queue_failed\n`);
    expect(applied).toContain("Apply complete! Resources: 0 added, 0 changed, 0 destroyed.");
    expect(await dev.plan()).toEqual([]);
  });
});

describe("dev, destroyed", () => {
  it("leaves nothing behind", async () => {
    await dev.destroy();

    expect(await dev.state()).toEqual([]);
    const left = await dev.plan();
    expect(left.every(({ actions }) => actions === "create")).toBe(true);
    expect(left).toHaveLength(state.filter(({ mode }) => mode === "managed").length);
  });

  it("leaves the account's logging role, with which the APIs of others log", async () => {
    expect(await new GatewayAccountSetting(dev.moto, region).isAlive()).toBe(true);
  });
});
