import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PurgeQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { intakeKey } from "../../../contract/keys.ts";
import { createdEvent } from "../../../domain/s3-notification.ts";
import { policyDocument, type Statement } from "../../../stacks/constructs/policy-document.ts";
import { main as redrive } from "../../../tools/redrive.ts";
import { main as replay } from "../../../tools/replay.ts";
import { callCommand } from "../../support/call-command.ts";
import type { Deployment } from "../../support/deployment.ts";

const RoleName = "operators";
const region = "eu-central-1";
const administrator = { accessKeyId: "testing", secretAccessKey: "testing" };
const key = intakeKey({ caller: "saas", item: "operated" }, "b3BlcmF0ZWQ=");

/** Every right of the policy that is for redrive and replay, and the beginning of what fails without it. */
const NEEDED = {
  "sqs:GetQueueAttributes": "Reading the dead-letter queue failed.",
  "sqs:ReceiveMessage": "Reading the dead-letter queue failed.",
  "sqs:ChangeMessageVisibility": "Reading the dead-letter queue failed.",
  "s3:ListBucket": "Reading the dead-letter queue failed.",
  "sqs:SendMessage": "Moving messages back failed.",
  "sqs:DeleteMessage": "Moving messages back failed.",
} as const;

/** Without it the commands do their work, and say what they could not read. */
const OPTIONAL = "logs:FilterLogEvents";

/** Of `npm run verify` alone. */
const OF_VERIFY = "cloudwatch:DescribeAlarms";

type Variables = Readonly<Record<string, string>>;

/** The commands of operators on the applied stack, as a role with the policy that the stack prints, with IAM enforced. */
export function describeOperators(deployment: () => Deployment): void {
  describe("operators, with IAM enforced", () => {
    const folder = mkdtempSync(join(tmpdir(), "operators-"));
    const file = join(folder, "outputs.json");
    let outputs: Readonly<Record<string, unknown>>;
    let statements: readonly Statement[];
    let credentials: Variables;

    const config = () => ({ endpoint: deployment().moto.endpoint, region });
    const permit = (Statement: readonly Statement[]) =>
      new IAMClient({ ...config(), credentials: administrator }).send(
        new PutRolePolicyCommand({
          RoleName,
          PolicyName: "operate",
          PolicyDocument: policyDocument(Statement),
        }),
      );

    beforeAll(async () => {
      writeFileSync(file, await deployment().terraform("output", "-json"));
      outputs = await deployment().outputs();
      statements = JSON.parse(String(outputs["operator_policy"])).Statement;
      const AssumeRolePolicyDocument = policyDocument([]);
      const clientConfig = { ...config(), credentials: administrator };
      const { Role } = await new IAMClient(clientConfig).send(
        new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }),
      );
      const { Credentials } = await new STSClient(clientConfig).send(
        new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: "test" }),
      );
      credentials = {
        AWS_ACCESS_KEY_ID: Credentials?.AccessKeyId ?? "",
        AWS_SECRET_ACCESS_KEY: Credentials?.SecretAccessKey ?? "",
        AWS_SESSION_TOKEN: Credentials?.SessionToken ?? "",
      };
      // What the roles were tried with waits there, or has failed.
      const sqs = new SQSClient(clientConfig);
      for (const queue of ["queue_url", "dead_letter_queue_url"]) {
        await sqs.send(new PurgeQueueCommand({ QueueUrl: String(outputs[queue]) }));
      }
      await new S3Client({ ...clientConfig, forcePathStyle: true }).send(
        new PutObjectCommand({ Bucket: String(outputs["intake_bucket_name"]), Key: key, Body: "{}" }),
      );
    });

    afterEach(() => vi.unstubAllEnvs());
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    /** A message that failed, for what comes next. */
    async function addDeadLetter(): Promise<void> {
      const sqs = new SQSClient({ ...config(), credentials: administrator });
      const MessageBody = createdEvent(String(outputs["intake_bucket_name"]), key);
      const QueueUrl = String(outputs["dead_letter_queue_url"]);
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    }

    /** All that operators do: what the commands said, and the first failure. */
    async function operate(): Promise<{ text: string; failure: string }> {
      await addDeadLetter();
      const env = { ...credentials, AWS_ENDPOINT_URL: deployment().moto.endpoint };
      let text = "";
      for (const [main, args] of [
        [redrive, ["--max", "1"]],
        [redrive, ["--max", "1", "--apply"]],
        [replay, ["saas/operated", "--older-than-minutes", "0", "--apply"]],
      ] as const) {
        const { stdout, stderr } = await enforced(() =>
          callCommand(main, ["dev", ...args, "--outputs", file], env),
        );
        text += stdout;
        if (stderr !== "") return { text, failure: stderr };
      }
      return { text, failure: "" };
    }

    async function enforced<Result>(work: () => Promise<Result>): Promise<Result> {
      const { moto } = deployment();
      await moto.enforceIam(true);
      return work().finally(() => moto.enforceIam(false));
    }

    const without = (action: string) =>
      statements
        .map((statement) => ({
          ...statement,
          Action: [statement.Action].flat().filter((each) => each !== action),
        }))
        .filter(({ Action }) => Action.length > 0);

    it("have the rights that are listed here, and no other", () => {
      const granted = statements.flatMap(({ Action }) => Action);

      expect([...new Set(granted)].toSorted()).toEqual(
        [...Object.keys(NEEDED), OPTIONAL, OF_VERIFY].toSorted(),
      );
    });

    it("redrive and replay, see the alarms, and see that documents are there", async () => {
      await permit(statements);

      const { text, failure } = await operate();
      const role = { ...config(), credentials: sessionOf(credentials) };
      const documents = { Bucket: String(outputs["documents_bucket_name"]), Prefix: "documents/saas/" };
      await enforced(() => new CloudWatchClient(role).send(new DescribeAlarmsCommand({})));
      await enforced(() =>
        new S3Client({ ...role, forcePathStyle: true }).send(new ListObjectsV2Command(documents)),
      );

      expect(failure).toBe("");
      expect(text).toContain("1 message: The object waits in the intake bucket\n");
      expect(text).not.toContain("function was not read");
      expect(text).toContain(": 1 message moved back to the intake queue.\n");
      expect(text).toContain("1 payload queued again.\n");
    });

    it.each(Object.entries(NEEDED))("fail without %s, and are told so", async (action, beginning) => {
      await permit(without(action));

      const { failure } = await operate();

      expect(failure.slice(0, beginning.length)).toBe(beginning);
      expect(failure).toContain("operator_policy");
    });

    it(`do without ${OPTIONAL}, and are told so`, async () => {
      await permit(without(OPTIONAL));

      const { text, failure } = await operate();

      expect(failure).toBe("");
      expect(text).toMatch(
        /log of the queue function was not read: reading \/aws\/lambda\/\S+ failed with AccessDenied/,
      );
    });

    it("read no payload, and take nothing from the intake queue", async () => {
      await permit(statements);
      const role = { ...config(), credentials: sessionOf(credentials) };
      const object = { Bucket: String(outputs["intake_bucket_name"]), Key: key };
      const s3 = new S3Client({ ...role, forcePathStyle: true });
      const receive = new ReceiveMessageCommand({ QueueUrl: String(outputs["queue_url"]) });

      for (const forbidden of [
        () => s3.send(new GetObjectCommand(object)),
        () => new SQSClient(role).send(receive),
      ]) {
        await expect(enforced<unknown>(forbidden)).rejects.toThrow(/denied|not authorized/i);
      }
    });
  });
}

function sessionOf(credentials: Variables) {
  return {
    accessKeyId: credentials["AWS_ACCESS_KEY_ID"] ?? "",
    secretAccessKey: credentials["AWS_SECRET_ACCESS_KEY"] ?? "",
    sessionToken: credentials["AWS_SESSION_TOKEN"] ?? "",
  };
}
