import type { IResolvable, TerraformStack } from "cdktf";
import { environmentFields } from "../../env/fields.ts";
import type { Environment } from "../../env/schema.ts";
import { declareVariables } from "./declare-variables.ts";

/** An environment with references to variables in the place of values. */
type Referenced = Omit<Environment, "deletionProtection"> & { readonly deletionProtection: IResolvable };

/** Settings of which an environment's own stack has the variables. */
export const ingestionFields = environmentFields.omit({ delivery: true });

/** Declares every variable of an environment and returns references to them. */
export function declareEnvironmentVariables(stack: TerraformStack, environment: Environment) {
  const { references, values } = declareVariables(stack, ingestionFields, environment);
  // It has the data's shape.
  return { ...(references as Referenced), values };
}

export type EnvironmentVariables = ReturnType<typeof declareEnvironmentVariables>;
