import { basename } from "node:path";
import { UserError } from "../../contract/user-error.ts";
import { loadEnvironment } from "../../env/load-environment.ts";
import type { Environment, RegisteredEnvironments } from "../../env/schema.ts";
import type { LintProblem } from "../../openapi/lint-document.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import { stageVariable } from "../../openapi/rules/stage-variables.ts";
import { stageVariableUses } from "../../openapi/stage-variables.ts";

/**
 * The problems of a document, where what is said of stage variables is known better: the environments that have it say which
 * of them they set.
 */
export function askEnvironments(
  problems: readonly LintProblem[],
  {
    document,
    file,
    registered,
  }: { document: OpenApiDocument; file: string; registered: RegisteredEnvironments },
): LintProblem[] {
  const apis = Object.keys(registered).flatMap((name) => apisOf(name, registered, basename(file)));
  if (apis.length === 0) return [...problems];
  const missing = stageVariableUses(document).flatMap(({ name, pointers }): LintProblem[] => {
    const lacking = apis
      .filter(({ variables }) => !Object.hasOwn(variables, name))
      .map((api) => `env/${api.name}.ts`);
    if (lacking.length === 0) return [];
    const message = `${name} is not set in ${lacking.join(", ")}; add it to stageVariables of the API's entry there`;
    return [{ rule: stageVariable.id, severity: "warning", pointer: pointers[0] ?? "", message }];
  });
  return [...problems.filter(({ rule }) => rule !== stageVariable.id), ...missing];
}

interface Api {
  /** Of the environment. */
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
}

function apisOf(name: string, registered: RegisteredEnvironments, document: string): Api[] {
  const apis = environmentOf(name, registered)?.apis ?? [];
  return apis
    .filter((api) => api.document === document)
    .map(({ stageVariables = {} }) => ({ name, variables: stageVariables }));
}

/** What is wrong with an environment is no fault of a document, and told by every command that needs it. */
function environmentOf(name: string, registered: RegisteredEnvironments): Environment | undefined {
  try {
    return loadEnvironment(name, registered);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
