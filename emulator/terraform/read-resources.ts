import { z } from "zod";
import { UserError } from "../../contract/user-error.ts";
import type { ResolvedStack } from "./resolve-stack.ts";

/**
 * The resources of a type, those that the stack only looks up among them.
 * @throws UserError naming the resource and what it lacks
 */
export function resourcesOf<Shape extends z.ZodType>(
  stack: ResolvedStack,
  type: string,
  shape: Shape,
): z.infer<Shape>[] {
  return stack.resources
    .filter((resource) => resource.type === type)
    .map(({ address, values }) => readValues(address, shape, values));
}

/** Without what the stack only looks up: of a function that is there already, the code is not here. */
export function onlyManaged(stack: ResolvedStack): ResolvedStack {
  return { ...stack, resources: stack.resources.filter(({ address }) => !address.startsWith("data.")) };
}

/** @throws UserError naming the address and what it lacks */
export function readValues<Shape extends z.ZodType>(
  address: string,
  shape: Shape,
  values: unknown,
): z.infer<Shape> {
  const result = shape.safeParse(values);
  if (result.success) return result.data;
  throw new UserError(`${address} cannot run here:\n${z.prettifyError(result.error)}`);
}

/** Nested blocks: one is an object in a configuration and a list in a state; absent or null where there is none. */
export function blocks<Shape extends z.ZodType>(shape: Shape) {
  return z
    .union([shape, z.array(shape)])
    .nullish()
    .transform((value) => [value ?? []].flat());
}

/** A nested block that need not be there. */
export function optionalBlock<Shape extends z.ZodType>(shape: Shape) {
  return blocks(shape).transform(([first]) => first);
}

/** A nested block that has to be there. */
export function block<Shape extends z.ZodType>(shape: Shape) {
  return z.union([shape, z.tuple([shape]).transform(([only]) => only)]);
}
