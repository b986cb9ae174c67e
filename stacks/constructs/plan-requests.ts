import { CloudwatchEventRule } from "@cdktf/provider-aws/lib/cloudwatch-event-rule/index.js";
import { CloudwatchEventTarget } from "@cdktf/provider-aws/lib/cloudwatch-event-target/index.js";
import { S3BucketNotification } from "@cdktf/provider-aws/lib/s3-bucket-notification/index.js";
import { Construct } from "constructs";
import { REQUESTS_PREFIX } from "../../env/builds.ts";
import type { AwsAccount } from "./aws-account.ts";
import { ServiceRole } from "./service-role.ts";

export interface PlanRequestsProps {
  readonly account: AwsAccount;
  readonly name: string;
  readonly bucketName: string;
  /** The project that plans what was handed in. */
  readonly project: { readonly arn: string };
  readonly role: { readonly kind: "existing" | "managed"; readonly name: string };
}

/** Starts the project that plans for each request that a check has handed in. */
export class PlanRequests extends Construct {
  readonly role: ServiceRole;

  constructor(scope: Construct, id: string, props: PlanRequestsProps) {
    super(scope, id);
    const { account, name, bucketName, project } = props;
    new S3BucketNotification(this, "notification", { bucket: bucketName, eventbridge: true });
    this.role = new ServiceRole(this, "role", {
      ...props.role,
      service: "events.amazonaws.com",
      sourceArn: account.arn("events", `rule/${name}`),
    });
    this.role.permit([
      { Sid: "StartPlan", Effect: "Allow", Action: "codebuild:StartBuild", Resource: project.arn },
    ]);
    const rule = new CloudwatchEventRule(this, "rule", {
      name,
      description: "A check has handed in stacks to be planned",
      eventPattern: JSON.stringify({
        source: ["aws.s3"],
        "detail-type": ["Object Created"],
        detail: {
          bucket: { name: [bucketName] },
          object: { key: [{ wildcard: `${REQUESTS_PREFIX}*/request.json` }] },
        },
      }),
    });
    new CloudwatchEventTarget(this, "target", {
      rule: rule.name,
      arn: project.arn,
      roleArn: this.role.arn,
      inputTransformer: {
        inputPaths: { key: "$.detail.object.key" },
        inputTemplate: JSON.stringify({
          environmentVariablesOverride: [{ name: "PLAN_REQUEST", type: "PLAINTEXT", value: "<key>" }],
        }),
      },
      dependsOn: [...this.role.attachments],
    });
  }
}
