import { describeClientError } from "../../contract/aws-client.ts";
import { UserError } from "../../contract/user-error.ts";
import type { Environment } from "../../env/schema.ts";
import { describeAccount, describeOtherRole, isOwnRole, readTrustPolicy } from "./check-gateway-account.ts";
import { findLoggingStages } from "./find-logging-stages.ts";

/**
 * Whether the account's setting may be set by this environment: it is empty, or names the environment's own role.
 * @throws UserError where it names another
 */
export async function checkSettable(
  arn: string | undefined,
  environment: Environment,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  if (arn === undefined || isOwnRole(arn, environment)) return;
  const { accountId, region, name } = environment;
  const isOfAccount = arn.split(":")[4] === accountId;
  const otherName = arn.slice(arn.lastIndexOf("/") + 1);
  if (isOfAccount && (await readTrustPolicy(otherName, environment, env)) === undefined) {
    throw new UserError(
      `API Gateway in ${describeAccount(environment)} is set to log with ${arn}, but this role does not exist any more. No API of the account logs. If nobody restores the role, empty the setting and run this command again: aws apigateway update-account --region ${region} --patch-operations op=replace,path=/cloudwatchRoleArn,value= && npm run account -- ${name}`,
    );
  }
  throw new UserError(describeOtherRole(arn, environment));
}

/**
 * Whether the logging role may go: the setting names it, or none, and no stage logs with it.
 * @returns what was looked at
 * @throws UserError where not, with what would stop logging
 */
export async function checkRemovable(
  arn: string | undefined,
  environment: Environment,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const where = describeAccount(environment);
  if (arn !== undefined && !isOwnRole(arn, environment)) {
    throw new UserError(
      `API Gateway in ${where} logs with ${arn}, not with ${environment.roles.gatewayLogging.name}. Others have set this role and log with it, so nothing was removed. If ${environment.roles.gatewayLogging.name} is not needed any more, delete it in IAM, and then delete the state of account-${environment.name}.`,
    );
  }
  if (arn === undefined) return `API Gateway in ${where} has no logging role.`;
  const stages = await ask("which stages log", () => findLoggingStages(environment, env));
  if (stages.length > 0) {
    throw new UserError(
      `These stages in ${where} log with ${arn}, and would stop logging: ${stages.join(", ")}. Nothing was removed. Destroy their environments first. If they belong to others, keep the role, or let their owners set another one.`,
    );
  }
  return `No stage of a REST API logs in ${where}. WebSocket APIs log with the same role and were not checked.`;
}

/**
 * Asks AWS something that decides what is changed: without an answer, nothing is.
 * @throws UserError where AWS does not answer
 */
export async function ask<T>(what: string, question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `Cannot find out ${what} (${describeClientError(error).reason}). Nothing was changed. The credentials need apigateway:GET, iam:GetRole and iam:ListAttachedRolePolicies.`,
      { cause: error },
    );
  }
}
