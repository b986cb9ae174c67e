import { collisions } from "./claims.ts";
import { describeIssue, plainWords } from "./describe-issue.ts";
import type { RegisteredEnvironments } from "./environments.ts";
import { releaseProblems } from "./releases.ts";
import { type Environment, environmentSchema } from "./schema.ts";

/** Thrown when an environment is unknown or broken; the message lists every problem with its path. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";
  readonly code = "ENVIRONMENT_INVALID";
  /** Of a command that it ends: 2 where the command line names an environment that is not known. */
  readonly exitCode: 1 | 2;

  constructor(message: string, { exitCode = 1 }: { readonly exitCode?: 1 | 2 } = {}) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** @throws EnvironmentError when no such environment is registered or its data is invalid */
export function loadEnvironment(name: string | undefined, registered: RegisteredEnvironments): Environment {
  if (name === undefined || !Object.hasOwn(registered, name)) {
    const asked = name ? `There is no environment "${name}".` : "Name an environment.";
    throw new EnvironmentError(`${asked} Known: ${Object.keys(registered).join(", ")}.`, { exitCode: 2 });
  }
  return parseEnvironment(name, registered[name]);
}

/** @throws EnvironmentError with the problems of all environments at once */
export function loadEnvironments(registered: RegisteredEnvironments): Environment[] {
  const problems: string[] = [];
  const names = Object.keys(registered);
  const right = names.flatMap((name) => {
    try {
      return [loadEnvironment(name, registered)];
    } catch (error) {
      if (!(error instanceof EnvironmentError)) {
        throw error;
      }
      problems.push(error.message);
      return [];
    }
  });
  problems.push(
    ...right.flatMap((environment) => releaseProblems(environment, right, names)),
    ...collisions(right),
  );
  if (problems.length > 0) {
    throw new EnvironmentError(problems.join("\n"));
  }
  return right;
}

/**
 * Checks the data of one environment.
 * @throws EnvironmentError that lists every problem with its path, what was found and what is expected
 */
export function parseEnvironment(name: string, data: unknown): Environment {
  const result = environmentSchema.safeParse(data, { error: plainWords });
  const problems = result.success ? [] : result.error.issues.flatMap((issue) => describeIssue(issue, data));
  if (result.success && result.data.name !== name) {
    problems.push(`name: must be "${name}", as the file, got "${result.data.name}"`);
  }
  if (!result.success || problems.length > 0) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    throw new EnvironmentError(
      `env/${name}.ts has ${count}:\n${problems.map((line) => `  ${line}`).join("\n")}`,
    );
  }
  return result.data;
}
