import type { TerraformStack } from "cdktf";
import { environmentFields } from "../../env/fields.ts";
import type { Environment } from "../../env/schema.ts";
import { declareVariables } from "./declare-variables.ts";

export type ManagedLogging = Extract<Environment["roles"]["gatewayLogging"], { kind: "managed" }>;

/** Settings of which the stack `account-<environment>` has the variables. */
export const accountFields = environmentFields
  .pick({ accountId: true, region: true, tags: true })
  .extend({ roles: environmentFields.shape.roles.unwrap().pick({ gatewayLogging: true }) });

/** Declares the variables of the stack `account-<environment>`, and returns references to them. */
export function declareAccountVariables(
  stack: TerraformStack,
  environment: Environment,
  logging: ManagedLogging,
) {
  const { accountId, region, tags } = environment;
  const data = { accountId, region, tags, roles: { gatewayLogging: logging } };
  const { references, values } = declareVariables(stack, accountFields, data);
  // It has the data's shape.
  return { ...(references as typeof data), values };
}
