import { Fn } from "cdktf";
import type { AwsAccount } from "../constructs/aws-account.ts";
import type { Statement } from "../constructs/policy-document.ts";

export interface BuildVpc {
  readonly vpcId: string;
  readonly subnetIds: string[];
  readonly securityGroupIds: string[];
}

/**
 * What CodeBuild needs to give a build a network interface in a VPC, of AWS's own example, with the interfaces kept to the
 * subnets and security groups of the build. A subnet that another account shares has that account in its ARN.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-iam-identity-based-access-control.html#customer-managed-policies-example-create-vpc-network-interface
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
export function networkPermissions(account: AwsAccount, vpc: BuildVpc): Statement[] {
  const { partition, region } = account;
  const interfaces = account.arn("ec2", "network-interface/*");
  const arns = (type: string, ids: string[]): string[] =>
    Fn.formatlist(`arn:%s:ec2:%s:*:${type}/%s`, [partition, region, ids]);
  const subnets = arns("subnet", vpc.subnetIds);
  const allow = (Sid: string, Action: Statement["Action"], Resource: Statement["Resource"]): Statement => ({
    Sid,
    Effect: "Allow",
    Action,
    Resource,
  });
  return [
    allow(
      "LookAtNetwork",
      // EC2 knows these for everything or for nothing.
      ["DhcpOptions", "NetworkInterfaces", "SecurityGroups", "Subnets", "Vpcs"].map(
        (things) => `ec2:Describe${things}`,
      ),
      "*",
    ),
    allow(
      "CreateAndDeleteInterfaces",
      ["ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"],
      interfaces,
    ),
    allow("InSubnets", "ec2:CreateNetworkInterface", subnets),
    allow("InSecurityGroups", "ec2:CreateNetworkInterface", arns("security-group", vpc.securityGroupIds)),
    {
      ...allow("LendInterfaces", "ec2:CreateNetworkInterfacePermission", interfaces),
      Condition: {
        StringEquals: { "ec2:AuthorizedService": "codebuild.amazonaws.com" },
        ArnLike: { "ec2:Subnet": subnets },
      },
    },
  ];
}
