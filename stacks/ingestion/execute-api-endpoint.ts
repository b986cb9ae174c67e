import { DataAwsVpcEndpoint } from "@cdktf/provider-aws/lib/data-aws-vpc-endpoint/index.js";
import { DataAwsVpcEndpointService } from "@cdktf/provider-aws/lib/data-aws-vpc-endpoint-service/index.js";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group/index.js";
import { VpcEndpoint } from "@cdktf/provider-aws/lib/vpc-endpoint/index.js";
import { VpcEndpointPolicy } from "@cdktf/provider-aws/lib/vpc-endpoint-policy/index.js";
import { Construct } from "constructs";
import { policyDocument, type Statement } from "../constructs/policy-document.ts";
import { EndpointNetwork } from "./endpoint-network.ts";

export interface ExecuteApiEndpointProps {
  readonly namePrefix: string;
  readonly region: string;
  /** `account`: whose it is, where it is another's. */
  readonly vpcEndpoint: { kind: "existing"; id: string; account?: string } | ManagedEndpoint;
  /** CIDR blocks that a managed endpoint lets in: those of the external API proxy. */
  readonly proxyAddresses: string[];
}

interface ManagedEndpoint {
  readonly kind: "managed";
  readonly network:
    | { kind: "managed"; cidrBlock: string }
    | { kind: "existing"; vpcId: string; subnetIds: string[] };
}

/**
 * The VPC endpoint through which alone the APIs answer; an existing one is looked up and left as it is. That of another account
 * is not looked up: EC2 describes only the endpoints of the caller's own
 * (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpoints.html).
 */
export class ExecuteApiEndpoint extends Construct {
  readonly id: string;
  readonly kind: "existing" | "managed";

  constructor(scope: Construct, id: string, props: ExecuteApiEndpointProps) {
    super(scope, id);
    this.kind = props.vpcEndpoint.kind;
    this.id =
      props.vpcEndpoint.kind === "existing"
        ? this.#find(props.vpcEndpoint, props.region)
        : this.#create(props.namePrefix, props.vpcEndpoint, props.proxyAddresses);
  }

  /**
   * Lets only these APIs be called through a managed endpoint; the default policy reaches every account's.
   * A resource of its own, since the APIs name the endpoint and the policy names the APIs.
   */
  allow(executionArns: readonly string[]): void {
    if (this.kind === "managed") {
      new VpcEndpointPolicy(this, "policy", {
        vpcEndpointId: this.id,
        policy: policyDocument(endpointStatements(executionArns)),
      });
    }
  }

  #create(namePrefix: string, { network }: ManagedEndpoint, proxyAddresses: string[]): string {
    const service = new DataAwsVpcEndpointService(this, "service", { service: "execute-api" });
    const { vpcId, subnetIds } =
      network.kind === "existing"
        ? network
        : new EndpointNetwork(this, "network", {
            namePrefix,
            cidrBlock: network.cidrBlock,
            availabilityZones: service.availabilityZones,
          });
    const securityGroup = new SecurityGroup(this, "security-group", {
      name: `${namePrefix}-execute-api`,
      description: "HTTPS to the private APIs",
      vpcId,
      ingress: [
        {
          description: "External API proxy",
          protocol: "tcp",
          fromPort: 443,
          toPort: 443,
          cidrBlocks: proxyAddresses,
        },
      ],
    });
    return new VpcEndpoint(this, "endpoint", {
      vpcId,
      subnetIds,
      serviceName: service.serviceName,
      vpcEndpointType: "Interface",
      securityGroupIds: [securityGroup.id],
      // Private DNS would hide every public execute-api API from the whole VPC.
      privateDnsEnabled: false,
      tags: { Name: `${namePrefix}-execute-api` },
    }).id;
  }

  #find({ id, account }: { id: string; account?: string }, region: string): string {
    return account === undefined ? this.#lookUp(id, region) : id;
  }

  #lookUp(id: string, region: string): string {
    return new DataAwsVpcEndpoint(this, "endpoint", {
      id,
      lifecycle: {
        postcondition: [
          {
            condition: `\${endswith(self.service_name, format(".%s.execute-api", ${region}))}`,
            errorMessage: `The VPC endpoint \${self.id} must be one for execute-api in ${region}, it is for \${self.service_name}.`,
          },
          {
            condition: '${self.state == "available"}',
            errorMessage: "The VPC endpoint ${self.id} must be available, it is ${self.state}.",
          },
        ],
      },
    }).id;
  }
}

/** The policy of a managed endpoint, whose security group knows the addresses. */
function endpointStatements(executionArns: readonly string[]): Statement[] {
  return [
    {
      Sid: "CallTheseApis",
      Effect: "Allow",
      Principal: "*",
      Action: "execute-api:Invoke",
      Resource: executionArns.map((arn) => `${arn}/*`),
    },
  ];
}

/** What the owner of an existing endpoint needs in its policy: whatever the rest of it allows to others of the VPC. */
export function existingEndpointStatements(
  executionArns: readonly string[],
  proxyAddresses: readonly string[] | "any",
): Statement[] {
  const condition = proxyAddresses !== "any" && {
    Condition: { IpAddress: { "aws:VpcSourceIp": proxyAddresses } },
  };
  return endpointStatements(executionArns).map((statement) => ({ ...statement, ...condition }));
}
