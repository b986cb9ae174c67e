import type { Environment } from "../../env/schema.ts";
import type { DeployedStack } from "../../operations/deployed-stack.ts";
import { operatorClients } from "../../operations/operator-clients.ts";
import { blindView, createOperatorView, type OperatorView } from "../../operations/verify/operator-view.ts";
import { findAwsAccount } from "../terraform/check-aws-account.ts";

export interface OpenedView {
  readonly view: OperatorView;
  close(): void;
}

/**
 * What this machine may look at besides what callers see. Without credentials that AWS accepts, that is nothing.
 * @throws UserError where the credentials are those of another account
 */
export async function openView(
  environment: Environment,
  stack: DeployedStack,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<OpenedView> {
  const problem = stack.local === undefined ? await findAwsAccount(environment, env) : undefined;
  if (problem !== undefined) return { view: blindView(problem), close() {} };
  const clients = operatorClients(stack, env);
  return { view: createOperatorView(stack, clients, signal), close: () => clients.destroy() };
}
