import type * as z from "zod";
import { UserError } from "../contract/user-error.ts";
import type { RegisteredEnvironments } from "./environments.ts";
import { type Environment, environmentSchema } from "./schema.ts";

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
  const problems: string[] = [];
  const loaded = Object.keys(registered).flatMap((name) => {
    try {
      return [loadEnvironment(name, registered)];
    } catch (error) {
      if (!(error instanceof UserError)) {
        throw error;
      }
      problems.push(error.message);
      return [];
    }
  });
  problems.push(
    ...loaded.flatMap((environment) => releaseProblems(environment, loaded)),
    ...sharedStateProblems(loaded),
  );
  if (problems.length > 0) {
    throw new UserError(problems.join("\n"));
  }
  return loaded;
}

/** Two stacks with one state would each destroy what the other has made. */
function sharedStateProblems(all: readonly Environment[]): string[] {
  const states = all.flatMap(({ name, backend, delivery }) => {
    const at = (path: string, state: Environment["backend"] | undefined) =>
      state === undefined || state.kind === "local" ? [] : [{ path: `env/${name}.ts: ${path}`, state }];
    return [
      ...at("backend", backend),
      ...at("backend.managed.backend", backend.kind === "tfe" ? backend.managed?.backend : undefined),
      ...at("delivery.backend", delivery.kind === "codebuild" ? delivery.backend : undefined),
    ];
  });
  const first = new Map<string, string>();
  return states.flatMap(({ path, state }) => {
    const place =
      state.kind === "s3"
        ? `s3://${state.bucket}/${state.key}`
        : `the workspace ${state.hostname}/${state.organization}/${state.workspace}`;
    const other = first.get(place);
    if (other === undefined) {
      first.set(place, path);
      return [];
    }
    return [`${path}: must not keep its state in ${place}, where ${other} keeps its own`];
  });
}

/** A release goes to a workspace of Terraform Enterprise, and comes from one account. */
function releaseProblems({ name, delivery }: Environment, all: readonly Environment[]): string[] {
  if (delivery.kind === "none") return [];
  const backendOf = (wanted: string) => all.find((other) => other.name === wanted)?.backend;
  const whyNot = (released: string): string | undefined => {
    const backend = backendOf(released);
    if (backend === undefined) return "there is no such environment";
    if (backend.kind !== "tfe") return `its backend is "${backend.kind}", not "tfe"`;
    const other = all.find(
      (each) =>
        each.name !== name && each.delivery.kind === "codebuild" && each.delivery.releases.includes(released),
    );
    return other && `env/${other.name}.ts releases it too, and one of them would undo what the other did`;
  };
  return [
    ...delivery.releases.flatMap((released, index) => {
      const why = whyNot(released);
      return why === undefined
        ? []
        : [`env/${name}.ts: delivery.releases[${index}]: ${released} can't be released: ${why}`];
    }),
    ...delivery.plans.flatMap((planned, index) => {
      const backend = backendOf(planned);
      if (backend?.kind === "tfe" && backend.apply === "automatic") {
        const isMissing = backend.managed !== undefined && backend.managed.planTeam === undefined;
        return isMissing
          ? [
              `env/${planned}.ts: backend.managed.planTeam: is missing, and env/${name}.ts plans pull requests for it`,
            ]
          : [];
      }
      return [
        `env/${name}.ts: delivery.plans[${index}]: ${planned} can't be planned for pull requests: it needs the backend "tfe" with apply "automatic", since they never run with credentials of an environment whose releases somebody confirms`,
      ];
    }),
  ];
}

/**
 * Checks the data of one environment.
 * @throws UserError that lists every problem with its path, what was found and what is expected
 */
export function parseEnvironment(name: string, data: unknown): Environment {
  const result = environmentSchema.safeParse(data, { reportInput: true });
  const problems = result.success ? [] : result.error.issues.flatMap(describeIssue);
  if (result.success && result.data.name !== name) {
    problems.push(`name: must be "${name}", as the file, got "${result.data.name}"`);
  }
  if (!result.success || problems.length > 0) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    throw new UserError(`env/${name}.ts has ${count}:\n${problems.map((line) => `  ${line}`).join("\n")}`);
  }
  return result.data;
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  const path = formatPath(issue.path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map(
      (key) => `${formatPath([...issue.path, key])}: is not a known field: remove or rename it`,
    );
  }
  if (issue.code === "invalid_key") {
    return issue.issues.map((inner) => `${path}: ${inner.message}`);
  }
  return [`${path}: ${issue.message}, got ${formatInput(issue.input)}`];
}

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => {
      if (typeof part === "string" && /^\w+$/.test(part)) {
        return index === 0 ? part : `.${part}`;
      }
      return typeof part === "number" ? `[${part}]` : `[${JSON.stringify(String(part))}]`;
    })
    .join("");
}

function formatInput(input: unknown): string {
  const text = input === undefined ? "nothing" : JSON.stringify(input);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
