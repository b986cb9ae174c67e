import type * as z from "zod/mini";

/** A variable is missing or wrong: nothing can be processed until the function is deployed correctly. */
export class FunctionEnvironmentError extends Error {
  override readonly name = "FunctionEnvironmentError";
  readonly code = "FUNCTION_ENVIRONMENT";
}

/** @throws {FunctionEnvironmentError} naming every missing or wrong variable. */
export function loadFunctionEnvironment<T>(
  schema: z.ZodMiniType<T>,
  env: Readonly<Record<string, string | undefined>> = process.env,
): T {
  const result = schema.safeParse(env);
  if (result.success) {
    return result.data;
  }
  const problems = result.error.issues.map(({ path }) => describeVariable(String(path[0]), env));
  throw new FunctionEnvironmentError(
    `The function's environment variables are not valid: ${problems.join("; ")}`,
  );
}

function describeVariable(key: string, env: Readonly<Record<string, string | undefined>>): string {
  return env[key] === undefined ? `${key} is not set` : `${key} has the wrong form, got "${env[key]}"`;
}
