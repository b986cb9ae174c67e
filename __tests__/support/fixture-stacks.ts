import { loadEnvironment } from "./environments.ts";
import { type Synthesized, synthesize } from "./synthesize.ts";

export const names = ["dev", "test", "uat", "prod"] as const;

/** The ingestion stack of each of the tests' environments. */
export const stacks = Object.fromEntries(
  names.map((name) => [name, synthesize(loadEnvironment(name))]),
) as Record<(typeof names)[number], Synthesized>;
