import { collectProblems } from "../contract/user-error.ts";
import { loadEnvironment } from "./load-environment.ts";
import type { Environment, RegisteredEnvironments } from "./schema.ts";

/** The other environment that manages API Gateway's logging role of the same account and region, if there is one. */
export function loggingRoleManager(
  { name, accountId, region }: Environment,
  registered: RegisteredEnvironments,
): string | undefined {
  const others = Object.keys(registered).filter((other) => other !== name);
  // What is wrong with another environment is not a problem of this one.
  const { results } = collectProblems(others, (other) => loadEnvironment(other, registered));
  return results.find(
    ({ roles, ...other }) =>
      roles.gatewayLogging.kind === "managed" && other.accountId === accountId && other.region === region,
  )?.name;
}
