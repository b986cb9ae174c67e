import { LARGEST_NETWORK_BITS } from "../../env/field-types.ts";
import type { Environment } from "../../env/schema.ts";
import {
  eachMatches,
  matches,
  rule,
  type TerraformVariables,
  wholeNumberBetween,
} from "./terraform-variables.ts";

/** An IPv4 network's own address and its prefix length. */
const isNetwork = (block: string) =>
  `try(cidrhost(${block}, 0) == split("/", ${block})[0], false) && !strcontains(${block}, ":")`;
const NO_LARGER_NETWORK = rule(
  (reference) =>
    `alltrue([for each in ${reference} : try(tonumber(split("/", each)[1]) >= ${LARGEST_NETWORK_BITS}, false)])`,
  `must not be larger than /${LARGEST_NETWORK_BITS}, unless the environment says allowEverybody.`,
);
const awsId = (prefix: string) => `^${prefix}-([0-9a-f]{8}|[0-9a-f]{17})$`;
const awsIdMessage = (prefix: string) => `must look like ${prefix}-0123456789abcdef0.`;

/** Variables that only one of an environment's choices needs, in the shape of that choice. */
export function declareChoices(variables: TerraformVariables, environment: Environment) {
  return {
    polling: declarePolling(variables, environment.queue),
    vpcEndpoint: declareVpcEndpoint(variables, environment),
    encryption: declareEncryption(variables, environment),
  };
}

function declarePolling(variables: TerraformVariables, { polling }: Environment["queue"]) {
  if (polling.kind === "on-demand") {
    return {
      kind: polling.kind,
      maximumConcurrency: variables.number(
        "maximum_concurrency",
        polling.maximumConcurrency,
        "Upper bound of concurrent invocations by the queue.",
        wholeNumberBetween(2, 1_000),
      ),
    };
  }
  return {
    kind: polling.kind,
    minimumPollers: variables.number(
      "minimum_pollers",
      polling.minimumPollers,
      "Pollers that are always ready.",
      wholeNumberBetween(2, 200),
    ),
    maximumPollers: variables.number(
      "maximum_pollers",
      polling.maximumPollers,
      "Upper bound of pollers.",
      wholeNumberBetween(2, 2_000),
      rule((reference) => `${reference} >= var.minimum_pollers`, "must not be below minimum_pollers."),
    ),
  };
}

function declareVpcEndpoint(variables: TerraformVariables, { vpcEndpoint }: Environment) {
  if (vpcEndpoint.kind === "existing") {
    return {
      kind: vpcEndpoint.kind,
      id: variables.string(
        "vpc_endpoint_id",
        vpcEndpoint.id,
        "Interface endpoint for execute-api through which the APIs are called.",
        matches(awsId("vpce"), awsIdMessage("vpce")),
      ),
    };
  }
  return {
    kind: vpcEndpoint.kind,
    allowedCidrBlocks: variables.strings(
      "allowed_cidr_blocks",
      vpcEndpoint.allowedCidrBlocks,
      "Who may open a connection to the VPC endpoint.",
      rule(
        (reference) =>
          `length(${reference}) > 0 && alltrue([for each in ${reference} : ${isNetwork("each")}])`,
        "must be IPv4 CIDR blocks such as 10.0.0.0/24.",
      ),
      ...(vpcEndpoint.allowEverybody ? [] : [NO_LARGER_NETWORK]),
    ),
    network: declareNetwork(variables, vpcEndpoint.network),
  };
}

type Network = Extract<Environment["vpcEndpoint"], { kind: "managed" }>["network"];

function declareNetwork(variables: TerraformVariables, network: Network) {
  if (network.kind === "managed") {
    return {
      kind: network.kind,
      cidrBlock: variables.string(
        "vpc_cidr_block",
        network.cidrBlock,
        "Address range of the VPC that the stack creates.",
        matches("/(1[6-9]|2[0-6])$", "must be an IPv4 CIDR block from /16 to /26."),
        rule(isNetwork, "must be an IPv4 CIDR block such as 10.0.0.0/24."),
      ),
    };
  }
  return {
    kind: network.kind,
    vpcId: variables.string(
      "vpc_id",
      network.vpcId,
      "VPC in which the stack creates the VPC endpoint.",
      matches(awsId("vpc"), awsIdMessage("vpc")),
    ),
    subnetIds: variables.strings(
      "subnet_ids",
      network.subnetIds,
      "Subnets of the VPC endpoint, one per availability zone.",
      eachMatches(awsId("subnet"), awsIdMessage("subnet")),
      rule(
        (reference) => `length(distinct(${reference})) == length(${reference})`,
        "must not name a subnet twice.",
      ),
    ),
  };
}

function declareEncryption(variables: TerraformVariables, { encryption }: Environment) {
  if (encryption.kind !== "existing") {
    return encryption;
  }
  return {
    kind: encryption.kind,
    keyArn: variables.string(
      "key_arn",
      encryption.keyArn,
      "KMS key that encrypts buckets, queues, table and logs.",
      matches("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[0-9a-zA-Z-]+$", "must be the ARN of a KMS key."),
      rule(
        (reference) => `try(split(":", ${reference})[3] == var.region, false)`,
        "must be a key of the stack's region.",
      ),
    ),
  };
}
