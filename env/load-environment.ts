import { collectProblems, throwProblems, UserError } from "../contract/user-error.ts";
import { collisions } from "./claims.ts";
import { describeIssue, plainWords } from "./describe-issue.ts";
import { environmentSchema } from "./environment-schema.ts";
import { fillIn } from "./field-notes.ts";
import { environmentFields } from "./fields.ts";
import { releaseProblems } from "./releases.ts";
import type { Environment, RegisteredEnvironments } from "./schema.ts";

/** @throws UserError when no such environment is registered or its data is invalid */
export function loadEnvironment(name: string | undefined, registered: RegisteredEnvironments): Environment {
  if (name === undefined || !Object.hasOwn(registered, name)) {
    const asked = name ? `There is no environment "${name}".` : "Name an environment.";
    throw new UserError(`${asked} Known: ${Object.keys(registered).join(", ")}.`, { exitCode: 2 });
  }
  return parseEnvironment(name, registered[name]);
}

/** @throws UserError with the problems of all environments at once */
export function loadEnvironments(registered: RegisteredEnvironments): Environment[] {
  const names = Object.keys(registered);
  const { results: right, problems } = collectProblems(names, (name) => loadEnvironment(name, registered));
  const between = right.flatMap((environment) => releaseProblems(environment, right, names));
  throwProblems([...problems, ...between, ...collisions(right)]);
  return right;
}

/**
 * Checks the data of one environment.
 * @throws UserError that lists every problem with its path, the found value and the expected value
 */
export function parseEnvironment(name: string, given: unknown): Environment {
  const data = fillIn(environmentFields, given);
  const result = environmentSchema.safeParse(data, { error: plainWords });
  const issues = result.success ? [] : result.error.issues;
  // Two rules of one field may give the same message.
  const problems = [...new Set(issues.flatMap((issue) => describeIssue(issue, data)))];
  const named = environmentFields.pick({ name: true }).strip().safeParse(data);
  if (named.success && named.data.name !== name) {
    problems.unshift(`name: must be "${name}", the name of the file, got "${named.data.name}"`);
  }
  if (!result.success || problems.length > 0) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    throw new UserError(`env/${name}.ts has ${count}:\n${problems.map((line) => `  ${line}`).join("\n")}`);
  }
  return result.data;
}
