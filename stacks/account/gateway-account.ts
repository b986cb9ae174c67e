import { ApiGatewayAccount } from "@cdktf/provider-aws/lib/api-gateway-account/index.js";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment/index.js";
import { Construct } from "constructs";
import { GATEWAY_LOGGING_POLICY } from "../../contract/gateway-logging.ts";
import type { Environment } from "../../env/schema.ts";
import type { AwsAccount } from "../constructs/aws-account.ts";
import { ServiceRole } from "../constructs/service-role.ts";

export interface GatewayAccountProps {
  readonly roleName: string;
  readonly account: AwsAccount;
  readonly awsProviderVersion: Environment["awsProviderVersion"];
}

/**
 * API Gateway's CloudWatch role: one setting per account and region, without which no stage can log. What is destroyed leaves the
 * setting empty before the role goes: a setting that names a deleted role silences every API.
 */
export class GatewayAccount extends Construct {
  constructor(scope: Construct, id: string, { roleName, account, awsProviderVersion }: GatewayAccountProps) {
    super(scope, id);
    const role = new ServiceRole(this, "logging", {
      kind: "managed",
      name: roleName,
      service: "apigateway.amazonaws.com",
    });
    const attachment = new IamRolePolicyAttachment(this, "logging-policy", {
      role: role.name,
      policyArn: `arn:${account.partition}:iam::aws:policy/${GATEWAY_LOGGING_POLICY}`,
    });
    const setting = new ApiGatewayAccount(this, "account", {
      cloudwatchRoleArn: role.arn,
      dependsOn: [attachment],
    });
    // Version 6 always does so, and has no such argument:
    // https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/api_gateway_account
    if (awsProviderVersion.startsWith("~> 5.")) setting.addOverride("reset_on_delete", true);
  }
}
