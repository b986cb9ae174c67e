import { takesOtherAccounts } from "../../../env/external-arns.ts";
import type { Environment } from "../../../env/schema.ts";
import type { AccountHome } from "../../../openapi/import/account-home.ts";
import type { NamedLiteral } from "../../../openapi/import/name-literals.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import { bindingOf } from "../../../openapi/placeholder-parts.ts";
import { listPlaceholders } from "../../../openapi/placeholders.ts";
import { partNames } from "../bound-names.ts";

/** What a placeholder is bound to: a part of the stack, or an existing resource of this or another account. */
export type Target =
  | string
  | { readonly kind: "existing"; readonly name: string }
  | { readonly kind: "external"; readonly arn: string };

export interface Suggestion {
  readonly target: Target;
  /** Why a person must check it, if so. */
  readonly doubt?: string;
}

/** The bindings that a document needs, by name. */
export function bindingNames(document: OpenApiDocument): string[] {
  const dotted = [...listPlaceholders(document).keys()].filter((name) => name.includes("."));
  return [...new Set(dotted.map((name) => bindingOf(name).binding))].toSorted();
}

/**
 * The binding of a literal in an environment. A resource of another account keeps its ARN. Otherwise it is the part of the stack
 * that has its name in one of the environments, or the resource of that name in the environment's account.
 */
export function proposeBinding(
  literal: NamedLiteral,
  environment: Environment,
  { home, all }: { readonly home: AccountHome; readonly all: readonly Environment[] },
): Suggestion {
  const foreign = foreignArn(literal, home);
  const arn = foreign && reachableArn(foreign, home, environment);
  if (arn !== undefined && !isIn(arn, environment)) {
    const target = { kind: "external", arn } as const;
    const origin =
      arn === foreign ? "as in the export" : `which was in account ${home.account} in the export`;
    return isHome(home, environment) ? { target } : { target, doubt: `is ${arn}, ${origin}` };
  }
  const part = foreign === undefined ? partOf(literal, [environment, ...all]) : undefined;
  if (part !== undefined) return { target: part };
  const target = { kind: "existing", name: literal.label } as const;
  if ((foreign !== undefined && arn === foreign) || isHome(home, environment)) return { target };
  const from =
    home.account === undefined ? "an export that does not show its account" : `account ${home.account}`;
  return { target, doubt: `keeps the name ${literal.label} from ${from}` };
}

/** A resource that accepts no calls from other accounts must be in the environment's own account, as it is in the export's. */
function reachableArn(arn: string, home: AccountHome, { accountId }: Environment): string {
  const parts = arn.split(":");
  return parts[4] === home.account && !takesOtherAccounts(arn) ? parts.with(4, accountId).join(":") : arn;
}

/** The stack's part of a name, in the first environment that has one. */
function partOf(
  { kind, label, text }: NamedLiteral,
  environments: readonly Environment[],
): string | undefined {
  for (const environment of environments) {
    const found = Object.entries(partNames(environment)).find(
      ([part, name]) => name !== undefined && (name === label || name === text) && isPartOfKind(part, kind),
    );
    if (found !== undefined) return found[0];
  }
  return undefined;
}

/** `intakeBucket` is a bucket, `apiFunction` a function. */
function isPartOfKind(part: string, kind: string): boolean {
  return part.toLowerCase().endsWith(kind.toLowerCase());
}

/** The ARN of a resource outside of the export's own account and region. */
function foreignArn({ text }: NamedLiteral, { account, region }: AccountHome): string | undefined {
  const [arn, , , inRegion = "", inAccount = ""] = text.split(":");
  if (arn !== "arn" || inAccount === "") return undefined;
  const isOwn = inAccount === account && (inRegion === "" || inRegion === region);
  return isOwn ? undefined : text;
}

function isHome({ account, region }: AccountHome, environment: Environment): boolean {
  return account === environment.accountId && (region ?? environment.region) === environment.region;
}

function isIn(arn: string, { accountId, region }: Environment): boolean {
  const [, , , inRegion = "", inAccount] = arn.split(":");
  return inAccount === accountId && (inRegion === "" || inRegion === region);
}
