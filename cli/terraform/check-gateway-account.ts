import { APIGatewayClient, GetAccountCommand } from "@aws-sdk/client-api-gateway";
import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { loggingRoleManager } from "../../env/logging-role-manager.ts";
import type { Environment } from "../../env/schema.ts";
import { type Look, lookClientConfig, problem, unlooked, warning } from "./finding.ts";

/**
 * The role that API Gateway's account setting names in the environment's region: its ARN, or undefined where none is set.
 * https://docs.aws.amazon.com/apigateway/latest/api/API_GetAccount.html
 */
export async function readLoggingRoleArn(
  environment: Environment,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const client = new APIGatewayClient(lookClientConfig(environment, env));
  const { cloudwatchRoleArn } = await client.send(new GetAccountCommand({}));
  return cloudwatchRoleArn || undefined;
}

/** The trust policy of a role, as JSON; undefined where there is no such role. */
export async function readTrustPolicy(
  roleName: string,
  environment: Environment,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  try {
    const { Role } = await new IAMClient(lookClientConfig(environment, env)).send(
      new GetRoleCommand({ RoleName: roleName }),
    );
    return decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "");
  } catch (error) {
    if (error instanceof Error && error.name.startsWith("NoSuchEntity")) return undefined;
    throw error;
  }
}

/** Whether it is the role that the environment names, and manages at IAM's root path. */
export function isOwnRole(arn: string, { accountId, roles: { gatewayLogging } }: Environment): boolean {
  const isManaged = gatewayLogging.kind === "managed";
  const role = arn.replace(/^arn:[\w-]+:iam::/, "");
  return isManaged
    ? role === `${accountId}:role/${gatewayLogging.name}`
    : nameOf(arn) === gatewayLogging.name;
}

/** Whether the account's setting lets the stages of the environment log, and stays as it is. */
export const lookAtGatewayAccount: Look = async (environment, env, registered) => {
  const { name, accountId, roles } = environment;
  const where = describeAccount(environment);
  let arn: string | undefined;
  try {
    arn = await readLoggingRoleArn(environment, env);
    if (roles.gatewayLogging.kind === "existing") {
      return lookAtExisting(arn, environment, loggingRoleManager(environment, registered));
    }
    if (arn === undefined) {
      return [
        problem(
          `API Gateway has no logging role in ${where}, and AWS refuses every stage that logs without one. Set it up once for the account and region: npm run account -- ${name}`,
        ),
      ];
    }
    if (!isOwnRole(arn, environment)) return [problem(describeOtherRole(arn, environment))];
  } catch (error) {
    return [unlooked(`API Gateway's logging role in ${where}`, "apigateway:GET on /account", error)];
  }
  try {
    const trust = await readTrustPolicy(roles.gatewayLogging.name, environment, env);
    if (trust !== undefined) return [];
    return [
      problem(
        `API Gateway in ${where} is set to log with ${arn}, but this role does not exist any more. No API of the account logs. To create it: npm run account -- ${name}`,
      ),
    ];
  } catch (error) {
    return [unlooked(`the role ${roles.gatewayLogging.name} in account ${accountId}`, "iam:GetRole", error)];
  }
};

function lookAtExisting(arn: string | undefined, environment: Environment, manager: string | undefined) {
  const { name, roles } = environment;
  const where = describeAccount(environment);
  if (arn === undefined && manager !== undefined) {
    return [
      problem(
        `API Gateway has no logging role in ${where}, so AWS refuses every stage that logs. env/${manager}.ts manages the role. Set it up once for the account and region: npm run account -- ${manager}`,
      ),
    ];
  }
  if (arn === undefined) {
    return [
      problem(
        `API Gateway has no logging role in ${where}, so AWS refuses every stage that logs ("CloudWatch Logs role ARN must be set in account settings"). Ask the owner of the role ${roles.gatewayLogging.name} to set it: aws apigateway update-account --region ${environment.region} --patch-operations op=replace,path=/cloudwatchRoleArn,value=<its ARN>. If the role has no owner, set roles: { gatewayLogging: { kind: "managed" } } in env/${name}.ts.`,
      ),
    ];
  }
  if (isOwnRole(arn, environment)) return [];
  return [
    warning(
      `API Gateway in ${where} logs with ${arn}, not with the role ${roles.gatewayLogging.name} of env/${name}.ts. Write into env/${name}.ts: ${existingLine(arn)}`,
    ),
  ];
}

/** What to do where the setting names a role that the environment does not manage. */
export function describeOtherRole(arn: string, environment: Environment): string {
  const { name } = environment;
  return `API Gateway in ${describeAccount(environment)} logs with the role ${arn}, which ${name} does not manage. All APIs of an account and region share this role, so nothing was changed. Write into env/${name}.ts:\n  ${existingLine(arn)}`;
}

const existingLine = (arn: string) =>
  `roles: { gatewayLogging: { kind: "existing", name: "${nameOf(arn)}" } },`;
const nameOf = (arn: string) => arn.slice(arn.lastIndexOf("/") + 1);

export const describeAccount = ({ accountId, region }: Environment) => `account ${accountId}, ${region}`;
