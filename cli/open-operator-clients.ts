import type { Environment } from "../env/schema.ts";
import type { DeployedStack } from "../operations/deployed-stack.ts";
import { type OperatorClients, operatorClients } from "../operations/operator-clients.ts";
import { findAwsAccount } from "./terraform/check-aws-account.ts";

/**
 * AWS, or what runs here in its place, for a command that changes queues.
 * @throws UserError where the credentials are those of another account
 */
export async function openOperatorClients(
  environment: Environment,
  stack: DeployedStack,
  env: NodeJS.ProcessEnv,
): Promise<OperatorClients> {
  // Where nobody says whose they are, the first call tells what is wrong.
  if (stack.local === undefined) await findAwsAccount(environment, env);
  return operatorClients(stack, env);
}
