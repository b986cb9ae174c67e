import * as z from "zod";

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

/** A dependency that either exists already under this name, or is created by the stack under it. */
export const named = (nameSchema: z.ZodType<string>) =>
  z.discriminatedUnion(
    "kind",
    [
      z.strictObject({ kind: z.literal("existing"), name: nameSchema }),
      z.strictObject({ kind: z.literal("managed"), name: nameSchema }),
    ],
    KIND,
  );
