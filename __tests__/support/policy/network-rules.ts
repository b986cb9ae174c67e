import type { StateResource } from "../deployment.ts";
import type { PolicyRule } from "./rule.ts";
import { find, list, managed } from "./state.ts";
import { allowed } from "./statements.ts";

const ANYWHERE = ["0.0.0.0/0", "::/0"];
const endpoint = { resource: "aws_vpc_endpoint" } as const;
const group = { resource: "aws_security_group" } as const;

export const networkRules: readonly PolicyRule[] = [
  {
    id: "PIA-VPCE-PRIVATE-DNS",
    sources: [],
    ...endpoint,
    sentence: "It is an interface without private DNS, which would hide public APIs from the whole VPC.",
    holds: ({ values }) =>
      values["vpc_endpoint_type"] === "Interface" && values["private_dns_enabled"] === false,
  },
  {
    id: "PIA-VPCE-SECURITY-GROUP",
    sources: [],
    ...endpoint,
    sentence: "Security groups of the stack guard it, not the VPC's default one.",
    holds: ({ values }, state) =>
      list(values["security_group_ids"]).length > 0 &&
      list(values["security_group_ids"]).every((id) => find(state, "aws_security_group", "id", id)),
  },
  {
    id: "PIA-VPCE-ZONES",
    sources: [],
    ...endpoint,
    sentence: "It is reached in two zones or more.",
    holds: ({ values }, state) => {
      const zones = list(values["subnet_ids"]).map(
        (id) => find(state, "aws_subnet", "id", id)?.values["availability_zone"] ?? id,
      );
      return new Set(zones).size >= 2;
    },
  },
  {
    id: "PIA-VPCE-POLICY",
    sources: [],
    ...endpoint,
    sentence: "It has a policy: the default one reaches the APIs of every account.",
    holds: ({ values }, state) =>
      find(state, "aws_vpc_endpoint_policy", "vpc_endpoint_id", values["id"]) !== undefined,
  },
  {
    id: "PIA-VPCE-POLICY-APIS",
    sources: [],
    resource: "aws_vpc_endpoint_policy",
    sentence: "Only calls are allowed, and only calls of the stack's own APIs.",
    holds: ({ values }, state) => {
      const apis = managed(state, "aws_api_gateway_rest_api").map((api) => `${api.values["execution_arn"]}/`);
      const grants = allowed(values["policy"]);
      return (
        grants.length > 0 &&
        grants.every(
          ({ actions, resources }) =>
            actions.every((action) => action === "execute-api:Invoke") &&
            resources.every((resource) => apis.some((api) => resource.startsWith(api))),
        )
      );
    },
  },
  {
    id: "AwsSolutions-EC23",
    sources: ["CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_260", "CKV_AWS_277", "CT.EC2.PR.3"],
    ...group,
    sentence: "Nobody gets in from just anywhere.",
    holds: ({ values }) => list(values["ingress"]).every((rule) => !reachesAnywhere(rule)),
  },
  {
    id: "PIA-SG-HTTPS",
    sources: [],
    ...group,
    sentence: "Only HTTPS gets in.",
    holds: ({ values }) =>
      list(values["ingress"]).every(
        ({ from_port, to_port, protocol }) => from_port === 443 && to_port === 443 && protocol === "tcp",
      ),
  },
  {
    id: "CKV_AWS_23",
    sources: ["AwsSolutions-EC27"],
    ...group,
    sentence: "The group and each of its rules say what they are for.",
    holds: ({ values }) =>
      [values, ...list(values["ingress"]), ...list(values["egress"])].every(
        ({ description }) => description && description !== "Managed by Terraform",
      ),
  },
  {
    id: "CKV_AWS_382",
    sources: [],
    ...group,
    sentence: "Nothing gets out to just anywhere.",
    holds: ({ values }) => list(values["egress"]).every((rule) => !reachesAnywhere(rule)),
  },
  {
    id: "CKV2_AWS_12",
    sources: [],
    resource: "aws_vpc",
    sentence: "The default security group lets nothing in or out.",
    holds: ({ values }, state) => {
      const closed = find(state, "aws_default_security_group", "vpc_id", values["id"])?.values;
      return closed !== undefined && [...list(closed["ingress"]), ...list(closed["egress"])].length === 0;
    },
  },
  {
    id: "PIA-VPC-CLOSED",
    sources: [],
    resource: "aws_vpc",
    sentence: "No gateway leads to the internet.",
    holds: ({ values }, state) =>
      managed(state, "aws_nat_gateway").length === 0 &&
      find(state, "aws_internet_gateway", "vpc_id", values["id"]) === undefined,
  },
  {
    id: "CKV2_AWS_11",
    sources: ["AwsSolutions-VPC7"],
    resource: "aws_vpc",
    sentence: "A flow log records its connections.",
    holds: ({ values }, state) => find(state, "aws_flow_log", "vpc_id", values["id"]) !== undefined,
  },
  {
    id: "CKV_AWS_130",
    sources: [],
    resource: "aws_subnet",
    sentence: "Nothing that starts here gets a public address.",
    holds: ({ values }) => values["map_public_ip_on_launch"] === false,
  },
];

function reachesAnywhere(rule: StateResource["values"]): boolean {
  return [...list(rule["cidr_blocks"]), ...list(rule["ipv6_cidr_blocks"])].some((block) =>
    ANYWHERE.includes(block),
  );
}
