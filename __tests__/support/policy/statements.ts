import { list, parseJson } from "./state.ts";

/** One statement of a policy, with lists wherever policies allow a single value. */
export interface Statement {
  readonly allows: boolean;
  /** Everyone is `*`, others are such as `Service:lambda.amazonaws.com`. */
  readonly principals: readonly string[];
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Values by operator and key, such as `StringEquals aws:SourceVpce`. */
  readonly conditions: ReadonlyMap<string, readonly string[]>;
}

/** The statements of a policy in JSON; none where it is missing. `NotAction` and its like count as everything. */
export function statementsOf(policy: unknown): Statement[] {
  const statements = list<RawStatement>(parseJson(policy)?.Statement);
  return statements.map((statement) => ({
    allows: statement.Effect === "Allow",
    principals: statement.NotPrincipal ? ["*"] : principalsOf(statement.Principal),
    actions: statement.NotAction ? ["*"] : list(statement.Action),
    resources: statement.NotResource ? ["*"] : list(statement.Resource),
    conditions: conditionsOf(statement.Condition ?? {}),
  }));
}

export function allowed(policy: unknown): Statement[] {
  return statementsOf(policy).filter(({ allows }) => allows);
}

export function allowsEveryone(policy: unknown): boolean {
  return allowed(policy).some(({ principals }) => principals.includes("*"));
}

/** Whether everybody is refused everything of a service on these resources, unless it comes over TLS. */
export function deniesInsecureTransport(policy: unknown, service: string, resources: string[]): boolean {
  return statementsOf(policy).some(
    (statement) =>
      !statement.allows &&
      statement.principals.includes("*") &&
      statement.actions.includes(`${service}:*`) &&
      statement.conditions.get("Bool aws:SecureTransport")?.includes("false") &&
      resources.every((resource) => statement.resources.includes(resource)),
  );
}

/** Whether a condition of whatever operator restricts this key. */
export function restricts({ conditions }: Statement, key: string): boolean {
  return [...conditions.keys()].some((condition) => condition.endsWith(` ${key}`));
}

type OneOrMore = string | string[];

interface RawStatement {
  Effect?: string;
  Principal?: string | Record<string, OneOrMore>;
  NotPrincipal?: unknown;
  Action?: OneOrMore;
  NotAction?: unknown;
  Resource?: OneOrMore;
  NotResource?: unknown;
  Condition?: Record<string, Record<string, OneOrMore>>;
}

function principalsOf(principal: RawStatement["Principal"]): string[] {
  if (typeof principal === "string") return [principal];
  return Object.entries(principal ?? {}).flatMap(([kind, names]) =>
    list(names).map((name) => (name === "*" ? "*" : `${kind}:${name}`)),
  );
}

function conditionsOf(conditions: NonNullable<RawStatement["Condition"]>): Map<string, string[]> {
  return new Map(
    Object.entries(conditions).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, values]): [string, string[]] => [`${operator} ${key}`, list(values)]),
    ),
  );
}
