import type { placeholderParts } from "../../openapi/placeholder-parts.ts";
import type { AwsAccount } from "./aws-account.ts";

/** The parts of something that a document's placeholder is bound to, as far as it has them. */
export type PlaceholderParts = Readonly<Partial<Record<(typeof placeholderParts)[number], () => string>>>;

type ArnOf = (account: AwsAccount, name: string) => string;
const arnOf =
  (service: string, before = ""): ArnOf =>
  (account, name) =>
    account.arn(service, `${before}${name}`);

/** The ARN of what stands in a document by its name or id. */
const arns: Readonly<Record<string, ArnOf>> = {
  bucket: (account, name) => account.bucketArn(name),
  deliveryStream: arnOf("firehose", "deliverystream/"),
  eventBus: arnOf("events", "event-bus/"),
  key: arnOf("kms", "key/"),
  queue: arnOf("sqs"),
  stateMachine: arnOf("states", "stateMachine:"),
  stream: arnOf("kinesis", "stream/"),
  table: arnOf("dynamodb", "table/"),
  topic: arnOf("sns"),
  userPool: arnOf("cognito-idp", "userpool/"),
  vpcEndpoint: arnOf("ec2", "vpc-endpoint/"),
};

export interface OwnPlaceholder {
  readonly placeholder: string;
  readonly account: AwsAccount;
  readonly name: string;
  /** What stands in the document: a role's, function's or load balancer's ARN, the name or id of everything else. */
  readonly value: string;
  /** Whether the name is one of an alias of a key. */
  readonly isAlias: boolean;
}

/** Of something in the stack's own account and region. */
export function ownParts({ placeholder, account, name, value, isAlias }: OwnPlaceholder): PlaceholderParts {
  const [kind = ""] = placeholder.split(".");
  const isWhole = ["role", "function", "loadBalancer"].includes(kind);
  const form = isAlias ? arnOf("kms", "alias/") : arns[kind];
  return {
    ...((isWhole || form !== undefined) && {
      arn: () => (isWhole ? value : (form?.(account, name) ?? value)),
    }),
    account: () => account.id,
    region: () => account.region,
    name: () => name,
  };
}
