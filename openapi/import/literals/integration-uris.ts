import { parseServiceUri } from "../../service-uri.ts";
import { bucketName, escapeRegExp, placeholder, type Step } from "./literal.ts";

/** Bucket and queue of an integration's URI: as part of a path nothing else shows what they are. */
export const serviceUri: Step = (text, { key }, options) => {
  const uri = key === "uri" ? parseServiceUri(text) : undefined;
  if (uri === undefined) return text;
  const start = text.slice(0, text.length - uri.rest.length);
  if (uri.service === "sqs" && uri.kind === "path") {
    const [, account, queue, rest = ""] =
      /^(?:(\d{12})\/)?((?!\d{12}(?:\/|$))[\w-]+(?:\.fifo)?)(?=$|[/?])(.*)$/s.exec(uri.rest) ?? [];
    if (queue === undefined || (account !== undefined && account !== options.home.account)) return text;
    return `${start}${account === undefined ? "" : "{{account}}/"}${placeholder(options, "queue", queue)}${rest}`;
  }
  if (uri.service !== "s3") return text;
  if (new RegExp(`^${bucketName}$`).test(uri.host)) {
    return text.replace(`:${uri.host}.s3:`, () => `:${placeholder(options, "bucket", uri.host)}.s3:`);
  }
  const pattern =
    uri.kind === "path"
      ? new RegExp(`^()(${bucketName})(?=$|[/?])`)
      : new RegExp(`([?&]Bucket=)(${bucketName})(?=$|&)`, "i");
  return (
    start + uri.rest.replace(pattern, (_, before, name) => before + placeholder(options, "bucket", name))
  );
};

/** `'bucket'` or `'bucket/key'` that is mapped to where S3 takes a bucket from. */
export const quotedBucket: Step = (text, { key, integration }, options) =>
  integration?.bucketParameters.includes(key)
    ? text.replace(
        new RegExp(`^('/?)(${bucketName})(?=['/])`),
        (_, before, name) => before + placeholder(options, "bucket", name),
      )
    : text;

/** `#set($context.requestOverride.path.bucket = "bucket")`, which takes the place of such a mapping. */
export const overriddenName: Step = (text, { integration }, options) => {
  if (integration === undefined || !text.includes("requestOverride")) return text;
  const kinds = [
    ["bucket", integration.bucketParameters, bucketName],
    ["queue", integration.queueParameters, "[\\w-]+(?:\\.fifo)?"],
  ] as const;
  return kinds.reduce(
    (outer, [kind, parameters, name]) =>
      parameters.reduce((before, parameter) => {
        const target = parameter.replace("integration.request.", "context.requestOverride.");
        const pattern = `(\\$!?\\{?${escapeRegExp(target)}\\}?\\s*=\\s*["']/?)(${name})(?=["'/])`;
        return before.replace(
          new RegExp(pattern, "gi"),
          (_, start, found) => start + placeholder(options, kind, found),
        );
      }, outer),
    text,
  );
};

/** `'queue'` that is mapped to the end of a path of SQS. */
export const quotedQueue: Step = (text, { key, integration }, options) =>
  integration?.queueParameters.includes(key)
    ? text.replace(/^'([\w-]+(?:\.fifo)?)'$/, (_, name) => `'${placeholder(options, "queue", name)}'`)
    : text;

export const connection: Step = (text, { key, inExtension }, options) =>
  key === "connectionId" && inExtension && /^[A-Za-z0-9]+$/.test(text)
    ? placeholder(options, "vpcLink", text)
    : text;
