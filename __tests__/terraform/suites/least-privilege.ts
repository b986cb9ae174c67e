import { GetItemCommand, ScanCommand } from "@aws-sdk/client-dynamodb";
import { IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Statement } from "../../../stacks/constructs/policy-document.ts";
import type { Deployment, StateResource } from "../../support/deployment.ts";
import {
  type Caller,
  callerOf,
  type ExercisedRole,
  exercises,
  type Names,
  type Stage,
} from "../../support/role-exercises.ts";

/** Every action that dev grants, so that each has a test of its own name. A test holds it to the state. */
const GRANTED: Readonly<Record<ExercisedRole, readonly string[]>> = {
  gatewayWriter: ["s3:PutObject"],
  documentReader: ["s3:GetObject", "s3:ListBucket"],
  apiFunction: [
    "s3:ListBucket",
    "s3:PutObject",
    "s3:DeleteObjectVersion",
    "s3:ListBucketVersions",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
  ],
  queueFunction: [
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:DeleteObject",
    "s3:ListBucket",
    "s3:PutObject",
    "s3:DeleteObjectVersion",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
  ],
  sweepFunction: [
    "s3:ListBucket",
    "sqs:SendMessage",
    "s3:ListBucketVersions",
    "s3:DeleteObjectVersion",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
  ],
};

/** Lambda calls these for a function whose tracing is active; moto asks IAM about no call of X-Ray. */
const NOT_ENFORCED = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"];

/** Commands that are not called like the action that they need. */
const RENAMED: Readonly<Record<string, string>> = {
  "s3:ListBucketVersions": "ListObjectVersionsCommand",
  "s3:DeleteObjectVersion": "DeleteObjectsCommand",
  "sqs:SendMessage": "SendMessageBatchCommand",
};

/** The call that fails for want of an action: it alone, or the test would show something else. */
function deniedCommand(role: ExercisedRole, action: string): string {
  if (action === "s3:GetObjectVersion") {
    return "GetObjectCommand";
  }
  if (action === "s3:ListBucket") {
    // The others need it to be told that an object is missing.
    return role === "apiFunction" || role === "sweepFunction" ? "ListObjectsV2Command" : "GetObjectCommand";
  }
  const renamed = RENAMED[action];
  if (renamed) {
    return renamed;
  }
  return `${action.split(":")[1]}Command`;
}

const HARMLESS: Statement = {
  Sid: "Nothing",
  Effect: "Allow",
  Action: "sts:GetCallerIdentity",
  Resource: "*",
};

const ADMINISTRATOR = { accessKeyId: "testing", secretAccessKey: "testing" };

/** What a role must not be able to do, in its own words. */
const FORBIDDEN: readonly [ExercisedRole, string, (caller: Caller, names: Names) => Promise<unknown>][] = [
  [
    "gatewayWriter",
    "write outside incoming/",
    ({ s3 }, { intakeBucket }) => put(s3, intakeBucket, "elsewhere/x"),
  ],
  [
    "gatewayWriter",
    "write documents",
    ({ s3 }, { documentsBucket }) => put(s3, documentsBucket, "documents/a/b"),
  ],
  ["gatewayWriter", "read payloads", ({ s3 }, { intakeBucket }) => get(s3, intakeBucket, "incoming/a/b")],
  ["gatewayWriter", "list payloads", ({ s3 }, { intakeBucket }) => list(s3, intakeBucket)],
  [
    "gatewayWriter",
    "delete payloads",
    ({ s3 }, { intakeBucket }) => remove(s3, intakeBucket, "incoming/a/b"),
  ],
  ["documentReader", "read payloads", ({ s3 }, { intakeBucket }) => get(s3, intakeBucket, "incoming/a/b")],
  [
    "documentReader",
    "write documents",
    ({ s3 }, { documentsBucket }) => put(s3, documentsBucket, "documents/a/b"),
  ],
  ["apiFunction", "read payloads", ({ s3 }, { intakeBucket }) => get(s3, intakeBucket, "incoming/a/b")],
  ["apiFunction", "write payloads", ({ s3 }, { intakeBucket }) => put(s3, intakeBucket, "incoming/a/b")],
  ["apiFunction", "write outside documents/", ({ s3 }, { documentsBucket }) => put(s3, documentsBucket, "x")],
  [
    "apiFunction",
    "scan the table",
    ({ dynamodb }, { table }) => dynamodb.send(new ScanCommand({ TableName: table })),
  ],
  [
    "apiFunction",
    "receive messages",
    ({ sqs }, { queueUrl }) => sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl })),
  ],
  ["queueFunction", "write payloads", ({ s3 }, { intakeBucket }) => put(s3, intakeBucket, "incoming/a/b")],
  [
    "queueFunction",
    "delete documents",
    ({ s3 }, { documentsBucket }) => remove(s3, documentsBucket, "documents/a/b"),
  ],
  ["sweepFunction", "read payloads", ({ s3 }, { intakeBucket }) => get(s3, intakeBucket, "incoming/a/b")],
  [
    "sweepFunction",
    "delete payloads",
    ({ s3 }, { intakeBucket }) => remove(s3, intakeBucket, "incoming/a/b"),
  ],
  [
    "sweepFunction",
    "read documents",
    ({ s3 }, { documentsBucket }) => get(s3, documentsBucket, "documents/a/b"),
  ],
  [
    "sweepFunction",
    "delete a document as such, whatever was written meanwhile",
    ({ s3 }, { documentsBucket }) => remove(s3, documentsBucket, "documents/a/b"),
  ],
  [
    "sweepFunction",
    "receive messages",
    ({ sqs }, { queueUrl }) => sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl })),
  ],
  [
    "queueFunction",
    "read other tables",
    ({ dynamodb }) => dynamodb.send(new GetItemCommand({ TableName: "other", Key: { pk: { S: "x" } } })),
  ],
];

const put = (s3: Caller["s3"], Bucket: string, Key: string) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
const get = (s3: Caller["s3"], Bucket: string, Key: string) => s3.send(new GetObjectCommand({ Bucket, Key }));
const list = (s3: Caller["s3"], Bucket: string) => s3.send(new ListObjectsV2Command({ Bucket }));
const remove = (s3: Caller["s3"], Bucket: string, Key: string) =>
  s3.send(new DeleteObjectCommand({ Bucket, Key }));

const ROLE_IDS = {
  gatewayWriter: "gateway_writer",
  documentReader: "document_reader",
  apiFunction: "api_function",
  queueFunction: "queue_function",
  sweepFunction: "sweep_function",
} as const satisfies Record<ExercisedRole, string>;

/** Each role can do exactly what its code does: the real handlers run under it, against moto with IAM enforced. */
export function describeLeastPrivilege(
  getDeployment: () => Deployment,
  getState: () => StateResource[],
): void {
  // biome-ignore lint/suspicious/noExplicitAny: values that the tests know the shape of
  const valuesOf = (address: string): Record<string, any> =>
    getState().find((resource) => resource.address === address)?.values ?? {};
  const policyOf = (role: ExercisedRole): Statement[] =>
    JSON.parse(valuesOf(`aws_iam_role_policy.roles_${ROLE_IDS[role]}_policy`)["policy"]).Statement;
  const roles = Object.keys(exercises) as ExercisedRole[];
  const administrator = () =>
    callerOf({ endpoint: getDeployment().moto.endpoint, credentials: ADMINISTRATOR });

  async function asAdministrator<T>(work: (caller: Caller) => Promise<T>): Promise<T> {
    await getDeployment().moto.enforceIam(false);
    try {
      return await work(administrator());
    } finally {
      await getDeployment().moto.enforceIam(true);
    }
  }

  async function setPolicy(role: ExercisedRole, statements: readonly Statement[]): Promise<void> {
    const { endpoint } = getDeployment().moto;
    const iam = new IAMClient({ endpoint, region: "eu-central-1", credentials: ADMINISTRATOR });
    // A policy needs a statement; this one stands for none.
    const Statement = statements.length > 0 ? statements : [HARMLESS];
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    const RoleName = valuesOf(`aws_iam_role.roles_${ROLE_IDS[role]}_role`)["name"];
    await asAdministrator(() =>
      iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: "permissions", PolicyDocument })),
    );
  }

  async function stageOf(role: ExercisedRole): Promise<Stage> {
    const { endpoint } = getDeployment().moto;
    const sts = new STSClient({ endpoint, region: "eu-central-1", credentials: ADMINISTRATOR });
    const { Credentials } = await asAdministrator(() =>
      sts.send(
        new AssumeRoleCommand({
          RoleArn: valuesOf(`aws_iam_role.roles_${ROLE_IDS[role]}_role`)["arn"],
          RoleSessionName: "test",
        }),
      ),
    );
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
    return { names: names(), role: callerOf({ endpoint, credentials }), admin: asAdministrator };
  }

  const names = (): Names => ({
    accountId: valuesOf("aws_dynamodb_table.table_table")["arn"].split(":")[4],
    intakeBucket: valuesOf("aws_s3_bucket.intake_bucket")["id"],
    documentsBucket: valuesOf("aws_s3_bucket.documents_bucket")["id"],
    table: valuesOf("aws_dynamodb_table.table_table")["name"],
    queueUrl: valuesOf("aws_sqs_queue.intake_queue_queue")["url"],
    logGroups: {
      apiFunction: valuesOf("aws_cloudwatch_log_group.api_function_logs")["name"],
      queueFunction: valuesOf("aws_cloudwatch_log_group.queue_function_logs")["name"],
      sweepFunction: valuesOf("aws_cloudwatch_log_group.sweep_function_logs")["name"],
    },
  });

  describe("least privilege", () => {
    beforeAll(() => getDeployment().moto.enforceIam(true));
    afterAll(() => getDeployment().moto.enforceIam(false));

    it.each(roles)("%s is granted what is listed here, and nothing else", (role) => {
      const granted = policyOf(role).flatMap(({ Action }) => Action);

      expect(granted.filter((action) => !NOT_ENFORCED.includes(action)).sort()).toEqual(
        [...GRANTED[role]].sort(),
      );
    });

    it.each(roles)("%s can do everything that its code does", async (role) => {
      await exercises[role](await stageOf(role));
    });

    it.each(roles.flatMap((role) => GRANTED[role].map((action) => [role, action] as const)))(
      "%s cannot do its work without %s",
      async (role, action) => {
        const statements = policyOf(role);
        const reduced = statements
          .map((statement) => ({
            ...statement,
            Action: [statement.Action].flat().filter((each) => each !== action),
          }))
          .filter(({ Action }) => Action.length > 0);
        await setPolicy(role, reduced);
        try {
          const stage = await stageOf(role);
          await expect(exercises[role](stage)).rejects.toThrow();
          expect(new Set(stage.role.denied)).toEqual(new Set([deniedCommand(role, action)]));
        } finally {
          await setPolicy(role, statements);
        }
      },
    );

    it.each(FORBIDDEN)("%s cannot %s", async (role, _, forbidden) => {
      const stage = await stageOf(role);

      await expect(forbidden(stage.role, stage.names)).rejects.toThrow(/denied|not authorized/i);
    });
  });
}
