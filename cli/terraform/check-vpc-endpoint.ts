import { DescribeVpcEndpointsCommand, EC2Client } from "@aws-sdk/client-ec2";
import { type Look, lookClientConfig, problem, unlooked } from "./finding.ts";

/**
 * Whether an existing endpoint is one of the environment's account. Terraform says of another only "no matching EC2 VPC Endpoint
 * found", before any postcondition.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
export const lookAtVpcEndpoint: Look = async (environment, env) => {
  const { name, accountId, region, vpcEndpoint } = environment;
  if (vpcEndpoint.kind === "managed" || vpcEndpoint.account !== undefined) return [];
  const { id } = vpcEndpoint;
  const missing = problem(
    `There is no VPC endpoint ${id} in ${region} of account ${accountId}. If it belongs to another account, such as a network account, write into env/${name}.ts:\n  vpcEndpoint: { kind: "existing", id: "${id}", account: "<its 12 digits>" },\nOtherwise correct the id there.`,
  );
  try {
    const { VpcEndpoints = [] } = await new EC2Client(lookClientConfig(environment, env)).send(
      new DescribeVpcEndpointsCommand({ VpcEndpointIds: [id] }),
    );
    return VpcEndpoints.length === 0 ? [missing] : [];
  } catch (error) {
    if (error instanceof Error && error.name === "InvalidVpcEndpointId.NotFound") return [missing];
    return [
      unlooked(`whether account ${accountId} has the VPC endpoint ${id}`, "ec2:DescribeVpcEndpoints", error),
    ];
  }
};
