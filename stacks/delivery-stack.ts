import { CodebuildReportGroup } from "@cdktf/provider-aws/lib/codebuild-report-group/index.js";
import type { CodebuildWebhookFilterGroup } from "@cdktf/provider-aws/lib/codebuild-webhook/index.js";
import { DataAwsSecretsmanagerSecret } from "@cdktf/provider-aws/lib/data-aws-secretsmanager-secret/index.js";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js";
import { Fn, TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import { REQUESTS_PREFIX, RESULTS_PREFIX } from "../env/plan-requests.ts";
import type { Environment } from "../env/schema.ts";
import { AddressedStack } from "./constructs/addressed-stack.ts";
import { AwsAccount } from "./constructs/aws-account.ts";
import { BuildProject } from "./constructs/build-project.ts";
import { createKey, logsGrant } from "./constructs/encryption-key.ts";
import { PlanRequests } from "./constructs/plan-requests.ts";
import { PrivateBucket } from "./constructs/private-bucket.ts";
import { useKey } from "./constructs/role-permissions.ts";
import { configureBackend } from "./constructs/terraform-backend.ts";
import { type Delivery, declareDeliveryVariables } from "./variables/delivery-variables.ts";

export interface DeliveryStackProps {
  readonly environment: Environment;
  readonly delivery: Delivery;
}

/** What builds and releases: one project for pull requests, without secrets, and one for the branch that is released. */
export class DeliveryStack extends AddressedStack {
  /** Values of the stack's variables, to be written to `<stack>.auto.tfvars.json`. */
  readonly variableValues: Readonly<Record<string, unknown>>;

  constructor(scope: Construct, id: string, { environment, delivery }: DeliveryStackProps) {
    super(scope, id, environment.awsProviderVersion);
    configureBackend(this, environment.backend, "delivery");
    const variables = declareDeliveryVariables(this, environment, delivery);
    this.variableValues = variables.values;
    const account = new AwsAccount(this, "account", variables);
    const key = createKey(this, account, {
      description: `Builds of ${variables.namePrefix}`,
      alias: `${variables.namePrefix}-delivery`,
      grants: [logsGrant(account)],
    });
    const builds = new PrivateBucket(this, "builds", {
      kind: "managed",
      name: `${variables.namePrefix}-builds-${variables.accountId}`,
      region: variables.region,
      keyArn: key.arn,
      deletionProtection: true,
      roleGrants: [],
    });
    new S3BucketLifecycleConfiguration(this, "builds-lifecycle", {
      bucket: builds.name,
      rule: [
        {
          id: "old-builds",
          status: "Enabled",
          filter: [{}],
          expiration: [{ days: 365 }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
        },
      ],
    });
    const token = new DataAwsSecretsmanagerSecret(this, "token", { name: variables.tokenSecretName });
    const shared = {
      account,
      repository: variables.repository,
      branch: variables.branch,
      connectionArn: variables.connectionArn,
      keyArn: key.arn,
      logRetentionDays: variables.logRetentionDays,
      timeoutMinutes: 60,
    };
    const trusted = {
      type: "ACTOR_ACCOUNT_ID",
      pattern: `^(${Fn.join("|", variables.trustedActorIds)})$`,
    };

    const isPlanning = delivery.plans.length > 0;
    const checkName = `${variables.namePrefix}-check`;
    const reports = new CodebuildReportGroup(this, "check-reports", {
      // CodeBuild looks for it under the names of the project and of the report in the buildspec.
      name: `${checkName}-tests`,
      type: "TEST",
      exportConfig: { type: "NO_EXPORT" },
      deleteReports: true,
    });
    new BuildProject(this, "check", {
      ...shared,
      name: checkName,
      description: "Checks pull requests and the branch that is released. It holds no secrets",
      role: { ...delivery.roles.check, name: variables.checkRoleName },
      buildspec: "buildspec.check.yml",
      artifacts: { type: "NO_ARTIFACTS" },
      // Where stacks are handed in to be planned; it is no secret.
      environmentVariables: isPlanning
        ? [
            { name: "PLAN_BUCKET", value: builds.name, type: "PLAINTEXT" },
            { name: "PLAN_ENVIRONMENTS", value: Fn.join(" ", variables.plans), type: "PLAINTEXT" },
          ]
        : [],
      filterGroups: [
        filterGroup(
          { type: "EVENT", pattern: "PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED, PULL_REQUEST_REOPENED" },
          // Anybody may open a pull request; nobody else decides what runs in this account.
          trusted,
        ),
        filterGroup(
          { type: "EVENT", pattern: "PUSH" },
          { type: "HEAD_REF", pattern: `^refs/heads/${variables.branch}$` },
        ),
      ],
      permissions: [
        {
          Sid: "ReportTests",
          Effect: "Allow",
          Action: ["codebuild:CreateReport", "codebuild:UpdateReport", "codebuild:BatchPutTestCases"],
          Resource: reports.arn,
        },
        ...(isPlanning
          ? [
              {
                Sid: "HandInStacks",
                Effect: "Allow" as const,
                Action: "s3:PutObject",
                Resource: `${builds.arn}/${REQUESTS_PREFIX}*`,
              },
              {
                Sid: "ReadResults",
                Effect: "Allow" as const,
                Action: "s3:GetObject",
                Resource: `${builds.arn}/${RESULTS_PREFIX}*`,
              },
              ...useKey(
                { account, keyArn: key.arn },
                "UseKeyForStacks",
                ["s3"],
                ["kms:Decrypt", "kms:GenerateDataKey"],
              ),
            ]
          : []),
      ],
    });
    if (isPlanning) {
      const plan = new BuildProject(this, "plan", {
        ...shared,
        name: `${variables.namePrefix}-plan`,
        description:
          "Plans what checks have handed in. Built from the branch; what was handed in is data to it",
        role: { ...delivery.roles.plan, name: variables.planRoleName },
        buildspec: "buildspec.plan.yml",
        artifacts: { type: "NO_ARTIFACTS" },
        environmentVariables: [
          { name: "PLAN_BUCKET", value: builds.name, type: "PLAINTEXT" },
          { name: "PLAN_ENVIRONMENTS", value: Fn.join(" ", variables.plans), type: "PLAINTEXT" },
          { name: "TFE_TOKEN", value: `${token.arn}:token`, type: "SECRETS_MANAGER" },
        ],
        filterGroups: [],
        permissions: [
          { Sid: "ReadToken", Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: token.arn },
          {
            Sid: "ReadStacks",
            Effect: "Allow",
            Action: "s3:GetObject",
            Resource: `${builds.arn}/${REQUESTS_PREFIX}*`,
          },
          {
            Sid: "WriteResults",
            Effect: "Allow",
            Action: "s3:PutObject",
            Resource: `${builds.arn}/${RESULTS_PREFIX}*`,
          },
          ...useKey(
            { account, keyArn: key.arn },
            "UseKeyForStacks",
            ["s3", "secretsmanager"],
            ["kms:Decrypt", "kms:GenerateDataKey"],
          ),
        ],
      });
      new PlanRequests(this, "plan-requests", {
        name: `${variables.namePrefix}-plan`,
        bucketName: builds.name,
        project: plan,
        role: { ...delivery.roles.planStarter, name: variables.planStarterRoleName },
      });
    }
    const release = new BuildProject(this, "release", {
      ...shared,
      name: `${variables.namePrefix}-release`,
      description: "Releases the branch through Terraform Enterprise, whose token it holds",
      role: { ...delivery.roles.release, name: variables.releaseRoleName },
      buildspec: "buildspec.release.yml",
      artifacts: {
        type: "S3",
        location: builds.name,
        packaging: "ZIP",
        name: "build.zip",
        namespaceType: "BUILD_ID",
        path: "releases",
      },
      environmentVariables: [
        { name: "RELEASE_ENVIRONMENTS", value: Fn.join(" ", variables.releases), type: "PLAINTEXT" },
        { name: "TFE_TOKEN", value: `${token.arn}:token`, type: "SECRETS_MANAGER" },
      ],
      filterGroups: [
        filterGroup(
          { type: "EVENT", pattern: "PUSH" },
          { type: "HEAD_REF", pattern: `^refs/heads/${variables.branch}$` },
          // Words alone change nothing that runs.
          { type: "FILE_PATH", pattern: "^(docs/.*|[^/]*\\.md)$", excludeMatchedPattern: true },
        ),
      ],
      permissions: [
        { Sid: "ReadToken", Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: token.arn },
        {
          Sid: "KeepBuilds",
          Effect: "Allow",
          Action: "s3:PutObject",
          Resource: `${builds.arn}/releases/*`,
        },
        // CodeBuild looks whose the bucket is before it writes.
        {
          Sid: "KnowBuilds",
          Effect: "Allow",
          Action: ["s3:GetBucketAcl", "s3:GetBucketLocation"],
          Resource: builds.arn,
        },
        ...useKey(
          { account, keyArn: key.arn },
          "EncryptBuilds",
          ["s3", "secretsmanager"],
          ["kms:Decrypt", "kms:GenerateDataKey"],
        ),
      ],
    });
    new TerraformOutput(this, "release_project", {
      description: "Project that releases; start it to release a commit of the branch again.",
      value: release.name,
    });
  }
}

type Filter = { readonly type: string; readonly pattern: string; readonly excludeMatchedPattern?: boolean };

/** All of its filters have to match. */
function filterGroup(...filter: Filter[]): CodebuildWebhookFilterGroup {
  return { filter };
}
