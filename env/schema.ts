import type * as z from "zod";
import { environmentFields } from "./fields.ts";
import { environmentRules, type Fields } from "./rules.ts";

/** One environment: everything that differs between accounts, as plain data. */
export const environmentSchema = environmentRules.reduce(
  (schema, rule) =>
    schema.superRefine(
      (environment, context) => {
        const broken = rule.broken(environment);
        const problems = typeof broken === "string" ? [{ path: rule.path, message: broken }] : (broken ?? []);
        for (const { path, message } of problems) context.addIssue({ code: "custom", path, message });
      },
      {
        // Without `when`, zod skips a rule as soon as any other field is wrong, and problems come one by one.
        when: ({ value }) =>
          rule.needs.every((key) => environmentFields.shape[key].safeParse((value as Fields)?.[key]).success),
      },
    ),
  environmentFields,
);

export type Environment = z.infer<typeof environmentSchema>;
export type EnvironmentApi = Environment["apis"][number];
export type Binding = EnvironmentApi["bindings"][string];

/** Environments by their names, in the order of promotion; unchecked. */
export type RegisteredEnvironments = Readonly<Record<string, unknown>>;
