import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group/index.js";
import { Subnet } from "@cdktf/provider-aws/lib/subnet/index.js";
import { Vpc } from "@cdktf/provider-aws/lib/vpc/index.js";
import { Fn } from "cdktf";
import { Construct } from "constructs";

const SUBNETS = 2;

export interface EndpointNetworkProps {
  readonly namePrefix: string;
  readonly cidrBlock: string;
  /** Zones that offer the endpoint service, which are not all zones of every region. */
  readonly availabilityZones: string[];
}

/** A VPC without any way to the internet: all that an endpoint needs in an empty account. */
export class EndpointNetwork extends Construct {
  readonly vpcId: string;
  readonly subnetIds: string[];

  constructor(scope: Construct, id: string, props: EndpointNetworkProps) {
    super(scope, id);
    const vpc = new Vpc(this, "vpc", {
      cidrBlock: props.cidrBlock,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: { Name: props.namePrefix },
    });
    new DefaultSecurityGroup(this, "default-security-group", { vpcId: vpc.id });
    const zones = Fn.sort(props.availabilityZones);
    this.vpcId = vpc.id;
    this.subnetIds = Array.from(
      { length: SUBNETS },
      (_, index) =>
        new Subnet(this, `subnet-${index + 1}`, {
          vpcId: vpc.id,
          cidrBlock: Fn.cidrsubnet(props.cidrBlock, 2, index),
          availabilityZone: Fn.element(zones, index),
          tags: { Name: `${props.namePrefix}-${index + 1}` },
        }).id,
    );
  }
}
