import { DELETED_PREFIX, DOCUMENTS_PREFIX, INTAKE_PREFIX } from "../../contract/keys.ts";
import { lambdaLogGroupName, resourceNames } from "../../contract/resource-names.ts";
import type { AwsAccount } from "../constructs/aws-account.ts";
import { inAccount, type Statement } from "../constructs/policy-document.ts";
import { useKey } from "../constructs/use-key.ts";
import type { EnvironmentVariables } from "../variables/environment-variables.ts";

/** What the roles act on. `keyArn` is absent where AWS's own keys encrypt. */
export interface PermissionTargets {
  readonly account: AwsAccount;
  readonly intakeBucketArn: string;
  readonly documentsBucketArn: string;
  readonly tableArn: string;
  readonly queueArn: string;
  readonly deadLetterQueueArn: string;
  readonly apiLogGroupArn: string;
  readonly queueLogGroupArn: string;
  readonly sweepLogGroupArn: string;
  readonly keyArn: string | undefined;
  /** Whether documents of deleted records are kept for some days. */
  readonly keepsDeleted: boolean;
}

/** ARNs that follow from names alone, so that every policy can be read in the first plan. */
export function permissionTargets(
  account: AwsAccount,
  variables: EnvironmentVariables,
  { keepsDeleted }: Pick<PermissionTargets, "keepsDeleted">,
): PermissionTargets {
  const names = resourceNames(variables.namePrefix);
  const logGroupArn = (functionName: string) =>
    account.arn("logs", `log-group:${lambdaLogGroupName(functionName)}`);
  return {
    account,
    intakeBucketArn: account.bucketArn(variables.buckets.intake.name),
    documentsBucketArn: account.bucketArn(variables.buckets.documents.name),
    tableArn: account.arn("dynamodb", `table/${names.table}`),
    queueArn: account.arn("sqs", names.queue),
    deadLetterQueueArn: account.arn("sqs", names.deadLetterQueue),
    apiLogGroupArn: logGroupArn(names.apiFunction),
    queueLogGroupArn: logGroupArn(names.queueFunction),
    sweepLogGroupArn: logGroupArn(names.sweepFunction),
    keyArn: undefined,
    keepsDeleted,
  };
}

type Permissions = (targets: PermissionTargets) => Statement[];

/** The statements that each role needs, and no more: what its code or its integration calls. */
export const rolePermissions = {
  gatewayWriter: (targets) => [
    writeObjects("WriteIntake", targets.intakeBucketArn, INTAKE_PREFIX),
    ...useKey(targets, "EncryptPayloads", ["s3"], ["kms:GenerateDataKey"]),
  ],
  documentReader: (targets) => [
    {
      Sid: "ReadDocuments",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: `${targets.documentsBucketArn}/${DOCUMENTS_PREFIX}*`,
    },
    listBucket("TellMissingDocuments", targets.documentsBucketArn),
    ...useKey(targets, "DecryptDocuments", ["s3"], ["kms:Decrypt"]),
  ],
  apiFunction: (targets) => [
    listPrefix("SeeWaitingPayloads", "s3:ListBucket", targets.intakeBucketArn, INTAKE_PREFIX),
    ...storeRecords(targets),
    {
      Sid: "ListByGroup",
      Effect: "Allow",
      Action: "dynamodb:Query",
      Resource: `${targets.tableArn}/index/byGroup`,
    },
    listPrefix("SeeDocuments", "s3:ListBucketVersions", targets.documentsBucketArn, DOCUMENTS_PREFIX),
    ...keepDeleted(targets),
    ...useKey(
      targets,
      "EncryptDocuments",
      ["s3"],
      ["kms:GenerateDataKey", ...(targets.keepsDeleted ? ["kms:Decrypt"] : [])],
    ),
    ...observe(targets.apiLogGroupArn),
  ],
  queueFunction: (targets) => [
    {
      Sid: "ReceiveNotifications",
      Effect: "Allow",
      Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
      Resource: targets.queueArn,
    },
    {
      Sid: "ReadAndFinishPayloads",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:GetObjectVersion", "s3:DeleteObject"],
      Resource: `${targets.intakeBucketArn}/${INTAKE_PREFIX}*`,
    },
    listBucket("TellMissingPayloads", targets.intakeBucketArn),
    ...storeRecords(targets),
    ...useKey(targets, "UseKeyForObjectsAndMessages", ["s3", "sqs"], ["kms:Decrypt", "kms:GenerateDataKey"]),
    ...observe(targets.queueLogGroupArn),
  ],
  sweepFunction: (targets) => [
    listPrefix("SeeWaitingPayloads", "s3:ListBucket", targets.intakeBucketArn, INTAKE_PREFIX),
    {
      Sid: "QueuePayloadsAgain",
      Effect: "Allow",
      Action: "sqs:SendMessage",
      Resource: targets.queueArn,
    },
    listPrefix(
      "SeeDocuments",
      "s3:ListBucketVersions",
      targets.documentsBucketArn,
      DOCUMENTS_PREFIX,
      DELETED_PREFIX,
    ),
    removeVersions("RemoveDocuments", targets.documentsBucketArn, DOCUMENTS_PREFIX, DELETED_PREFIX),
    ...keepDeleted(targets),
    ...(targets.keepsDeleted
      ? useKey(targets, "CopyDocuments", ["s3"], ["kms:Decrypt", "kms:GenerateDataKey"])
      : []),
    ...useRecords(targets, "ReadRecordsAndKeepProgress"),
    ...useKey(targets, "EncryptMessages", ["sqs"], ["kms:Decrypt", "kms:GenerateDataKey"]),
    ...observe(targets.sweepLogGroupArn),
  ],
} satisfies Record<string, Permissions>;

export type PermittedRole = keyof typeof rolePermissions;

/** The same as a policy of the role: it acts on buckets of its own account alone, which a bucket's own policy need not say. */
export function roleStatements(role: PermittedRole, targets: PermissionTargets): Statement[] {
  return rolePermissions[role](targets).map((statement) => inAccount(targets.account.id, statement));
}

function writeObjects(sid: string, bucketArn: string, prefix: string): Statement {
  return { Sid: sid, Effect: "Allow", Action: "s3:PutObject", Resource: `${bucketArn}/${prefix}*` };
}

/** One version at a time, never an object as such. */
function removeVersions(sid: string, bucketArn: string, ...prefixes: string[]): Statement {
  const Resource = oneOrMore(prefixes.map((prefix) => `${bucketArn}/${prefix}*`));
  return { Sid: sid, Effect: "Allow", Action: "s3:DeleteObjectVersion", Resource };
}

/** IAM and its readers take one value without a list. */
function oneOrMore(values: string[]): string | string[] {
  const [first] = values;
  return values.length === 1 && first !== undefined ? first : values;
}

/** To copy a document out of reach before it is removed, and to tell that another deletion has removed it. */
function keepDeleted({ documentsBucketArn, keepsDeleted }: PermissionTargets): Statement[] {
  if (!keepsDeleted) return [];
  return [
    {
      Sid: "ReadDocumentsToKeep",
      Effect: "Allow",
      Action: "s3:GetObjectVersion",
      Resource: `${documentsBucketArn}/${DOCUMENTS_PREFIX}*`,
    },
    listBucket("TellMissingDocuments", documentsBucketArn),
    writeObjects("KeepDeletedDocuments", documentsBucketArn, DELETED_PREFIX),
  ];
}

/** Without it S3 answers 403 instead of 404 for a missing key. A prefix condition would not match a GET. */
function listBucket(sid: string, bucketArn: string): Statement {
  return { Sid: sid, Effect: "Allow", Action: "s3:ListBucket", Resource: bucketArn };
}

export function listPrefix(sid: string, action: string, bucketArn: string, ...prefixes: string[]): Statement {
  return {
    Sid: sid,
    Effect: "Allow",
    Action: action,
    Resource: bucketArn,
    Condition: { StringLike: { "s3:prefix": oneOrMore(prefixes.map((prefix) => `${prefix}*`)) } },
  };
}

function storeRecords(targets: PermissionTargets): Statement[] {
  return [
    writeObjects("StoreDocuments", targets.documentsBucketArn, DOCUMENTS_PREFIX),
    removeVersions("RemoveDocuments", targets.documentsBucketArn, DOCUMENTS_PREFIX),
    ...useRecords(targets, "StoreRecords"),
  ];
}

function useRecords(targets: PermissionTargets, sid: string): Statement[] {
  return [
    {
      Sid: sid,
      Effect: "Allow",
      Action: ["dynamodb:GetItem", "dynamodb:PutItem"],
      Resource: targets.tableArn,
    },
    // DynamoDB checks the caller's right to the table's key.
    ...useKey(
      targets,
      "UseKeyForRecords",
      ["dynamodb"],
      ["kms:Decrypt", "kms:Encrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
    ),
  ];
}

export function observe(logGroupArn: string): Statement[] {
  return [
    {
      Sid: "WriteLogs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${logGroupArn}:*`,
    },
    {
      Sid: "WriteTraces",
      Effect: "Allow",
      Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
      Resource: "*",
    },
  ];
}
