import { GetItemCommand, QueryCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClients } from "../../../emulator/aws/clients.ts";
import { policyDocument } from "../../../stacks/constructs/policy-document.ts";
import { PLAN_DENIALS } from "../../../stacks/workspace/workspace-stack.ts";
import type { Deployment, StateResource } from "../../support/deployment.ts";
import { terraform } from "../../support/terraform.ts";

const RoleName = "workspace-plan";
const PolicyArn = "arn:aws:iam::aws:policy/ReadOnlyAccess";

/** The role that runs of Terraform Enterprise plan with, as the workspace stack makes it. */
export function describePlanRole(deployment: () => Deployment, state: () => readonly StateResource[]): void {
  describe("the role of plans, with IAM enforced", () => {
    let credentials: Record<"AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" | "AWS_SESSION_TOKEN", string>;
    let iam: IAMClient;
    const attributeOf = (address: string, key: string): string =>
      state().find((resource) => resource.address === address)?.values[key] ?? expect.fail(address);
    const bucket = () => attributeOf("aws_s3_bucket.documents_bucket", "bucket");
    const table = () => attributeOf("aws_dynamodb_table.table_table", "name");
    const queue = () => attributeOf("aws_sqs_queue.intake_queue_queue", "url");

    beforeAll(async () => {
      const { moto } = deployment();
      const config = {
        endpoint: moto.endpoint,
        region: "eu-central-1",
        credentials: { accessKeyId: "testing", secretAccessKey: "testing" },
      };
      iam = new IAMClient(config);
      const { Role } = await iam.send(
        new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policyDocument([]) }),
      );
      await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
      const PolicyDocument = policyDocument(PLAN_DENIALS);
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "no-data", PolicyDocument }));
      const { s3 } = createClients("eu-central-1", moto.endpoint);
      await s3.send(
        new PutObjectCommand({ Bucket: bucket(), Key: "documents/of-a-client", Body: "private" }),
      );
      const { Credentials } = await new STSClient(config).send(
        new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: "plan" }),
      );
      credentials = {
        AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId ?? "",
        AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey ?? "",
        AWS_SESSION_TOKEN: Credentials?.SessionToken ?? "",
      };
    });

    afterAll(async () => {
      await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: "no-data" }));
      await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
      await iam.send(new DeleteRoleCommand({ RoleName }));
    });

    async function enforced<Result>(work: () => Promise<Result>): Promise<Result> {
      const { moto } = deployment();
      await moto.enforceIam(true);
      return work().finally(() => moto.enforceIam(false));
    }

    const asPlan = () => {
      const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = credentials;
      const clients = createClients("eu-central-1", deployment().moto.endpoint);
      for (const { config } of [clients.s3, clients.sqs, clients.dynamodb]) {
        config.credentials = async () => ({
          accessKeyId: AWS_ACCESS_KEY_ID,
          secretAccessKey: AWS_SECRET_ACCESS_KEY,
          sessionToken: AWS_SESSION_TOKEN,
        });
      }
      return clients;
    };

    // moto knows calls by other names than the policy ReadOnlyAccess: here everything is allowed that is not denied.
    it("is denied nothing that a plan needs", async () => {
      const { directory, moto } = deployment();
      const everything = { RoleName, PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" };
      await iam.send(new AttachRolePolicyCommand(everything));

      const plan = await enforced(() =>
        terraform(directory, ["plan", "-input=false", "-lock=false"], {
          ...moto.environment,
          ...credentials,
        }),
      );
      await iam.send(new DetachRolePolicyCommand(everything));

      expect(plan).toContain("No changes.");
    });

    it("changes nothing", async () => {
      const { s3 } = asPlan();

      await expect(
        enforced(() => s3.send(new PutObjectCommand({ Bucket: bucket(), Key: "documents/x", Body: "x" }))),
      ).rejects.toMatchObject({ name: "AccessDenied" });
    });

    it.each<[string, () => Promise<unknown>]>([
      [
        "documents",
        () => asPlan().s3.send(new GetObjectCommand({ Bucket: bucket(), Key: "documents/of-a-client" })),
      ],
      ["records", () => asPlan().dynamodb.send(new ScanCommand({ TableName: table() }))],
      [
        "single record",
        () =>
          asPlan().dynamodb.send(
            new GetItemCommand({ TableName: table(), Key: { pk: { S: "x" }, sk: { S: "x" } } }),
          ),
      ],
      [
        "client's records",
        () =>
          asPlan().dynamodb.send(
            new QueryCommand({
              TableName: table(),
              KeyConditionExpression: "pk = :pk",
              ExpressionAttributeValues: { ":pk": { S: "x" } },
            }),
          ),
      ],
      ["messages", () => asPlan().sqs.send(new ReceiveMessageCommand({ QueueUrl: queue() }))],
    ])("reads no %s", async (_, read) => {
      const error = await enforced(read).then(
        () => expect.fail("it was read"),
        (reason: Error) => reason,
      );

      expect(`${error.name} ${error.message}`).toMatch(/AccessDenied|not authorized/);
    });
  });
}
