import { bucketName, escapeRegExp, onLiterals, placeholder, type Step } from "./literal.ts";

/** Kinds whose placeholder is the whole ARN: what stands in an integration is one. */
const wholeArns: readonly { kind: string; pattern: RegExp }[] = [
  { kind: "role", pattern: /arn:aws[a-z-]*:iam::\d{12}:role\/(?:[\w+=,.@-]+\/)*([\w+=,.@-]+)/g },
  { kind: "function", pattern: /arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:([A-Za-z0-9_-]+)/g },
  {
    // A private integration names a load balancer, or one of its listeners.
    kind: "loadBalancer",
    pattern:
      /arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:(?:loadbalancer|listener)\/(?:(?:app|net|gwy)\/)?([A-Za-z0-9-]+)(?:\/[0-9a-f]+)*/g,
  },
];

export const wholeArn: Step = (text, _, options) =>
  wholeArns.reduce(
    (before, { kind, pattern }) =>
      onLiterals(before, (literal) =>
        literal.replace(pattern, (arn, label) => placeholder(options, kind, arn, label)),
      ),
    text,
  );

/** Kinds whose placeholder is a name or id inside of an ARN, by the ARN's service and what stands before the name. */
const namedArns: readonly { kind: string; service: string; before: string; name: string }[] = [
  { kind: "userPool", service: "cognito-idp", before: "userpool/", name: "[\\w-]+" },
  { kind: "queue", service: "sqs", before: "", name: "[\\w-]+(?:\\.fifo)?" },
  { kind: "topic", service: "sns", before: "", name: "[\\w-]+(?:\\.fifo)?" },
  { kind: "table", service: "dynamodb", before: "table/", name: "[\\w.-]+" },
  { kind: "stream", service: "kinesis", before: "stream/", name: "[\\w.-]+" },
  { kind: "deliveryStream", service: "firehose", before: "deliverystream/", name: "[\\w.-]+" },
  { kind: "stateMachine", service: "states", before: "stateMachine:", name: "[\\w-]+" },
  { kind: "key", service: "kms", before: "key/", name: "[\\w-]+" },
  { kind: "key", service: "kms", before: "alias/", name: "(?!aws(?:/|%2F))[\\w/-]+" },
  { kind: "eventBus", service: "events", before: "event-bus/", name: "[\\w./-]+" },
];

/** In a query an ARN is percent-encoded. */
const separators = [
  { colon: ":", slash: "/" },
  { colon: "%3A", slash: "%2F" },
];

export const namedArn: Step = (text, _, options) => {
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
export const otherArn: Step = (text, _, options) => {
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
