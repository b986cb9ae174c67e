import { escapeRegExp, onLiterals, placeholder, type Step } from "./literal.ts";

export const endpointId: Step = (text, _, options) =>
  onLiterals(text, (literal) =>
    literal.replace(/(?<![0-9A-Za-z-])vpce-[0-9a-f]{8,17}(?![0-9A-Za-z])/g, (id) =>
      placeholder(options, "vpcEndpoint", id),
    ),
  );

/** Names that the requests of a service have in their JSON. */
const templateNames: Readonly<Record<string, { key: string; kind: string }>> = {
  dynamodb: { key: "TableName", kind: "table" },
  kinesis: { key: "StreamName", kind: "stream" },
  firehose: { key: "DeliveryStreamName", kind: "deliveryStream" },
  events: { key: "EventBusName", kind: "eventBus" },
};

export const templateName: Step = (text, { integration }, options) => {
  const named = templateNames[integration?.service ?? ""];
  if (named === undefined) return text;
  return onLiterals(text, (literal) =>
    literal.replace(new RegExp(`("${named.key}"\\s*:\\s*")([\\w./-]+)(?=")`, "g"), (whole, before, name) =>
      // Every account has this bus.
      name === "default" && named.kind === "eventBus"
        ? whole
        : before + placeholder(options, named.kind, name),
    ),
  );
};

export const knownBucket: Step = (text, { inExtension }, options) =>
  inExtension
    ? options.buckets.reduce(
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

export const plain: Step = (text, { inExtension }, { home }) => {
  if (!inExtension) return text;
  const word =
    (value: string | undefined, name: string, isOther = (_before: string, _after: string) => false) =>
    (literal: string) =>
      value === undefined || !literal.includes(value)
        ? literal
        : literal.replace(
            new RegExp(`(?<![A-Za-z0-9-])${escapeRegExp(value)}(?![A-Za-z0-9-])`, "g"),
            (found, at: number) =>
              isOther(literal.slice(0, at), literal.slice(at + found.length)) ? found : `{{${name}}}`,
          );
  return onLiterals(
    onLiterals(text, word(home.account, "account")),
    word(home.region, "region", isPartOfHost),
  );
};

/** Within a host that is not AWS's a region is only a name. */
function isPartOfHost(before: string, after: string): boolean {
  const isLabel = before.endsWith(".") || /^\.[a-z0-9]/i.test(after);
  return isLabel && !/^[a-z0-9.-]*\.amazonaws\.com(?![a-z0-9])/.test(after);
}
