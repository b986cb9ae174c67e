import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import type { IntegratedOperation } from "../../../openapi/operations.ts";
import { guardsOf, isSigned } from "../../../openapi/security.ts";
import type { Exchange } from "../exchange.ts";
import type { Backends } from "../messages.ts";
import { NotExecutedError } from "../not-executed.ts";
import type { Deployment } from "../request-context.ts";

/**
 * Lets a request in, with what it learned of its caller in the exchange's context.
 * @throws GatewayError where it does not
 */
export type Guard = (exchange: Exchange, backends: Backends) => Promise<Exchange>;

/** An API key as a caller sends it in `x-api-key`. */
export interface ApiKey {
  readonly id: string;
  readonly value: string;
}

export interface GuardOptions {
  readonly document: OpenApiDocument;
  readonly deployment: Deployment;
  readonly apiKeys: readonly ApiKey[];
  readonly now: () => Date;
}

/** @throws NotExecutedError where the operation asks for an authorization that is not executed here */
export function createGuard(operation: IntegratedOperation, { document }: GuardOptions): Guard {
  const guards = guardsOf(document, operation.value);
  if (isSigned(document, operation.value)) throw new NotExecutedError("IAM authorization");
  const [first] = guards;
  if (first !== undefined) throw new NotExecutedError(`the security scheme "${first.scheme}"`);
  return async (exchange) => exchange;
}
