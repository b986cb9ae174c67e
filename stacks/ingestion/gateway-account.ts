import { ApiGatewayAccount } from "@cdktf/provider-aws/lib/api-gateway-account/index.js";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { AwsAccount } from "../constructs/aws-account.ts";
import { ServiceRole } from "../constructs/service-role.ts";

export interface GatewayAccountProps {
  readonly kind: "existing" | "managed";
  readonly roleName: string;
  readonly account: AwsAccount;
}

/**
 * API Gateway's CloudWatch role: one setting per account and region, without which no stage can log.
 * Only one stack of an account may manage it; for the others it exists.
 */
export class GatewayAccount extends Construct {
  /** What must be in place before a stage that logs. */
  readonly ready: ITerraformDependable[];

  constructor(scope: Construct, id: string, props: GatewayAccountProps) {
    super(scope, id);
    const role = new ServiceRole(this, "logging", {
      kind: props.kind,
      name: props.roleName,
      service: "apigateway.amazonaws.com",
    });
    this.ready = props.kind === "managed" ? [this.#setUp(role, props)] : [];
  }

  #setUp(role: ServiceRole, { account }: GatewayAccountProps): ApiGatewayAccount {
    const attachment = new IamRolePolicyAttachment(this, "logging-policy", {
      role: role.name,
      policyArn: `arn:${account.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs`,
    });
    return new ApiGatewayAccount(this, "account", {
      cloudwatchRoleArn: role.arn,
      dependsOn: [attachment],
    });
  }
}
