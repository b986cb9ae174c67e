import type * as z from "zod";
import type { environmentFields } from "./fields.ts";

/** Environments by their names, in the order of promotion; unchecked. */
export type RegisteredEnvironments = Readonly<Record<string, unknown>>;

/** The content of env/<name>.ts. */
export type EnvironmentInput = z.input<typeof environmentFields>;
export type Environment = z.output<typeof environmentFields>;
export type EnvironmentApi = Environment["apis"][number];
export type Binding = EnvironmentApi["bindings"][string];
