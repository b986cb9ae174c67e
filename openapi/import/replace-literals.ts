import { isJsonObject, type Json, type JsonObject, stringAt } from "../json.ts";
import { splitPlaceholders } from "../placeholders.ts";
import { parseServiceUri } from "../service-uri.ts";
import type { AccountHome } from "./account-home.ts";

/** What a placeholder can stand for, besides region, partition and account. */
export const literalKinds = [
  ...["bucket", "deliveryStream", "eventBus", "function", "host", "queue", "role", "stateMachine"],
  ...["stream", "table", "topic", "userPool", "vpcEndpoint", "vpcLink"],
] as const satisfies string[];
export type LiteralKind = string;

/** Something of one account, as the document names it. */
export interface Literal {
  readonly kind: LiteralKind;
  /** What the placeholder takes the place of: tells two of a kind apart. */
  readonly text: string;
  /** Its name, for people. */
  readonly label: string;
}

export interface ReplaceOptions {
  readonly home: AccountHome;
  /** The placeholder's name, the part behind the kind. */
  readonly nameOf: (literal: Literal) => string;
  /** Buckets that are known by now: their names may stand in templates as well. */
  readonly buckets: readonly string[];
}

/** The document with a placeholder for every literal of an account that can be told for sure. */
export function replaceLiterals<T extends Json>(document: T, options: ReplaceOptions): T;
export function replaceLiterals(document: Json, options: ReplaceOptions): Json {
  const visit = (value: Json, place: Place): Json => {
    if (typeof value === "string") return replaceText(value, place, options);
    if (Array.isArray(value)) return value.map((entry) => visit(entry, place));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, visit(entry, placeBelow(place, key, entry))]),
    );
  };
  return visit(document, { key: "", inExtension: false });
}

interface Place {
  readonly key: string;
  /** API Gateway acts on it. */
  readonly inExtension: boolean;
  readonly integration?: { readonly service: string; readonly bucketParameters: readonly string[] };
}

function placeBelow(place: Place, key: string, entry: Json): Place {
  return {
    ...place,
    key,
    inExtension: place.inExtension || key.startsWith("x-amazon-"),
    ...(key === "x-amazon-apigateway-integration" && isJsonObject(entry) && { integration: describe(entry) }),
  };
}

function describe(integration: JsonObject): NonNullable<Place["integration"]> {
  const uri = parseServiceUri(stringAt(integration, "uri") ?? "");
  const first =
    uri?.service === "s3" && uri.kind === "path" ? /^\{([^{}+]+)\+?\}/.exec(uri.rest)?.[1] : undefined;
  return {
    service: uri?.service ?? "",
    bucketParameters:
      uri?.service === "s3"
        ? [
            ...(first === undefined ? [] : [`integration.request.path.${first}`]),
            "integration.request.querystring.Bucket",
            "integration.request.querystring.bucket",
            "integration.request.header.x-amz-copy-source",
          ]
        : [],
  };
}

type Step = (text: string, place: Place, options: ReplaceOptions) => string;

function replaceText(text: string, place: Place, options: ReplaceOptions): string {
  return steps.reduce((before, step) => step(before, place, options), text);
}

/** Applies a replacement to what is no placeholder yet. */
function onLiterals(text: string, replace: (literal: string) => string): string {
  return splitPlaceholders(text)
    .map((part) => ("name" in part ? `{{${part.name}}}` : replace(part.literal)))
    .join("");
}

function placeholder(options: ReplaceOptions, kind: LiteralKind, text: string, label = text): string {
  return `{{${kind}.${options.nameOf({ kind, text, label })}}}`;
}

const bucketName = "[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]";

/** Bucket and queue of an integration's URI: as part of a path nothing else shows what they are. */
const serviceUri: Step = (text, { key }, options) => {
  const uri = key === "uri" ? parseServiceUri(text) : undefined;
  if (uri === undefined) return text;
  const start = text.slice(0, text.length - uri.rest.length);
  if (uri.service === "sqs" && uri.kind === "path") {
    const [, account, queue = "", rest = ""] = /^(\d{12})\/([\w-]+(?:\.fifo)?)(.*)$/s.exec(uri.rest) ?? [];
    return account === undefined || account !== options.home.account
      ? text
      : `${start}{{account}}/${placeholder(options, "queue", queue)}${rest}`;
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
const quotedBucket: Step = (text, { key, integration }, options) =>
  integration?.bucketParameters.includes(key)
    ? text.replace(
        new RegExp(`^('/?)(${bucketName})(?=['/])`),
        (_, before, name) => before + placeholder(options, "bucket", name),
      )
    : text;

/** Kinds whose placeholder is the whole ARN: what stands in an integration is one. */
const wholeArns: readonly { kind: LiteralKind; pattern: RegExp }[] = [
  { kind: "role", pattern: /arn:aws[a-z-]*:iam::\d{12}:role\/(?:[\w+=,.@-]+\/)*([\w+=,.@-]+)/g },
  { kind: "function", pattern: /arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:([A-Za-z0-9_-]+)/g },
];

const wholeArn: Step = (text, _, options) =>
  wholeArns.reduce(
    (before, { kind, pattern }) =>
      onLiterals(before, (literal) =>
        literal.replace(pattern, (arn, label) => placeholder(options, kind, arn, label)),
      ),
    text,
  );

/** Kinds whose placeholder is a name or id inside of an ARN, by the ARN's service and what stands before the name. */
const namedArns: readonly { kind: LiteralKind; service: string; before: string; name: string }[] = [
  { kind: "userPool", service: "cognito-idp", before: "userpool/", name: "[\\w-]+" },
  { kind: "queue", service: "sqs", before: "", name: "[\\w-]+(?:\\.fifo)?" },
  { kind: "topic", service: "sns", before: "", name: "[\\w-]+(?:\\.fifo)?" },
  { kind: "table", service: "dynamodb", before: "table/", name: "[\\w.-]+" },
  { kind: "stream", service: "kinesis", before: "stream/", name: "[\\w.-]+" },
  { kind: "deliveryStream", service: "firehose", before: "deliverystream/", name: "[\\w.-]+" },
  { kind: "stateMachine", service: "states", before: "stateMachine:", name: "[\\w-]+" },
  { kind: "eventBus", service: "events", before: "event-bus/", name: "[\\w./-]+" },
];

/** In a query an ARN is percent-encoded. */
const separators = [
  { colon: ":", slash: "/" },
  { colon: "%3A", slash: "%2F" },
];

const namedArn: Step = (text, _, options) => {
  const { partition, region, account } = options.home;
  // Most texts hold none, and the patterns are many.
  if (account === undefined || !text.includes(account)) return text;
  return separators.reduce(
    (outer, { colon, slash }) =>
      namedArns.reduce((before, { kind, service, before: resource, name }) => {
        const head = ["arn", partition, service, region, account, ""].join(colon);
        const middle = resource.replace("/", slash).replace(":", colon);
        const pattern = new RegExp(`${escapeRegExp(head + middle)}(${name})`, "gi");
        return onLiterals(before, (literal) =>
          literal.replace(
            pattern,
            (_arn, label) =>
              ["arn", "{{partition}}", service, "{{region}}", "{{account}}", ""].join(colon) +
              middle +
              placeholder(options, kind, label),
          ),
        );
      }, outer),
    text,
  );
};

/** Of other forms: a function that a stage variable names, a bucket's ARN, the caller's own credentials, API Gateway itself. */
const otherArn: Step = (text, _, options) => {
  if (!text.includes("arn:")) return text;
  const { partition = "", region = "", account = "" } = options.home;
  const escaped = [partition, region, account].map(escapeRegExp);
  const [p, r, a] = escaped;
  return onLiterals(text, (literal) =>
    literal
      .replace(
        new RegExp(`arn:${p}:lambda:${r}:${a}:function:(?=\\$\\{stageVariables)`, "g"),
        () => "arn:{{partition}}:lambda:{{region}}:{{account}}:function:",
      )
      .replace(
        new RegExp(`arn:${p}:s3:::(${bucketName})`, "g"),
        (_arn, name) => `arn:{{partition}}:s3:::${placeholder(options, "bucket", name)}`,
      )
      .replace(new RegExp(`arn:${p}:iam::\\*:user/\\*`, "g"), () => "arn:{{partition}}:iam::*:user/*")
      .replace(
        new RegExp(`arn:${p}:apigateway:${r}:`, "g"),
        () => "arn:{{partition}}:apigateway:{{region}}:",
      ),
  );
};

const queueUrl: Step = (text, _, { home, ...options }) =>
  onLiterals(text, (literal) =>
    literal.replace(
      /(https:\/\/(?:sqs\.)?)([a-z0-9-]+)(\.(?:queue\.)?amazonaws\.com(?:\.cn)?\/)(\d{12})\/([\w-]+(?:\.fifo)?)/g,
      (url, before, region, after, account, name) =>
        region === home.region && account === home.account
          ? `${before}{{region}}${after}{{account}}/${placeholder({ home, ...options }, "queue", name)}`
          : url,
    ),
  );

/** A bucket's own DNS name: what stands before S3's. */
const bucketHostPattern = new RegExp(
  `(?<![a-z0-9._-])(${bucketName})(?=\\.s3[.-](?:[a-z0-9-]+\\.)?amazonaws\\.com)`,
  "g",
);

const bucketHost: Step = (text, _, options) =>
  onLiterals(text, (literal) =>
    literal.replace(bucketHostPattern, (name) => placeholder(options, "bucket", name)),
  );

const awsRegion = "[a-z]{2}(?:-[a-z]+)+-\\d";
const awsDomain = "amazonaws\\.com(?:\\.cn)?";

/**
 * DNS names with an id that AWS gave: of APIs (ten characters; a host of somebody's own that is called execute-api has no
 * such id), VPC endpoints, load balancers, function URLs and distributions.
 */
const hostForms = [
  `[a-z0-9]{10}(?:-vpce-[0-9a-f]{8,17})?\\.execute-api\\.${awsRegion}\\.(?:vpce\\.)?${awsDomain}`,
  `vpce-[0-9a-f]{8,17}-[a-z0-9-]+\\.[a-z0-9.-]+\\.${awsRegion}\\.vpce\\.${awsDomain}`,
  `[A-Za-z0-9-]+\\.(?:elb\\.${awsRegion}|${awsRegion}\\.elb)\\.${awsDomain}`,
  `[a-z0-9]{32}\\.lambda-url\\.${awsRegion}\\.on\\.aws`,
  "d[a-z0-9]{13}\\.cloudfront\\.net",
];

const idHostPattern = new RegExp(`(?<![A-Za-z0-9.-])(?:${hostForms.join("|")})(?![A-Za-z0-9.-])`, "g");

const idHost: Step = (text, _, options) =>
  onLiterals(text, (literal) => literal.replace(idHostPattern, (host) => placeholder(options, "host", host)));

const endpointId: Step = (text, _, options) =>
  onLiterals(text, (literal) =>
    literal.replace(/(?<![0-9A-Za-z-])vpce-[0-9a-f]{8,17}(?![0-9A-Za-z])/g, (id) =>
      placeholder(options, "vpcEndpoint", id),
    ),
  );

const connection: Step = (text, { key, inExtension }, options) =>
  key === "connectionId" && inExtension && /^[A-Za-z0-9]+$/.test(text)
    ? placeholder(options, "vpcLink", text)
    : text;

/** Names that the requests of a service have in their JSON. */
const templateNames: Readonly<Record<string, { key: string; kind: LiteralKind }>> = {
  dynamodb: { key: "TableName", kind: "table" },
  kinesis: { key: "StreamName", kind: "stream" },
  firehose: { key: "DeliveryStreamName", kind: "deliveryStream" },
  events: { key: "EventBusName", kind: "eventBus" },
};

const templateName: Step = (text, { integration }, options) => {
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

const knownBucket: Step = (text, { inExtension }, options) =>
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

const plain: Step = (text, { inExtension }, { home }) => {
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

/** What says most comes first. */
const steps: readonly Step[] = [
  serviceUri,
  quotedBucket,
  wholeArn,
  namedArn,
  otherArn,
  queueUrl,
  bucketHost,
  idHost,
  endpointId,
  connection,
  templateName,
  knownBucket,
  plain,
];

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
