import * as z from "zod";
import { partitionOf } from "../../contract/partitions.ts";
import type { Values } from "./conditions.ts";
import type { LookUp } from "./read-stack.ts";

export interface Place {
  readonly accountId: string;
  readonly region: string;
}

interface Answers {
  /** What AWS answers for something that a plan accepts. */
  readonly right: Values;
  /** Each differs in what makes a plan refuse it. */
  readonly wrong: readonly Values[];
}

interface Asked extends Place {
  readonly partition: string;
  readonly arn: (service: string, resource: string) => string;
  /** An argument of the data source. */
  readonly argument: (name: string) => string;
}

/** A trust policy whose services have to say for whom they act, as owners of roles write it. */
const trustPolicy = (Service: string[], accountId: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": accountId } },
      },
    ],
  });

const endpointService = ({ region }: Asked, service: string) =>
  `${region.startsWith("cn-") ? "cn.com" : "com"}.amazonaws.${region}.${service}`;

/**
 * By type of data source: what a mocked provider makes up, such as "k3jw9x" for a policy, no condition and no argument of a
 * resource takes: https://developer.hashicorp.com/terraform/language/tests/mocking
 */
const answers: Readonly<Record<string, (asked: Asked) => Answers>> = {
  aws_partition: ({ partition }) => ({
    right: { partition, dns_suffix: partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com" },
    wrong: [],
  }),
  aws_iam_role: ({ partition, accountId, argument }) => ({
    right: {
      arn: `arn:${partition}:iam::${accountId}:role/${argument("name")}`,
      assume_role_policy: trustPolicy(["apigateway.amazonaws.com", "lambda.amazonaws.com"], accountId),
    },
    wrong: [{ assume_role_policy: trustPolicy(["ec2.amazonaws.com"], accountId) }],
  }),
  aws_iam_openid_connect_provider: ({ partition, accountId }) => ({
    right: {
      arn: `arn:${partition}:iam::${accountId}:oidc-provider/terraform.example.com`,
      client_id_list: ["aws.workload.identity"],
    },
    wrong: [{ client_id_list: [] }],
  }),
  aws_kms_key: ({ argument }) => ({
    right: {
      arn: argument("key_id"),
      enabled: true,
      key_usage: "ENCRYPT_DECRYPT",
      key_spec: "SYMMETRIC_DEFAULT",
    },
    wrong: [{ enabled: false }],
  }),
  aws_lambda_function: ({ arn, argument }) => ({
    right: { arn: arn("lambda", `function:${argument("function_name")}`) },
    wrong: [],
  }),
  aws_lb: ({ arn, argument }) => ({
    right: {
      arn: arn("elasticloadbalancing", `loadbalancer/net/${argument("name")}/0123456789abcdef`),
      load_balancer_type: "network",
    },
    wrong: [{ load_balancer_type: "gateway" }],
  }),
  aws_s3_bucket: ({ partition, region, argument }) => ({
    right: {
      arn: `arn:${partition}:s3:::${argument("bucket")}`,
      bucket_regional_domain_name: `${argument("bucket")}.s3.${region}.amazonaws.com`,
    },
    wrong: [{ bucket_regional_domain_name: `${argument("bucket")}.s3.elsewhere-1.amazonaws.com` }],
  }),
  aws_secretsmanager_secret: ({ arn, argument }) => ({
    right: { arn: arn("secretsmanager", `secret:${argument("name")}-AbCdEf`) },
    wrong: [],
  }),
  aws_vpc_endpoint: (asked) => ({
    right: { service_name: endpointService(asked, "execute-api"), state: "available" },
    wrong: [{ service_name: endpointService(asked, "sqs") }, { state: "pendingAcceptance" }],
  }),
  aws_vpc_endpoint_service: (asked) => ({
    right: {
      service_name: endpointService(asked, "execute-api"),
      availability_zones: ["a", "b", "c"].map((zone) => `${asked.region}${zone}`),
    },
    wrong: [],
  }),
};

/** What AWS would answer, or undefined for a type that is not known here: the mocked provider makes something up then. */
export function answersTo({ type, args }: LookUp, place: Place): Answers | undefined {
  const partition = partitionOf(place.region);
  return answers[type]?.({
    ...place,
    partition,
    arn: (service, resource) => `arn:${partition}:${service}:${place.region}:${place.accountId}:${resource}`,
    argument: (name) => z.string().parse(args[name]),
  });
}
