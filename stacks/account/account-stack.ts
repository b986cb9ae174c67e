import { TerraformOutput } from "cdktf";
import type { Construct } from "constructs";
import type { Environment } from "../../env/schema.ts";
import { AddressedStack } from "../constructs/addressed-stack.ts";
import { AwsAccount } from "../constructs/aws-account.ts";
import { configureBackend } from "../constructs/terraform-backend.ts";
import { declareAccountVariables, type ManagedLogging } from "../variables/account-variables.ts";
import { GatewayAccount } from "./gateway-account.ts";

export interface AccountStackProps {
  readonly environment: Environment;
  readonly logging: ManagedLogging;
}

/** What belongs to a whole account and region, and stays when the environment that made it is destroyed. */
export class AccountStack extends AddressedStack {
  /** Values of the stack's variables, to be written to `<stack>.auto.tfvars.json`. */
  readonly variableValues: Readonly<Record<string, unknown>>;

  constructor(scope: Construct, id: string, { environment, logging }: AccountStackProps) {
    super(scope, id, environment.awsProviderVersion);
    configureBackend(this, logging.backend);
    const variables = declareAccountVariables(this, environment, logging);
    this.variableValues = variables.values;
    const roleName = variables.roles.gatewayLogging.name;
    new GatewayAccount(this, "gateway", {
      roleName,
      account: new AwsAccount(this, "account", variables),
      awsProviderVersion: environment.awsProviderVersion,
    });
    new TerraformOutput(this, "gateway_logging_role", {
      description:
        "Name of the role with which API Gateway writes the logs of all APIs of the account. Other environments of the account set roles.gatewayLogging to kind existing with this name.",
      value: roleName,
    }).overrideLogicalId("gateway_logging_role");
  }
}
