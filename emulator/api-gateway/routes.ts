import { type IntegratedOperation, type Operation, operationsOf } from "../../openapi/operations.ts";
import { guardsOf } from "../../openapi/security.ts";
import { createGuards, type Guard, type GuardOptions } from "./guards/guard.ts";
import type { Integrate, IntegrationOptions } from "./integrations/integrate.ts";
import { createIntegration } from "./integrations/integration.ts";
import { type NotExecuted, NotExecutedError } from "./not-executed.ts";
import { createRequestValidator, type RequestValidator } from "./validate-request.ts";

/** What becomes of a request to one operation, once it is found. */
export interface ServedOperation {
  readonly operation: IntegratedOperation;
  /** Whether it has an authorizer, or asks for IAM authorization. */
  readonly isAuthorized: boolean;
  readonly guard: Guard;
  readonly validate: RequestValidator;
  readonly integrate: Integrate;
}

export interface RoutesOptions extends GuardOptions, IntegrationOptions {
  /** Operations that are left out, such as `GET /items/{id}`: they answer 501. */
  readonly skip: readonly string[];
}

export interface Routes {
  readonly served: readonly ServedOperation[];
  readonly skipped: readonly Operation[];
  /** None of these may be served otherwise than AWS would: an API with one of them does not start. */
  readonly notExecuted: readonly NotExecuted[];
}

export function createRoutes(options: RoutesOptions): Routes {
  const served: ServedOperation[] = [];
  const skipped: Operation[] = [];
  const notExecuted: NotExecuted[] = [];
  const createGuard = createGuards(options);
  for (const operation of operationsOf(options.document)) {
    if (options.skip.some((route) => isSameRoute(route, operation))) {
      skipped.push(operation);
      continue;
    }
    try {
      served.push(serve(operation, options, createGuard));
    } catch (error) {
      if (!(error instanceof NotExecutedError)) throw error;
      const { path, pointer } = operation;
      const { message: reason, remedy } = error;
      notExecuted.push({ method: methodOf(operation), path, pointer, reason, remedy });
    }
  }
  return { served, skipped, notExecuted };
}

function serve(
  { integration, ...operation }: Operation,
  options: RoutesOptions,
  createGuard: ReturnType<typeof createGuards>,
): ServedOperation {
  if (integration === undefined) {
    throw new NotExecutedError("a method without integration", "add one, which API Gateway needs too");
  }
  const integrated = { ...operation, integration };
  return {
    operation: integrated,
    isAuthorized: guardsOf(options.document, operation.value).some(({ guard }) => guard !== "apiKey"),
    guard: createGuard(integrated),
    validate: createRequestValidator(options.document, integrated),
    integrate: createIntegration(integrated, options),
  };
}

/** What `skip` names that is no operation of the document. */
export function skipRefusals({
  document,
  skip = [],
}: Partial<RoutesOptions> & Pick<RoutesOptions, "document">): string[] {
  const operations = operationsOf(document);
  return skip
    .filter((route) => !operations.some((operation) => isSameRoute(route, operation)))
    .map(
      (route) =>
        `"${route}" cannot be left out: there is no such route. The routes are ${operations.map(routeKeyOf).join(", ")}.`,
    );
}

/** The method in any case, the path as it stands in the document. */
function isSameRoute(route: string, operation: Operation): boolean {
  const [method = "", ...path] = route.trim().split(/\s+/);
  return `${method.toUpperCase()} ${path.join(" ")}` === routeKeyOf(operation);
}

/** An operation as it is named when it is left out: `GET /items/{id}`, `ANY /items`. */
export function routeKeyOf(operation: Pick<Operation, "method" | "path">): string {
  return `${methodOf(operation)} ${operation.path}`;
}

function methodOf({ method }: Pick<Operation, "method">): string {
  return method === "x-amazon-apigateway-any-method" ? "ANY" : method.toUpperCase();
}
