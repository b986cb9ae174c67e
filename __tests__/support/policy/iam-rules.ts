import type { PolicyRule } from "./rule.ts";
import { find, sameMembers } from "./state.ts";
import { allowed, restricts, type Statement } from "./statements.ts";

/** Actions that have no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html */
const WITHOUT_RESOURCE = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"];
/** The families of actions that DynamoDB's use of a key needs. */
const FAMILIES = ["kms:ReEncrypt*", "kms:GenerateDataKey*"];
const OBJECTS_BELOW_PREFIX = /^arn:[^:]+:s3:::[^*/]+\/[^*]+\/\*$/;
/** docs/decisions/022-network-and-owners.md has the source for each, and for those that are not here. */
const SAYING_THEIR_SOURCE = ["Service:codebuild.amazonaws.com", "Service:events.amazonaws.com"];
const role = { resource: "aws_iam_role" } as const;
const policy = { resource: "aws_iam_role_policy" } as const;

export const iamRules: readonly PolicyRule[] = [
  {
    id: "CKV_AWS_60",
    sources: ["CKV_AWS_61"],
    ...role,
    sentence: "One service assumes the role, and nobody else.",
    holds: ({ values }) => {
      const principals = allowed(values["assume_role_policy"]).flatMap((statement) => statement.principals);
      return principals.length === 1 && principals.every((principal) => principal.startsWith("Service:"));
    },
  },
  {
    id: "PIA-IAM-TRUST-SOURCE",
    sources: [],
    ...role,
    sentence:
      "A service that says for which resource it takes a role takes it for one of the account, and no other service is asked to say it.",
    holds: ({ values }) =>
      allowed(values["assume_role_policy"]).every((statement) =>
        statement.principals.some((principal) => SAYING_THEIR_SOURCE.includes(principal))
          ? isBoundToSource(statement, accountOf(values["arn"]))
          : !restricts(statement, "aws:SourceArn") && !restricts(statement, "aws:SourceAccount"),
      ),
  },
  {
    id: "CKV_AWS_63",
    sources: ["CKV_AWS_62", "CT.IAM.PR.1"],
    ...policy,
    sentence: "No statement allows every action.",
    holds: ({ values }) => allowed(values["policy"]).every(({ actions }) => !actions.includes("*")),
  },
  {
    id: "AwsSolutions-IAM5",
    sources: [],
    ...policy,
    sentence: "Actions are named one by one, not as all of a service.",
    holds: ({ values }) =>
      allowed(values["policy"])
        .flatMap(({ actions }) => actions)
        .every((action) => action === "*" || FAMILIES.includes(action) || !action.includes("*")),
  },
  {
    id: "CKV_AWS_355",
    sources: ["CT.IAM.PR.1"],
    ...policy,
    sentence: "Every resource is allowed only to actions that have none.",
    holds: ({ values }) =>
      allowed(values["policy"])
        .filter(({ resources }) => resources.some((resource) => /^[*:]+$/.test(resource)))
        .every(({ actions }) => actions.every((action) => WITHOUT_RESOURCE.includes(action))),
  },
  {
    id: "PIA-IAM-OBJECT-PREFIX",
    sources: [],
    ...policy,
    sentence: "Rights to objects are rights below one prefix of a bucket.",
    applies: ({ values }) => objectStatements(values["policy"]).length > 0,
    holds: ({ values }) =>
      objectStatements(values["policy"]).every(({ resources }) =>
        resources.every((resource) => OBJECTS_BELOW_PREFIX.test(resource)),
      ),
  },
  {
    id: "PIA-IAM-BUCKET-OWNER",
    sources: [],
    ...policy,
    sentence: "Rights in S3 are rights to buckets of the role's own account.",
    applies: ({ values }) => bucketStatements(values["policy"]).length > 0,
    holds: ({ values }, state) => {
      const account = accountOf(find(state, "aws_iam_role", "name", values["role"])?.values["arn"]);
      return bucketStatements(values["policy"]).every(({ conditions }) =>
        sameMembers(conditions.get("StringEquals aws:ResourceAccount") ?? [], [account]),
      );
    },
  },
  {
    id: "CKV_AWS_286",
    sources: [],
    ...policy,
    sentence: "Nobody may change permissions, pass a role or assume one.",
    holds: ({ values }) =>
      allowed(values["policy"])
        .flatMap(({ actions }) => actions)
        .every((action) => !/^(iam|sts|organizations):/i.test(action)),
  },
  {
    id: "CKV_AWS_274",
    sources: ["CKV2_AWS_56"],
    resource: "aws_iam_role_policy_attachment",
    sentence: "An attached policy of AWS is one that was made for a service's role, not one for people.",
    holds: ({ values }) => /:iam::aws:policy\/service-role\//.test(values["policy_arn"]),
  },
];

function isBoundToSource({ conditions }: Statement, account: string): boolean {
  return ["ArnEquals", "ArnLike", "StringEquals", "StringLike"].some((operator) => {
    const sources = conditions.get(`${operator} aws:SourceArn`) ?? [];
    return sources.length > 0 && sources.every((source) => accountOf(source) === account);
  });
}

function accountOf(arn: unknown): string {
  return String(arn).split(":")[4] ?? "";
}

function bucketStatements(document: unknown) {
  return allowed(document).filter(({ actions }) => actions.some((action) => action.startsWith("s3:")));
}

function objectStatements(document: unknown) {
  return allowed(document).filter(({ actions }) =>
    actions.some((action) => /^s3:[A-Za-z]*Object[A-Za-z]*$/.test(action)),
  );
}
