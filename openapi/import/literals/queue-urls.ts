import { parseServiceUri } from "../../service-uri.ts";
import { onLiterals, placeholder, type Step, variableName } from "./literal.ts";

/** A queue's URL in a text, plain or percent-encoded. */
export interface QueueUrl {
  readonly start: number;
  /** Behind the name; behind the account, where a variable is part of the name. */
  readonly end: number;
  readonly region: string;
  readonly account: string;
  readonly name: string;
  readonly isVariable: boolean;
  /** What stands before the region, between it and the account, and between that and the name. */
  readonly between: readonly [string, string, string];
}

const queueUrlPattern = new RegExp(
  [
    "(https?(?::|%3A)(?://|%2F%2F)(?:sqs(?:-fips)?\\.)?)([a-z]{2,}(?:-[a-z]+)+-\\d)",
    "(\\.(?:queue\\.)?(?:amazonaws\\.com(?:\\.cn)?|api\\.aws)(?:/|%2F))(\\d{12})(/|%2F)",
    `(?:(${variableName})|([\\w-]+(?:\\.fifo)?))`,
  ].join(""),
  "gi",
);

/** @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html */
export function parseQueueUrls(text: string): QueueUrl[] {
  return [...text.matchAll(queueUrlPattern)].map((match) => {
    const [url, scheme = "", region = "", domain = "", account = "", slash = "", variable, name = ""] = match;
    const end = match.index + url.length - (variable?.length ?? 0);
    const between = [scheme, domain, slash] as const;
    return { start: match.index, end, region, account, name, isVariable: variable !== undefined, between };
  });
}

/** `<account>/orders-${stageVariables.env}` in a path: only the account can be told. */
export const variableQueuePath: Step = (text, { key }, { home }) => {
  const uri = key === "uri" ? parseServiceUri(text) : undefined;
  if (uri?.service !== "sqs" || uri.kind !== "path") return text;
  const [, account = "", name = ""] = new RegExp(`^(\\d{12})/(${variableName}.*)$`, "s").exec(uri.rest) ?? [];
  if (account === "" || account !== home.account) return text;
  return `${text.slice(0, text.length - uri.rest.length)}{{account}}/${name}`;
};

export const queueUrl: Step = (text, _, options) =>
  text.includes(".queue.") || /sqs/i.test(text)
    ? onLiterals(text, (literal) =>
        parseQueueUrls(literal).reduceRight(
          (before, { start, end, region, account, name, isVariable, between: [scheme, domain, slash] }) =>
            region === options.home.region && account === options.home.account
              ? before.slice(0, start) +
                `${scheme}{{region}}${domain}{{account}}${slash}` +
                (isVariable ? "" : placeholder(options, "queue", name)) +
                before.slice(end)
              : before,
          literal,
        ),
      )
    : text;
