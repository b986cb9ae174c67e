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
          `API Gateway has no logging role in ${where}, and no stage can log without one. It is set up once for the whole account and region, and stays when ${name} is destroyed: npm run account -- ${name}`,
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
        `API Gateway in ${where} is set to log with ${arn}, and there is no such role any more: no API of the account logs. npm run account -- ${name} creates it.`,
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
        `API Gateway has no logging role in ${where}, so that AWS refuses every stage that logs ("CloudWatch Logs role ARN must be set in account settings"). Whoever owns the role ${roles.gatewayLogging.name} sets it: aws apigateway update-account --region ${environment.region} --patch-operations op=replace,path=/cloudwatchRoleArn,value=<its ARN>. Where nobody does, env/${name}.ts can say roles: { gatewayLogging: { kind: "managed" } }.`,
      ),
    ];
  }
  if (isOwnRole(arn, environment)) return [];
  return [
    warning(
      `API Gateway in ${where} logs with ${arn}, and not with the role ${roles.gatewayLogging.name} that env/${name}.ts names: ${existingLine(arn)}`,
    ),
  ];
}

/** What to do where the setting names a role that the environment does not manage. */
export function describeOtherRole(arn: string, environment: Environment): string {
  const { name } = environment;
  return `API Gateway in ${describeAccount(environment)} logs with ${arn}, which ${name} does not manage. One role serves all APIs of an account and region, so it is left as it is: say in env/${name}.ts\n  ${existingLine(arn)}`;
}

const existingLine = (arn: string) =>
  `roles: { gatewayLogging: { kind: "existing", name: "${nameOf(arn)}" } },`;
const nameOf = (arn: string) => arn.slice(arn.lastIndexOf("/") + 1);

export const describeAccount = ({ accountId, region }: Environment) => `account ${accountId}, ${region}`;
