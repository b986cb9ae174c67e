import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { ServiceRole } from "../constructs/service-role.ts";

export interface GatewayLoggingProps {
  readonly roleName: string;
}

/** Where the role, its policy and the account's setting stood before they had a stack of their own. */
const FORMER_ADDRESSES = [
  "aws_api_gateway_account.gateway_account",
  "aws_iam_role_policy_attachment.gateway_logging_policy",
  "aws_iam_role.gateway_logging_role",
];

/**
 * API Gateway's account-wide logging role, without which no stage can log. It is looked up, whoever manages it: it serves every
 * API of the account and region, and outlives this stack (stacks/account).
 */
export class GatewayLogging extends Construct {
  constructor(scope: Construct, id: string, { roleName }: GatewayLoggingProps) {
    super(scope, id);
    new ServiceRole(this, "logging", {
      kind: "existing",
      name: roleName,
      service: "apigateway.amazonaws.com",
    });
    // An apply lets go of what an older state still holds, and deletes nothing of it.
    const removed = FORMER_ADDRESSES.map((from) => ({ from, lifecycle: { destroy: false } }));
    TerraformStack.of(this).addOverride("removed", removed);
  }
}
