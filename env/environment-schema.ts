import * as z from "zod";
import { fillIn, isRecord } from "./field-notes.ts";
import { environmentFields } from "./fields.ts";
import { environmentRules } from "./rules.ts";

const checkedFields = environmentRules.reduce(
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
          isRecord(value) &&
          rule.needs.every((key) => environmentFields.shape[key].safeParse(value[key]).success),
      },
    ),
  environmentFields,
);

/** One environment: everything that differs between accounts, as plain data, with defaults. */
export const environmentSchema = z.preprocess((data) => fillIn(environmentFields, data), checkedFields);
