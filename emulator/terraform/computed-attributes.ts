import { createHash } from "node:crypto";

/** Where a stack is deployed. */
export interface Deployment {
  readonly accountId: string;
  readonly region: string;
  readonly partition: string;
  readonly dnsSuffix: string;
}

export interface AddressedResource {
  readonly address: string;
  /** An argument of the resource, resolved, as text. */
  argument(name: string): string;
}

type Attribute = (resource: AddressedResource, deployment: Deployment) => unknown;
type Attributes = Readonly<Record<string, Attribute>>;

/** What AWS assigns to resources, by type: names as the AWS provider has them, values in AWS's own forms. */
const managed: Readonly<Record<string, Attributes>> = {
  aws_api_gateway_deployment: { id: id(10) },
  aws_api_gateway_rest_api: {
    id: id(10),
    arn: ({ address }, { partition, region }) =>
      `arn:${partition}:apigateway:${region}::/restapis/${lowerCaseId(address, 10)}`,
    execution_arn: (resource, deployment) =>
      arn("execute-api", lowerCaseId(resource.address, 10), deployment),
  },
  aws_cloudwatch_composite_alarm: { arn: named("cloudwatch", "alarm:", "alarm_name") },
  aws_cloudwatch_event_rule: { arn: named("events", "rule/", "name") },
  aws_cloudwatch_log_group: { arn: named("logs", "log-group:", "name") },
  aws_cloudwatch_metric_alarm: { arn: named("cloudwatch", "alarm:", "alarm_name") },
  aws_dynamodb_table: { arn: named("dynamodb", "table/", "name") },
  aws_iam_role: { arn: roleArn },
  aws_kms_key: {
    key_id: uuid,
    arn: (resource, deployment) => arn("kms", `key/${uuid(resource)}`, deployment),
  },
  aws_lambda_function: { arn: named("lambda", "function:", "function_name") },
  aws_lambda_event_source_mapping: { uuid },
  aws_s3_bucket: { id: argument("bucket"), arn: bucketArn, bucket_regional_domain_name: bucketDomain },
  aws_security_group: { id: prefixedId("sg") },
  aws_sns_topic: { arn: named("sns", "", "name") },
  aws_sqs_queue: { id: queueUrl, url: queueUrl, arn: named("sqs", "", "name") },
  aws_subnet: { id: prefixedId("subnet") },
  aws_vpc: { id: prefixedId("vpc") },
  aws_vpc_endpoint: { id: prefixedId("vpce") },
};

/** What AWS tells of what is there already, as if it were as the stack expects it. */
const data: Readonly<Record<string, Attributes>> = {
  aws_iam_role: { arn: roleArn },
  aws_kms_key: { arn: argument("key_id") },
  aws_lambda_function: { arn: named("lambda", "function:", "function_name") },
  aws_lb: { arn: loadBalancerArn },
  aws_partition: { partition: (_, { partition }) => partition, dns_suffix: (_, { dnsSuffix }) => dnsSuffix },
  aws_s3_bucket: { id: argument("bucket"), arn: bucketArn, bucket_regional_domain_name: bucketDomain },
  aws_secretsmanager_secret: { arn: secretArn },
  aws_vpc_endpoint: {},
  aws_vpc_endpoint_service: {
    service_name: ({ argument }, { region }) => `com.amazonaws.${region}.${argument("service")}`,
    availability_zones: (_, { region }) => ["a", "b", "c"].map((zone) => `${region}${zone}`),
  },
};

/** The attributes that AWS assigns, by the type of a resource or data source; none where it is not known. */
export function computedAttributes(mode: "managed" | "data", type: string): Attributes {
  return (mode === "managed" ? managed : data)[type] ?? {};
}

function argument(name: string): Attribute {
  return (resource) => resource.argument(name);
}

function named(service: string, prefix: string, name: string): Attribute {
  return (resource, deployment) => arn(service, `${prefix}${resource.argument(name)}`, deployment);
}

function arn(service: string, resource: string, { partition, region, accountId }: Deployment): string {
  return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
}

function roleArn(resource: AddressedResource, { partition, accountId }: Deployment): string {
  return `arn:${partition}:iam::${accountId}:role/${resource.argument("name")}`;
}

function bucketArn(resource: AddressedResource, { partition }: Deployment): string {
  return `arn:${partition}:s3:::${resource.argument("bucket")}`;
}

function bucketDomain(resource: AddressedResource, { region, dnsSuffix }: Deployment): string {
  return `${resource.argument("bucket")}.s3.${region}.${dnsSuffix}`;
}

function queueUrl(resource: AddressedResource, { region, dnsSuffix, accountId }: Deployment): string {
  return `https://sqs.${region}.${dnsSuffix}/${accountId}/${resource.argument("name")}`;
}

function id(length: number): Attribute {
  return ({ address }) => lowerCaseId(address, length);
}

function prefixedId(prefix: string): Attribute {
  return ({ address }) => `${prefix}-${hash(address).slice(0, 17)}`;
}

/** Secrets Manager adds six characters to the name. */
function secretArn(resource: AddressedResource, deployment: Deployment): string {
  return arn(
    "secretsmanager",
    `secret:${resource.argument("name")}-${lowerCaseId(resource.address, 6)}`,
    deployment,
  );
}

/** One for applications; its id is 16 hexadecimal digits. */
function loadBalancerArn(resource: AddressedResource, deployment: Deployment): string {
  const name = `loadbalancer/app/${resource.argument("name")}/${hash(resource.address).slice(0, 16)}`;
  return arn("elasticloadbalancing", name, deployment);
}

function uuid({ address }: AddressedResource): string {
  return hash(address).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}

/** The same for the same address, so that nothing changes from one run to the next. */
function lowerCaseId(address: string, length: number): string {
  return BigInt(`0x${hash(address)}`)
    .toString(36)
    .slice(0, length);
}

function hash(address: string): string {
  return createHash("sha256").update(address).digest("hex");
}
