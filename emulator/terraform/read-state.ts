import { z } from "zod";
import { UserError } from "../../contract/user-error.ts";
import type { ResolvedStack } from "./resolve-stack.ts";

const resourceSchema = z.object({
  address: z.string(),
  type: z.string(),
  values: z.record(z.string(), z.unknown()),
});

const stateSchema = z.object({
  values: z.object({
    outputs: z.record(z.string(), z.object({ value: z.unknown() })).default({}),
    root_module: z.object({ resources: z.array(resourceSchema).default([]) }),
  }),
});

/**
 * The resources and outputs of an applied stack.
 * @param state what `terraform show -json` printed, parsed
 * @param directory where the paths in the values start from
 * @throws UserError if it is no such state, or if nothing was applied
 */
export function readState(state: unknown, directory: string): ResolvedStack {
  const parsed = stateSchema.safeParse(state);
  if (!parsed.success) {
    throw new UserError(
      `This is not the state of an applied stack as "terraform show -json" prints it:\n${z.prettifyError(parsed.error)}`,
    );
  }
  const { outputs, root_module: root } = parsed.data.values;
  return {
    directory,
    resources: root.resources,
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value])),
  };
}
