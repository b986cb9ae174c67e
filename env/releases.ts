import type { Environment } from "./schema.ts";

/**
 * The problems between an environment's `delivery` and the environments that it names.
 * @param right the valid environments: the others have problems of their own
 * @param names of all environments
 */
export function releaseProblems(
  { name, delivery }: Environment,
  right: readonly Environment[],
  names: readonly string[],
): string[] {
  if (delivery.kind === "none") return [];
  const check = (
    list: string,
    asked: readonly string[],
    whyNot: (environment: Environment) => string | undefined,
  ) =>
    asked.flatMap((each, index) => {
      const environment = right.find((other) => other.name === each);
      const why = names.includes(each)
        ? environment && whyNot(environment)
        : `is not an environment. Known: ${names.join(", ")}`;
      return why === undefined ? [] : [`env/${name}.ts: delivery.${list}[${index}]: "${each}" ${why}`];
    });
  const { releases, plans, verification } = delivery;
  return [
    ...check("releases", releases, whyNotReleased),
    ...check("plans", plans, whyNotPlanned),
    ...check(
      "verification.environments",
      verification.kind === "none" ? [] : verification.environments,
      (environment) => whyNotVerified(environment, releases),
    ),
  ];
}

function whyNotReleased({ name, backend }: Environment): string | undefined {
  return backend.kind === "tfe"
    ? undefined
    : `can't be released: env/${name}.ts: backend.kind is "${backend.kind}", but a release needs "tfe". Change the backend, or remove the environment from the list`;
}

function whyNotPlanned({ name, backend }: Environment): string | undefined {
  const cannot = `can't be planned for pull requests: env/${name}.ts: backend`;
  if (backend.kind !== "tfe") return `${cannot}.kind is "${backend.kind}", but a speculative run needs "tfe"`;
  if (backend.apply === "confirmed") {
    return `${cannot}.apply is "confirmed": plans of pull requests get no credentials of such an environment. Remove it from delivery.plans`;
  }
  return backend.managed !== undefined && backend.managed.planTeam === undefined
    ? `${cannot}.managed.planTeam is missing: set it to the team whose token the plans use`
    : undefined;
}

function whyNotVerified({ name, proxy }: Environment, releases: readonly string[]): string | undefined {
  if (!releases.includes(name))
    return "can't be verified: it is not in delivery.releases. Add it there, or remove it from the verification";
  return proxy.url === undefined
    ? `can't be verified: env/${name}.ts: proxy.url is missing: set it to the URL to which the verification sends its requests`
    : undefined;
}
