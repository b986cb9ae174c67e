import { splitPlaceholders } from "../../placeholders.ts";
import type { AccountHome } from "../account-home.ts";

/** Something of one account, as the document names it. */
export interface Literal {
  /** One of literalKinds. */
  readonly kind: string;
  /** What the placeholder takes the place of: tells two of a kind apart. */
  readonly text: string;
  /** Its name, for people. */
  readonly label: string;
  /** Where it is, if in another account or region than the document's own. */
  readonly owner?: Owner;
}

/** The account and region of something, as its ARN has them: empty where it has none. */
export interface Owner {
  readonly account: string;
  readonly region: string;
}

export interface ReplaceOptions {
  readonly home: AccountHome;
  /** The placeholder's name, the part behind the kind. */
  readonly nameOf: (literal: Literal) => string;
  /** Buckets that are known by now: their names may stand in templates as well. */
  readonly buckets: readonly string[];
  /** Whether what lies in another account or region gets a placeholder of its own, by its ARN. */
  readonly keepsForeign: (kind: string, arn: string) => boolean;
}

/** Where a text stands. */
export interface Place {
  readonly key: string;
  /** API Gateway acts on it. */
  readonly inExtension: boolean;
  readonly integration?: { readonly service: string; readonly bucketParameters: readonly string[] };
}

/** Replaces some kinds of literals in one text. */
export type Step = (text: string, place: Place, options: ReplaceOptions) => string;

/** Applies a replacement to what is no placeholder yet. */
export function onLiterals(text: string, replace: (literal: string) => string): string {
  return splitPlaceholders(text)
    .map((part) => ("name" in part ? `{{${part.name}}}` : replace(part.literal)))
    .join("");
}

/** A placeholder of the document's own account and region. */
export function placeholder(options: ReplaceOptions, kind: string, text: string, label = text): string {
  return `{{${kind}.${options.nameOf({ kind, text, label })}}}`;
}

export const bucketName = "[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]";

/** The start of a name that a stage variable, another reference of Velocity or a path parameter is part of. */
export const variableName = "[\\w.-]*(?:\\$|\\{[\\w+]+\\})";

export function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
