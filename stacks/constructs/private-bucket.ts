import { DataAwsS3Bucket } from "@cdktf/provider-aws/lib/data-aws-s3-bucket/index.js";
import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket/index.js";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls/index.js";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy/index.js";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block/index.js";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration/index.js";
import { type IResolvable, Op } from "cdktf";
import { Construct } from "constructs";
import { denyInsecureTransport, policyDocument, type Statement } from "./policy-document.ts";

export interface PrivateBucketProps {
  readonly kind: "existing" | "managed";
  readonly name: string;
  readonly region: string;
  /** Absent: SSE-S3. */
  readonly keyArn: string | undefined;
  readonly deletionProtection: boolean | IResolvable;
  /** Grants to roles that the stack does not own. */
  readonly roleGrants: readonly Statement[];
}

/** A bucket without public access, ACLs or plain HTTP; an existing one is looked up and left as it is. */
export class PrivateBucket extends Construct {
  readonly name: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: PrivateBucketProps) {
    super(scope, id);
    const bucket = props.kind === "existing" ? this.#lookUp(props) : this.#create(props);
    this.name = bucket.bucket;
    this.arn = bucket.arn;
  }

  #create(props: PrivateBucketProps): S3Bucket {
    const bucket = new S3Bucket(this, "bucket", {
      bucket: props.name,
      forceDestroy: Op.not(props.deletionProtection),
    });
    const publicAccessBlock = new S3BucketPublicAccessBlock(this, "public-access-block", {
      bucket: bucket.id,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketOwnershipControls(this, "ownership", {
      bucket: bucket.id,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
      bucket: bucket.id,
      rule: [encryptionRule(props.keyArn)],
    });
    new S3BucketPolicy(this, "policy", {
      bucket: bucket.id,
      policy: policyDocument(bucketStatements(bucket.arn, props.roleGrants)),
      dependsOn: [publicAccessBlock],
    });
    return bucket;
  }

  #lookUp({ name, region }: PrivateBucketProps): DataAwsS3Bucket {
    return new DataAwsS3Bucket(this, "bucket", {
      bucket: name,
      lifecycle: {
        postcondition: [
          {
            // `self.region` says nothing in provider 6, and `bucket_region` does not exist in provider 5.
            condition: `\${strcontains(self.bucket_regional_domain_name, format(".%s.", ${region}))}`,
            errorMessage: `The bucket \${self.bucket} must be in ${region}: S3 notifies only queues of its own region.`,
          },
        ],
      },
    });
  }
}

/** The policy of a managed bucket, and what the owner of an existing one needs in theirs. */
export function bucketStatements(bucketArn: string, roleGrants: readonly Statement[]): Statement[] {
  return [denyInsecureTransport("s3", [bucketArn, `${bucketArn}/*`]), ...roleGrants];
}

function encryptionRule(keyArn: string | undefined) {
  return keyArn
    ? {
        applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: keyArn },
        bucketKeyEnabled: true,
      }
    : { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } };
}
