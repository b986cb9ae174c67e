import * as z from "zod";
import { UserError } from "../contract/user-error.ts";

const output = z
  .object({
    attributes: z.object({
      name: z.string(),
      sensitive: z.boolean().nullish(),
      "detailed-type": z.unknown(),
      value: z.unknown(),
    }),
  })
  .transform(({ attributes }) => ({
    name: attributes.name,
    isSensitive: attributes.sensitive === true,
    type: attributes["detailed-type"] ?? null,
    value: attributes.value ?? null,
  }));

/** An output of the state. https://developer.hashicorp.com/terraform/enterprise/api-docs/state-version-outputs */
export type StateOutput = z.output<typeof output>;

export const outputsDocument = z
  .object({
    data: z.array(output),
    meta: z.object({ pagination: z.object({ "next-page": z.number().nullish() }).nullish() }).nullish(),
  })
  .transform(({ data, meta }) => ({ outputs: data, hasMore: Boolean(meta?.pagination?.["next-page"]) }));

/**
 * Outputs as "terraform output -json" prints them.
 * @throws UserError where one is sensitive: what is handed on is kept where more people read it than the state
 */
export function outputsText(outputs: readonly StateOutput[], environment: string): string {
  const secret = outputs.filter(({ isSensitive }) => isSensitive).map(({ name }) => name);
  if (secret.length > 0) {
    throw new UserError(
      `${environment} has sensitive outputs: ${secret.join(", ")}. A release does not store them for the verification. Remove "sensitive" from them, or remove them from the stack.`,
    );
  }
  const entries = outputs.map(({ name, type, value }) => [name, { sensitive: false, type, value }]);
  return JSON.stringify(Object.fromEntries(entries));
}
