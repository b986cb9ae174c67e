import * as z from "zod";
import { byDefault, derived, rule, variable } from "./field-notes.ts";

export const integer = (min: number, max: number, what: string) =>
  z
    .int(`must be a whole number of ${what}`)
    .min(min, `must be at least ${min}`)
    .max(max, `must be at most ${max}`);

export const name = (pattern: RegExp, way: string) => z.string("must be a string").regex(pattern, way);

export const roleName = name(
  /^[\w+=,.@-]{1,64}$/,
  "must be an IAM role name of 1 to 64 characters, not an ARN",
);
export const bucketName = name(
  /^(?!xn--)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  "must be an S3 bucket name: 3 to 63 lower-case letters, digits, dots and hyphens",
);
export const functionName = name(/^[A-Za-z0-9-_]{1,64}$/, "must be a Lambda function name, not an ARN");
export const awsId = (prefix: string) =>
  name(new RegExp(`^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`), `must look like ${prefix}-0123456789abcdef0`);
export const region = name(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be an AWS region such as eu-central-1");
export const KIND = 'must have kind "existing" (named here, looked up) or "managed" (created by the stack)';

/** What an environment chooses, by its kind. */
export const choice = <const Options extends readonly [Option, ...Option[]]>(
  error: string,
  options: Options,
) => z.discriminatedUnion("kind", options, error);
type Option = z.core.$ZodTypeDiscriminable;
export const option = <Kind extends string, Shape extends z.ZodRawShape = Record<never, never>>(
  kind: Kind,
  shape?: Shape,
) => z.strictObject({ kind: z.literal(kind), ...(shape as Shape) });

/** A name that follows `pattern`, such as `<namePrefix>-intake-<accountId>`, where an environment gives none. */
export const derivedName = (pattern: string, nameSchema: z.ZodString) =>
  derived(nameSchema, pattern, (environment, siblings) =>
    pattern.replace(/<(\w+)>/g, (_, field: string) =>
      String({ ...environment, ...siblings }[field] ?? "missing"),
    ),
  );

/** A dependency that either exists already under this name, or is created by the stack. */
export const named = (nameSchema: z.ZodString, pattern: string) =>
  choice(KIND, [
    option("existing", { name: nameSchema }),
    option("managed", { name: derivedName(pattern, nameSchema) }),
  ]);

/** The role of one task, and the variable `<task>_role_name`. */
export const role = (task: string, description: string) =>
  named(
    roleName.apply(variable, `${task}_role_name`, description),
    `<namePrefix>-${task.replaceAll("_", "-")}`,
  ).apply(byDefault, { kind: "managed" }, "the stack creates what an environment does not name");

export const isUnique = rule(
  (values: readonly string[]) => new Set(values).size === values.length,
  (values) => `length(distinct(${values})) == length(${values})`,
);
