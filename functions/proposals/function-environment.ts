import * as z from "zod/mini";

const name = z.string().check(z.minLength(1));
const positiveInteger = z.pipe(
  z.string().check(z.regex(/^[1-9]\d{0,14}$/)),
  z.transform((text: string) => Number(text)),
);

/** The environment variables that both functions read. The stack writes exactly these keys. */
export const functionEnvironmentSchema = z.object({
  INTAKE_BUCKET: name,
  DOCUMENTS_BUCKET: name,
  TABLE_NAME: name,
  /** Largest payload that is processed, in bytes. */
  MAX_PAYLOAD_BYTES: positiveInteger,
  /** Days that outcomes and tombstones are kept: longer than any queue may hold an older submission. */
  SUBMISSION_RETENTION_DAYS: positiveInteger,
});

export type FunctionEnvironment = z.infer<typeof functionEnvironmentSchema>;

/** A variable is missing or wrong: nothing can be processed until the function is deployed correctly. */
export class FunctionEnvironmentError extends Error {
  override readonly name = "FunctionEnvironmentError";
  readonly code = "FUNCTION_ENVIRONMENT";
}

/** @throws {FunctionEnvironmentError} naming every missing or wrong variable. */
export function loadFunctionEnvironment(
  env: Readonly<Record<string, string | undefined>> = process.env,
): FunctionEnvironment {
  const result = functionEnvironmentSchema.safeParse(env);
  if (result.success) {
    return result.data;
  }
  const problems = result.error.issues.map(({ path }) => describeVariable(String(path[0]), env));
  throw new FunctionEnvironmentError(`The function's environment is incomplete: ${problems.join("; ")}`);
}

function describeVariable(key: string, env: Readonly<Record<string, string | undefined>>): string {
  return env[key] === undefined ? `${key} is not set` : `${key} has the wrong form, got "${env[key]}"`;
}
