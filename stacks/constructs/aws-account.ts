import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition/index.js";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider/index.js";
import { Construct } from "constructs";

export interface AwsAccountProps {
  readonly accountId: string;
  readonly region: string;
  readonly tags: Record<string, string>;
}

/** The account and region everything lives in; the provider refuses every other account. */
export class AwsAccount extends Construct {
  readonly id: string;
  readonly region: string;
  readonly partition: string;
  readonly dnsSuffix: string;

  constructor(scope: Construct, id: string, props: AwsAccountProps) {
    super(scope, id);
    new AwsProvider(this, "aws", {
      region: props.region,
      allowedAccountIds: [props.accountId],
      defaultTags: [{ tags: props.tags }],
    });
    const partition = new DataAwsPartition(this, "partition", {});
    this.id = props.accountId;
    this.region = props.region;
    this.partition = partition.partition;
    this.dnsSuffix = partition.dnsSuffix;
  }

  /** ARN of something in this account and region. */
  arn(service: string, resource: string): string {
    return `arn:${this.partition}:${service}:${this.region}:${this.id}:${resource}`;
  }

  bucketArn(name: string): string {
    return `arn:${this.partition}:s3:::${name}`;
  }

  get rootArn(): string {
    return `arn:${this.partition}:iam::${this.id}:root`;
  }
}
