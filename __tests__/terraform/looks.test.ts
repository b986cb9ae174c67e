import { PutBucketNotificationConfigurationCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { checkBeforePlan, describeUnlooked } from "../../cli/terraform/check-before-plan.ts";
import { resourceNames } from "../../contract/resource-names.ts";
import type { Environment } from "../../env/schema.ts";
import { loadEnvironment } from "../support/environments.ts";
import { ExistingDependencies } from "../support/existing-dependencies.ts";
import { GatewayAccountSetting } from "../support/gateway-account.ts";
import { type Moto, startMoto } from "../support/moto/moto.ts";

const given = loadEnvironment("prod");
const { region, accountId } = given;
const own = given.buckets.intake.name;
const roleName = given.roles.gatewayLogging.name;
let moto: Moto;
let setting: GatewayAccountSetting;
let dependencies: ExistingDependencies;
/** prod, with the endpoint that moto has. */
let prod: Environment;

beforeAll(async () => {
  moto = await startMoto(accountId);
  setting = new GatewayAccountSetting(moto, region);
  dependencies = new ExistingDependencies(given, moto);
  const { vpc_endpoint_id: id } = await dependencies.create();
  prod = { ...given, vpcEndpoint: { kind: "existing", id } };
});

beforeEach(() => {
  for (const [variable, value] of Object.entries(moto.environment)) vi.stubEnv(variable, value);
});

afterEach(() => vi.unstubAllEnvs());

afterAll(async () => {
  await moto?.stop();
});

const look = (environment: Environment) => checkBeforePlan(environment, process.env);
/** All that an environment is refused for. */
const refusal = (environment: Environment) =>
  look(environment).then(
    (warnings) => `accepted, ${warnings.length} warnings`,
    (error: Error) => error.message,
  );
const inBucket = (name: string, eventBridge = false): Environment => ({
  ...prod,
  buckets: { ...prod.buckets, intake: { kind: "existing", name, eventBridge } },
});

describe(checkBeforePlan, () => {
  it("finds nothing wrong where all is there, before the first apply and after it", async () => {
    expect(await look(prod)).toEqual([]);

    await notify(own, { queues: [resourceNames(prod.namePrefix).queue] });

    expect(await look(prod)).toEqual([]);
  });

  describe("at the account's logging role", () => {
    const managed = { kind: "managed", name: "api-gateway-logs", backend: { kind: "local" } } as const;
    const managing = (): Environment => ({ ...prod, roles: { ...prod.roles, gatewayLogging: managed } });
    let before: string;

    beforeEach(async () => {
      before = await setting.read();
    });
    afterEach(() => setting.set(before));

    it("refuses where none is set, and says who sets it", async () => {
      await setting.set("");

      expect(await refusal(managing())).toBe(
        "API Gateway has no logging role in account 444444444444, eu-central-1, and AWS refuses every stage that logs without one. Set it up once for the account and region: npm run account -- prod",
      );
      const refused = await refusal(prod);
      expect(refused).toMatch(
        /^API Gateway has no logging role in account 444444444444, eu-central-1, so AWS/,
      );
      expect(refused).toContain(
        `Ask the owner of the role ${roleName} to set it: aws apigateway update-account --region eu-central-1 `,
      );
    });

    it("refuses to take the setting of others over, and says how to use it", async () => {
      expect(await refusal(managing())).toContain(
        `Write into env/prod.ts:\n  roles: { gatewayLogging: { kind: "existing", name: "${roleName}" } },`,
      );
      expect(await setting.read()).toBe(before);
    });

    it("warns where another role is set than the one that exists by the environment's word", async () => {
      await setting.set(await setting.createRole("other-logs"));

      expect(await look(prod)).toEqual([
        `API Gateway in account 444444444444, eu-central-1 logs with arn:aws:iam::444444444444:role/other-logs, not with the role ${roleName} of env/prod.ts. Write into env/prod.ts: roles: { gatewayLogging: { kind: "existing", name: "other-logs" } },`,
      ]);
    });
  });

  describe("at an existing intake bucket", () => {
    it("refuses to turn EventBridge off, unless the environment says that it stays", async () => {
      await dependencies.createBucket("with-eventbridge", region);
      await notify("with-eventbridge", { eventBridge: true });

      expect(await refusal(inBucket("with-eventbridge"))).toBe(
        'The bucket with-eventbridge sends its events to EventBridge, and the apply of prod would turn that off. Write into env/prod.ts:\n  buckets: { intake: { kind: "existing", name: "with-eventbridge", eventBridge: true } },\nor ask the owner of the bucket to turn it off first.',
      );
      expect(await look(inBucket("with-eventbridge", true))).toEqual([]);
    });

    it("refuses to end what it notifies besides, and names it", async () => {
      await dependencies.createBucket("of-others", region);
      await notify("of-others", { queues: ["orders", resourceNames(prod.namePrefix).queue] });

      expect(await refusal(inBucket("of-others"))).toBe(
        `The bucket of-others notifies arn:aws:sqs:eu-central-1:444444444444:orders, and the apply of prod would end that: S3 has one notification configuration for a bucket, and the stack replaces it. Name a bucket in env/prod.ts that serves nothing else, or ask its owner to remove these notifications first.`,
      );
    });

    it("says that there is none of its name", async () => {
      expect(await refusal(inBucket("not-there"))).toMatch(
        /^There is no bucket not-there, which env\/prod\.ts names as buckets\.intake\. Correct the name/,
      );
    });
  });

  it("says of an endpoint that the account has not what to write for that of another account", async () => {
    const id = "vpce-0d4e5f60718293041";

    expect(await refusal({ ...prod, vpcEndpoint: { kind: "existing", id } })).toBe(
      `There is no VPC endpoint ${id} in eu-central-1 of account 444444444444. If it belongs to another account, such as a network account, write into env/prod.ts:\n  vpcEndpoint: { kind: "existing", id: "${id}", account: "<its 12 digits>" },\nOtherwise correct the id there.`,
    );
    expect(await look({ ...prod, vpcEndpoint: { kind: "existing", id, account: "999999999999" } })).toEqual(
      [],
    );
  });

  it("tells all that is wrong at once", async () => {
    const message = await refusal({
      ...inBucket("not-there"),
      vpcEndpoint: { kind: "existing", id: "vpce-0d4e5f60718293041" },
    });

    expect(message.split("\n").filter((line) => line.startsWith("There is no"))).toHaveLength(2);
  });

  it("says what it could not look at, and the right that it takes", async () => {
    vi.stubEnv("AWS_ENDPOINT_URL", "http://127.0.0.1:9");

    expect((await look(prod)).map((warning) => warning.replace(/ \(.*\)\. /, "; "))).toEqual([
      "Not checked: API Gateway's logging role in account 444444444444, eu-central-1; The check needs the permission apigateway:GET on /account.",
      `Not checked: the notifications of the bucket ${own}, which the first apply replaces; The check needs the permission s3:GetBucketNotification.`,
      expect.stringMatching(
        /^Not checked: whether account 444444444444 has the VPC endpoint vpce-\w+; .* ec2:DescribeVpcEndpoints\.$/,
      ),
    ]);
  });
});

describe(describeUnlooked, () => {
  it("names what an environment shares with others, and nothing else", () => {
    expect(describeUnlooked(loadEnvironment("dev"), "because nobody asked")).toBe(
      "Not checked before Terraform starts, because nobody asked: API Gateway's logging role (docs/deploy.md#before-terraform-starts).",
    );
  });
});

async function notify(
  bucket: string,
  { eventBridge = false, queues = [] }: { eventBridge?: boolean; queues?: readonly string[] },
): Promise<void> {
  const credentials = { accessKeyId: "testing", secretAccessKey: "testing" };
  const config = { endpoint: moto.endpoint, region, credentials };
  const Statement = [
    { Effect: "Allow", Principal: { Service: "s3.amazonaws.com" }, Action: "sqs:SendMessage", Resource: "*" },
  ];
  const Attributes = { Policy: JSON.stringify({ Version: "2012-10-17", Statement }) };
  for (const QueueName of queues) {
    await new SQSClient(config).send(new CreateQueueCommand({ QueueName, Attributes }));
  }
  await new S3Client({ ...config, forcePathStyle: true }).send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: bucket,
      NotificationConfiguration: {
        ...(eventBridge && { EventBridgeConfiguration: {} }),
        QueueConfigurations: queues.map((name) => ({
          QueueArn: `arn:aws:sqs:${region}:${accountId}:${name}`,
          Events: ["s3:ObjectCreated:*"],
        })),
      },
    }),
  );
}
