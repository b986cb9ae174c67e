import { UserError } from "../contract/user-error.ts";
import { operationsOf } from "../openapi/operations.ts";
import type { ApiChoices } from "./api-choices.ts";
import { createApiGateway } from "./api-gateway/api-gateway.ts";
import type { Backends } from "./api-gateway/messages.ts";
import { routeKeyOf } from "./api-gateway/routes.ts";
import type { ApiDescription, StackDescription } from "./describe-stack.ts";
import { ownPathProblems } from "./front-door.ts";
import { gatewayOptions } from "./gateway-options.ts";

/**
 * Looks at everything of a stack's APIs before any of it runs.
 * @throws UserError with all that this machine would serve otherwise than AWS, a line for each
 */
export function checkApis(stack: StackDescription, choices: ApiChoices): void {
  const problems = [
    ...skipProblems(stack.apis, choices.skip ?? []),
    ...ownPathProblems(stack.apis),
    ...stack.apis.flatMap((api) => apiProblems(api, stack, choices)),
  ];
  if (problems.length > 0) throw new UserError(["Nothing was started:", ...problems].join("\n"));
}

function skipProblems(apis: readonly ApiDescription[], skip: readonly string[]): string[] {
  const routes = apis.flatMap(({ name, document }) =>
    operationsOf(document).map((operation) => ({ api: name, route: routeKeyOf(operation) })),
  );
  const known = new Set(routes.map(({ route }) => route));
  const named = new Set(routes.map(({ api, route }) => `${api} ${route}`));
  return skip
    .filter((route) => !known.has(route) && !named.has(route))
    .map((route) => `--skip "${route}": there is no such route. The routes are ${[...known].join(", ")}.`);
}

/** With its name and its file before each, but for what goes on in another line. */
function apiProblems(api: ApiDescription, stack: StackDescription, choices: ApiChoices): string[] {
  try {
    createApiGateway(gatewayOptions(api, stack, noBackends, choices));
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message
      .split("\n")
      .map((line) => (/^[\s✖]/.test(line) ? line : `${api.name} (${api.file}): ${line}`));
  }
}

/** Nothing is called while routes are made. */
const noBackends: Backends = { s3: neverCalled, lambda: neverCalled, http: neverCalled };

async function neverCalled(): Promise<never> {
  throw new Error("No backend is there yet.");
}
