import * as z from "zod";
import { partitionOf } from "../contract/partitions.ts";
import { name } from "./field-types.ts";

interface ArnForm {
  readonly service: string;
  /** Pattern of the part behind the account. */
  readonly resource: string;
  readonly example: string;
}

/** The ARNs of other accounts and regions that can replace a placeholder, by its kind. */
const forms = {
  bucket: { service: "s3", resource: "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", example: "orders" },
  deliveryStream: {
    service: "firehose",
    resource: "deliverystream/[A-Za-z0-9_.-]{1,64}",
    example: "deliverystream/orders",
  },
  eventBus: { service: "events", resource: "event-bus/[A-Za-z0-9._/-]{1,256}", example: "event-bus/orders" },
  function: { service: "lambda", resource: "function:[A-Za-z0-9_-]{1,64}", example: "function:orders" },
  key: {
    service: "kms",
    resource: "(key/[A-Za-z0-9-]{1,64}|alias/[A-Za-z0-9/_-]{1,250})",
    example: "key/1a2b3c4d-0000-4000-8000-000000000001",
  },
  queue: { service: "sqs", resource: "[A-Za-z0-9_-]{1,80}([.]fifo)?", example: "orders" },
  stateMachine: {
    service: "states",
    resource: "stateMachine:[A-Za-z0-9_-]{1,80}",
    example: "stateMachine:orders",
  },
  stream: { service: "kinesis", resource: "stream/[A-Za-z0-9_.-]{1,128}", example: "stream/orders" },
  table: { service: "dynamodb", resource: "table/[A-Za-z0-9_.-]{3,255}", example: "table/orders" },
  topic: { service: "sns", resource: "[A-Za-z0-9_-]{1,256}([.]fifo)?", example: "orders" },
  userPool: {
    service: "cognito-idp",
    resource: "userpool/[a-z0-9-]+_[A-Za-z0-9]+",
    example: "userpool/eu-central-1_AbCd12345",
  },
} as const satisfies Readonly<Record<string, ArnForm>>;

/** Why resources of these kinds cannot be in another account or region. */
const refusals: Readonly<Record<string, string>> = {
  // https://github.com/amazon-archives/aws-apigateway-importer/issues/25
  role: "API Gateway cannot use a role of another account",
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/private-integration.html
  loadBalancer: "API Gateway reaches only load balancers of its own account and region",
};

/** Services without resource policies, which accept no other account. */
const WITHOUT_RESOURCE_POLICIES: readonly string[] = ["firehose", "states"];

const isForm = (kind: string): kind is keyof typeof forms => Object.hasOwn(forms, kind);

/** Why a kind cannot be bound by the ARN of another account or region, or undefined if it can. */
export function externalRefusal(kind: string): string | undefined {
  if (isForm(kind)) return undefined;
  return `can't be external, because ${refusals[kind] ?? `a document does not use the ARN of a ${kind}`}: bind it as { kind: "existing", name }`;
}

/** The ARN of a resource of a kind, in another account or region. */
export function externalArnOf(kind: string): z.ZodString {
  if (!isForm(kind)) return z.string();
  const { service, resource, example }: ArnForm = forms[kind];
  const [place, shown] =
    service === "s3" ? ["::", "::"] : ["[a-z0-9-]+:[0-9]{12}:", "eu-central-1:111122223333:"];
  return name(
    new RegExp(`^arn:aws[a-z-]*:${service}:${place}${resource}$`),
    `must be an ARN such as arn:aws:${service}:${shown}${example}`,
  );
}

/** Whether the service of an ARN can grant access to other accounts. */
export function takesOtherAccounts(arn: string): boolean {
  return !WITHOUT_RESOURCE_POLICIES.includes(arn.split(":")[2] ?? "");
}

interface Place {
  readonly accountId: string;
  readonly region: string;
}

/** Why an ARN cannot be bound as external to an API of this account and region. */
export function externalArnProblem(arn: string, { accountId, region }: Place): string | undefined {
  const [, itsPartition, service = "", itsRegion, itsAccount] = arn.split(":");
  const partition = partitionOf(region);
  if (itsPartition !== partition) {
    return `is in the partition ${itsPartition}, but an API in ${region} can call only resources of the partition ${partition}`;
  }
  // The ARN of a bucket has neither.
  if (itsAccount === "") return undefined;
  if (itsAccount === accountId && itsRegion === region) {
    return 'is in the environment\'s own account and region: bind it as { kind: "existing", name }';
  }
  return itsAccount !== accountId && !takesOtherAccounts(arn)
    ? `is in another account, but the service ${service} does not accept calls from other accounts: name a resource of the environment's own account`
    : undefined;
}
