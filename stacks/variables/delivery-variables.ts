import type { TerraformStack } from "cdktf";
import { environmentFields } from "../../env/fields.ts";
import type { Environment } from "../../env/schema.ts";
import { declareVariables } from "./declare-variables.ts";

export type Delivery = Extract<Environment["delivery"], { kind: "codebuild" }>;

/** Settings of which the stack `delivery-<environment>` has the variables. */
export const deliveryFields = environmentFields
  .pick({ accountId: true, region: true, namePrefix: true, tags: true, delivery: true })
  .extend({ retention: environmentFields.shape.retention.unwrap().pick({ logDays: true }) });

/** Declares the variables of an account that builds, and returns references to them. */
export function declareDeliveryVariables(
  stack: TerraformStack,
  environment: Environment,
  delivery: Delivery,
) {
  const { references, values } = declareVariables(stack, deliveryFields, { ...environment, delivery });
  // It has the data's shape.
  return { ...(references as Environment & { readonly delivery: Delivery }), values };
}

export type DeliveryVariables = ReturnType<typeof declareDeliveryVariables>;
