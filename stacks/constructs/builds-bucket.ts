import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js";
import { Construct } from "constructs";
import { RELEASES_PREFIX, REQUESTS_PREFIX, RESULTS_PREFIX } from "../../env/builds.ts";
import type { AwsAccount } from "./aws-account.ts";
import type { Statement } from "./policy-document.ts";
import { PrivateBucket } from "./private-bucket.ts";
import { useKey } from "./role-permissions.ts";

export interface BuildsBucketProps {
  readonly account: AwsAccount;
  readonly name: string;
  readonly keyArn: string;
}

/** What was built, by its hash, and what checks and plans tell each other. */
export class BuildsBucket extends Construct {
  readonly name: string;
  readonly #arn: string;
  readonly #props: BuildsBucketProps;

  constructor(scope: Construct, id: string, props: BuildsBucketProps) {
    super(scope, id);
    this.#props = props;
    const bucket = new PrivateBucket(this, "bucket", {
      kind: "managed",
      name: props.name,
      region: props.account.region,
      keyArn: props.keyArn,
      deletionProtection: true,
      roleGrants: [],
    });
    this.name = bucket.name;
    this.#arn = bucket.arn;
    new S3BucketLifecycleConfiguration(this, "lifecycle", {
      bucket: bucket.name,
      rule: [
        expire("old-builds", RELEASES_PREFIX, 365),
        expire("old-requests", REQUESTS_PREFIX, 7),
        expire("old-results", RESULTS_PREFIX, 7),
      ],
    });
  }

  /** To read and write objects below these prefixes, and nothing else. */
  statements({ read, write }: { readonly read: string; readonly write: string }): Statement[] {
    return [
      { Sid: "ReadBuilds", Effect: "Allow", Action: "s3:GetObject", Resource: `${this.#arn}/${read}*` },
      { Sid: "WriteBuilds", Effect: "Allow", Action: "s3:PutObject", Resource: `${this.#arn}/${write}*` },
      ...useKey(this.#props, "UseKeyForBuilds", ["s3"], ["kms:Decrypt", "kms:GenerateDataKey"]),
    ];
  }
}

function expire(id: string, prefix: string, days: number) {
  return {
    id,
    status: "Enabled",
    filter: [{ prefix }],
    expiration: [{ days }],
    abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
  };
}
