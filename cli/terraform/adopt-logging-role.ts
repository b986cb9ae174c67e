import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { IAMClient, ListAttachedRolePoliciesCommand } from "@aws-sdk/client-iam";
import { ADOPTED_FILE, GATEWAY_LOGGING_POLICY } from "../../contract/gateway-logging.ts";
import { UserError } from "../../contract/user-error.ts";
import type { Environment } from "../../env/schema.ts";
import { describeAccount, isOwnRole, readTrustPolicy } from "./check-gateway-account.ts";
import { lookClientConfig } from "./finding.ts";

/** What the stack account-<environment> finds in its account, and takes into its state. */
interface Import {
  readonly to: string;
  readonly id: string;
}

/**
 * What is there already of the logging role that the environment manages: from an older stack, or from an apply that broke off.
 * @param arn what the account's setting names
 * @throws UserError where the role's name is taken by a role of another purpose
 */
export async function findAdoptions(
  arn: string | undefined,
  environment: Environment,
  env: NodeJS.ProcessEnv,
): Promise<Import[]> {
  const { name, roles, awsProviderVersion, accountId } = environment;
  const roleName = roles.gatewayLogging.name;
  const trust = await readTrustPolicy(roleName, environment, env);
  if (trust === undefined) return [];
  if (!trust.includes("apigateway.amazonaws.com")) {
    throw new UserError(
      `The role ${roleName} in account ${accountId} already exists and does not trust API Gateway, so it serves another purpose. Nothing was changed. Give the logging role another name in env/${name}.ts: roles: { gatewayLogging: { kind: "managed", name: "…" } }.`,
    );
  }
  const policyArn = await findAttachedPolicy(roleName, environment, env);
  return [
    { to: "aws_iam_role.gateway_logging_role", id: roleName },
    ...(policyArn === undefined
      ? []
      : [{ to: "aws_iam_role_policy_attachment.gateway_logging_policy", id: `${roleName}/${policyArn}` }]),
    ...(arn !== undefined && isOwnRole(arn, environment)
      ? [
          {
            to: "aws_api_gateway_account.gateway_account",
            // https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/api_gateway_account#import, and version 6's
            id: awsProviderVersion.startsWith("~> 5.") ? "api-gateway-account" : accountId,
          },
        ]
      : []),
  ];
}

async function findAttachedPolicy(RoleName: string, environment: Environment, env: NodeJS.ProcessEnv) {
  const client = new IAMClient(lookClientConfig(environment, env));
  const { AttachedPolicies = [] } = await client.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  const own = ({ PolicyArn = "" }) => PolicyArn.endsWith(`:policy/${GATEWAY_LOGGING_POLICY}`);
  return AttachedPolicies.find(own)?.PolicyArn;
}

/** Beside the stack, as `import` blocks: the plan shows each, and those of what the state holds already do nothing. */
export function writeAdoptions(directory: string, imports: readonly Import[]): void {
  const file = join(directory, ADOPTED_FILE);
  rmSync(file, { force: true });
  if (imports.length > 0) writeFileSync(file, `${JSON.stringify({ import: imports }, null, 2)}\n`);
}

/** What the plan is about to take into the state, in a line; nothing where there is nothing yet. */
export function describeAdoptions(imports: readonly Import[], environment: Environment): string | undefined {
  if (imports.length === 0) return undefined;
  const what = imports.map(({ to }) => to.split(".")[0]).join(", ");
  return `Found in ${describeAccount(environment)}: ${what}. Terraform imports those that its state does not contain yet.`;
}
