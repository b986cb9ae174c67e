import { isInOtherHost } from "../../aws-literals/hosts.ts";
import { endpointForm, userPoolForm } from "../../aws-literals/ids.ts";
import { type NamedValue, namedValues, patternsOf } from "../../aws-literals/named-values.ts";
import { wordStart } from "../../aws-literals/region.ts";
import { tableKeysOf } from "../../aws-literals/table-keys.ts";
import { escapeRegExp, onLiterals, placeholder, type Step } from "./literal.ts";

export const endpointId: Step = (text, _, options) =>
  onLiterals(text, (literal) =>
    literal.replace(endpointForm.pattern, (id) => placeholder(options, "vpcEndpoint", id)),
  );

/** A pool of another region is another's, and one that still stands in an ARN. */
export const userPoolId: Step = (text, _, options) =>
  onLiterals(text, (literal) =>
    literal.replace(userPoolForm.pattern, (id, ...rest) => {
      const before = literal.slice(
        0,
        rest.find((each) => typeof each === "number"),
      );
      const isOwn = id.startsWith(`${options.home.region}_`) && !/userpool(?:\/|%2F)$/i.test(before);
      return isOwn ? placeholder(options, "userPool", id) : id;
    }),
  );

const isNamed = (named: NamedValue): named is NamedValue & { kind: string } => named.kind !== undefined;
const kinds = namedValues.filter(isNamed);

/** Names and ids that the key before them tells. */
export const namedValue: Step = (text, { key, inExtension, integration }, options) => {
  if (!inExtension) return text;
  const place = { key, service: integration?.service ?? "" };
  return kinds.reduce(
    (outer, named) =>
      patternsOf(named, outer, place).reduce(
        (before, pattern) =>
          before.replace(pattern, (_, start, name) => start + placeholder(options, named.kind, name)),
        outer,
      ),
    text,
  );
};

/** Tables that are keys of a batch, and so no values of a key. */
export const tableKey: Step = (text, { inExtension, integration }, options) =>
  inExtension && integration?.service === "dynamodb"
    ? tableKeysOf(text)
        .filter(({ name }) => /^[\w.-]+$/.test(name))
        .reduceRight(
          (before, { name, index }) =>
            before.slice(0, index) + placeholder(options, "table", name) + before.slice(index + name.length),
          text,
        )
    : text;

/** A bucket that is called like a word is none wherever the word stands. */
const isDistinctive = (bucket: string) => /[-.\d]/.test(bucket);

export const knownBucket: Step = (text, { inExtension }, options) =>
  inExtension
    ? options.buckets
        .filter(isDistinctive)
        .reduce(
          (before, bucket) =>
            onLiterals(before, (literal) =>
              literal.replace(
                new RegExp(`(?<![a-z0-9._-])${escapeRegExp(bucket)}(?![a-z0-9_-]|\\.[a-z0-9])`, "g"),
                () => placeholder(options, "bucket", bucket),
              ),
            ),
          text,
        )
    : text;

/** What is left of the account and the region: within a host that is not AWS's a region is only a name. */
export const plain: Step = (text, { inExtension }, { home }) => {
  if (!inExtension) return text;
  const word = (value: string | undefined, name: string) => (literal: string) =>
    value === undefined || !literal.includes(value)
      ? literal
      : literal.replace(
          new RegExp(`${wordStart}${escapeRegExp(value)}(?![A-Za-z0-9])`, "g"),
          (found, at: number) => (isInOtherHost(literal, at, found.length) ? found : `{{${name}}}`),
        );
  return onLiterals(onLiterals(text, word(home.account, "account")), word(home.region, "region"));
};
