import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target/index.js";
import { S3BucketNotification } from "@cdktf/provider-aws/lib/s3-bucket-notification/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { REQUEST_KEY } from "../../contract/builds.ts";
import type { AwsAccount } from "../constructs/aws-account.ts";
import { ServiceRole } from "../constructs/service-role.ts";

export interface PlanRequestsProps {
  readonly account: AwsAccount;
  readonly name: string;
  readonly bucket: { readonly name: string; readonly versioning: ITerraformDependable };
  /** The project that plans what was handed in. */
  readonly project: { readonly arn: string };
  readonly role: { readonly kind: "existing" | "managed"; readonly name: string };
}

/**
 * Starts the project that plans for each request that a check has handed in. EventBridge puts values into its template as
 * they are: what a check could choose, such as a key, would write more of the build's input than its value.
 */
export class PlanRequests extends Construct {
  readonly role: ServiceRole;

  constructor(scope: Construct, id: string, props: PlanRequestsProps) {
    super(scope, id);
    const { account, name, bucket } = props;
    new S3BucketNotification(this, "notification", {
      bucket: bucket.name,
      eventbridge: true,
      dependsOn: [bucket.versioning],
    });
    this.role = new ServiceRole(this, "role", {
      ...props.role,
      service: "events.amazonaws.com",
      sourceArn: account.arn("events", `rule/${name}`),
    });
    this.role.permit([
      {
        Sid: "StartPlan",
        Effect: "Allow",
        Action: "codebuild:StartBuild",
        Resource: account.arn("codebuild", `project/${name}`),
      },
    ]);
    this.#startPlans(props);
  }

  #startPlans({ name, bucket, project }: PlanRequestsProps): void {
    const rule = new CloudwatchEventRule(this, "rule", {
      name,
      description: "Starts a plan when a check hands in stacks",
      eventPattern: JSON.stringify({
        source: ["aws.s3"],
        "detail-type": ["Object Created"],
        detail: {
          bucket: { name: [bucket.name] },
          object: { key: [REQUEST_KEY] },
        },
      }),
    });
    new CloudwatchEventTarget(this, "target", {
      rule: rule.name,
      arn: project.arn,
      roleArn: this.role.arn,
      inputTransformer: {
        inputPaths: { version: "$.detail.object.version-id" },
        inputTemplate: JSON.stringify({
          environmentVariablesOverride: [{ name: "PLAN_REQUEST", type: "PLAINTEXT", value: "<version>" }],
        }),
      },
      // As long as a check waits for it.
      retryPolicy: { maximumEventAgeInSeconds: 1_800, maximumRetryAttempts: 185 },
      dependsOn: [...this.role.attachments],
    });
  }
}
