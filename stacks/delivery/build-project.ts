import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group/index.js";
import {
  CodebuildProject,
  type CodebuildProjectConfig,
} from "@cdktf/provider-aws/lib/codebuild-project/index.js";
import {
  CodebuildWebhook,
  type CodebuildWebhookFilterGroup,
  type CodebuildWebhookPullRequestBuildPolicy,
} from "@cdktf/provider-aws/lib/codebuild-webhook/index.js";
import { Construct } from "constructs";
import type { AwsAccount } from "../constructs/aws-account.ts";
import type { Statement } from "../constructs/policy-document.ts";
import { ServiceRole } from "../constructs/service-role.ts";
import { type BuildVpc, networkPermissions } from "./network-permissions.ts";

export interface BuildProjectProps {
  readonly account: AwsAccount;
  readonly name: string;
  readonly description: string;
  readonly role: { readonly kind: "existing" | "managed"; readonly name: string };
  /** What the build may do besides writing its log and reading the repository. */
  readonly permissions: readonly Statement[];
  readonly repository: string;
  readonly branch: string;
  readonly connectionArn: string;
  /** File in the repository. */
  readonly buildspec: string;
  readonly environmentVariables: NonNullable<CodebuildProjectConfig["environment"]["environmentVariable"]>;
  /** Each group is one way to start a build; without any, GitHub starts none. */
  readonly filterGroups: readonly CodebuildWebhookFilterGroup[];
  /** Absent: what AWS has for new projects. Only provider 6 knows it. */
  readonly pullRequestBuildPolicy?: CodebuildWebhookPullRequestBuildPolicy | undefined;
  readonly timeoutMinutes: number;
  /** Without it, what AWS has: 480. */
  readonly queuedTimeoutMinutes?: number;
  /** Where it runs; without it, in a network of AWS. */
  readonly vpc?: BuildVpc;
  readonly keyArn: string;
  readonly logRetentionDays: number;
}

/** A project of CodeBuild with a role, a log and a webhook of its own. */
export class BuildProject extends Construct {
  readonly role: ServiceRole;
  readonly name: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: BuildProjectProps) {
    super(scope, id);
    this.name = props.name;
    const logGroup = new CloudwatchLogGroup(this, "logs", {
      name: buildLogGroupName(props.name),
      retentionInDays: props.logRetentionDays,
      kmsKeyId: props.keyArn,
    });
    this.role = new ServiceRole(this, "role", {
      ...props.role,
      service: "codebuild.amazonaws.com",
      sourceArn: props.account.arn("codebuild", `project/${props.name}`),
      hasLists: props.vpc !== undefined,
    });
    this.role.permit(buildPermissions(props));
    const project = this.#createProject(props, logGroup);
    this.arn = project.arn;
    if (props.filterGroups.length > 0) {
      new CodebuildWebhook(this, "webhook", {
        projectName: project.name,
        buildType: "BUILD",
        filterGroup: [...props.filterGroups],
        ...(props.pullRequestBuildPolicy && { pullRequestBuildPolicy: props.pullRequestBuildPolicy }),
      });
    }
  }

  #createProject(props: BuildProjectProps, logGroup: CloudwatchLogGroup): CodebuildProject {
    return new CodebuildProject(this, "project", {
      name: props.name,
      description: props.description,
      serviceRole: this.role.arn,
      buildTimeout: props.timeoutMinutes,
      ...(props.queuedTimeoutMinutes !== undefined && { queuedTimeout: props.queuedTimeoutMinutes }),
      encryptionKey: props.keyArn,
      source: {
        type: "GITHUB",
        location: `https://github.com/${props.repository}.git`,
        buildspec: props.buildspec,
        gitCloneDepth: 1,
        // What GitHub did not start says nothing of the branch's last commit.
        reportBuildStatus: props.filterGroups.length > 0,
        auth: { type: "CODECONNECTIONS", resource: props.connectionArn },
      },
      sourceVersion: `refs/heads/${props.branch}`,
      environment: {
        type: "LINUX_CONTAINER",
        computeType: "BUILD_GENERAL1_MEDIUM",
        image: "aws/codebuild/amazonlinux-x86_64-standard:5.0",
        // Nothing here builds or runs containers.
        privilegedMode: false,
        environmentVariable: props.environmentVariables,
      },
      artifacts: { type: "NO_ARTIFACTS" },
      cache: { type: "LOCAL", modes: ["LOCAL_CUSTOM_CACHE", "LOCAL_SOURCE_CACHE"] },
      ...(props.vpc && {
        vpcConfig: {
          vpcId: props.vpc.vpcId,
          subnets: props.vpc.subnetIds,
          securityGroupIds: props.vpc.securityGroupIds,
        },
      }),
      logsConfig: { cloudwatchLogs: { groupName: logGroup.name } },
      dependsOn: [...this.role.attachments],
    });
  }
}

export function buildLogGroupName(project: string): string {
  return `/aws/codebuild/${project}`;
}

/** What every build needs, and what its own one does. */
export function buildPermissions({
  account,
  name,
  connectionArn,
  permissions,
  vpc,
}: BuildProjectProps): Statement[] {
  return [
    {
      Sid: "WriteLogs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `${account.arn("logs", `log-group:${buildLogGroupName(name)}`)}:*`,
    },
    {
      Sid: "ReadRepository",
      Effect: "Allow",
      // Connections that were made before the service was renamed keep its old name.
      Action: ["codeconnections", "codestar-connections"].flatMap((service) =>
        ["GetConnection", "GetConnectionToken"].map((action) => `${service}:${action}`),
      ),
      Resource: connectionArn,
    },
    ...(vpc ? networkPermissions(account, vpc) : []),
    ...permissions,
  ];
}
