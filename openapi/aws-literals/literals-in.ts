import { hostsOf, isInOtherHost } from "./hosts.ts";
import { idForms } from "./ids.ts";
import { type NamedPlace, namedValues, patternsOf } from "./named-values.ts";
import { awsRegion, wordStart } from "./region.ts";
import { tableKeysOf } from "./table-keys.ts";

/** A part of a text that belongs to one account, or is right in one region or partition only. */
export interface AwsLiteral {
  /** As the subject of a sentence. */
  readonly what: string;
  readonly text: string;
  readonly index: number;
  /** The kind of placeholder that can take its place. */
  readonly kind?: string;
  /** It is a region or partition, and belongs to no account. */
  readonly isRegion?: true;
  readonly isSecret?: true;
}

/** All literals of AWS in a text, in order. Longer forms are found first, and no part of a text is found twice. */
export function awsLiteralsIn(text: string, place: NamedPlace): AwsLiteral[] {
  const found: AwsLiteral[] = [];
  const finders = [arnsIn, hostLiteralsIn, namedIn, idsIn, regionsIn, accountsIn];
  for (const literal of finders.flatMap((find) => find(text, place))) {
    const end = literal.index + literal.text.length;
    const isTold = found.some(
      ({ index, text: other }) => literal.index < index + other.length && index < end,
    );
    if (!isTold) found.push(literal);
  }
  return found.toSorted((a, b) => a.index - b.index);
}

type Finder = (text: string, place: NamedPlace) => AwsLiteral[];

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
const arnsIn: Finder = (text) =>
  matches(/arn(?::|%3A)aws[a-z-]*(?::|%3A)[^\s"'<>&]*/gi, text).map((arn) =>
    /\d{12}|\{\{account\}\}/.test(arn.text)
      ? { ...arn, what: "an ARN" }
      : { ...arn, what: "an ARN with a literal partition", isRegion: true },
  );

const hostKinds = { bucket: "bucket", customer: "host", mixed: "host" } as const;

const hostLiteralsIn: Finder = (text) =>
  hostsOf(text).flatMap(({ host, index, use }) =>
    use === "service" || use === "open"
      ? []
      : [{ what: "a DNS name that AWS assigned", text: host, index, kind: hostKinds[use] }],
  );

const namedIn: Finder = (text, place) => [
  ...namedValues.flatMap((named) =>
    patternsOf(named, text, place).flatMap((pattern) =>
      [...text.matchAll(pattern)].map(({ 1: before = "", 2: value = "", index }) => ({
        what: named.what,
        text: value,
        index: index + before.length,
        ...(named.kind !== undefined && { kind: named.kind }),
      })),
    ),
  ),
  ...(place.service === "dynamodb" ? tableKeysOf(text) : [])
    .filter(({ name }) => /^[\w.-]+$/.test(name))
    .map(({ name, index }) => ({ what: "a table's name", text: name, index, kind: "table" })),
];

const idsIn: Finder = (text) =>
  idForms.flatMap(({ what, kind, isSecret, pattern }) =>
    matches(pattern, text).map((id) => ({
      ...id,
      what,
      ...(kind !== undefined && { kind }),
      ...(isSecret && { isSecret }),
    })),
  );

/** A zone's name has a letter behind it. */
const regionPattern = new RegExp(`${wordStart}${awsRegion}[a-z]?(?![A-Za-z0-9])`, "gi");

const regionsIn: Finder = (text) =>
  matches(regionPattern, text)
    .filter(({ index, text: region }) => !isInOtherHost(text, index, region.length))
    .map((region) => ({ ...region, what: "a region", isRegion: true }));

/** No part of a longer number, of a UUID or of a telephone number. */
const accountPattern = /(?<![\d+]|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-)\d{12}(?!\d)/gi;

const accountsIn: Finder = (text) =>
  matches(accountPattern, text).map((account) => ({ ...account, what: "an account id", kind: "account" }));

function matches(pattern: RegExp, text: string): { text: string; index: number }[] {
  return [...text.matchAll(pattern)].map((match) => ({ text: match[0], index: match.index }));
}
