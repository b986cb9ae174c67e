import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js";
import type { Construct } from "constructs";
import { PrivateBucket, type PrivateBucketProps } from "../constructs/private-bucket.ts";

export interface IntakeBucketProps extends PrivateBucketProps {
  /** Far beyond all queue retentions: what is this old was never processed. */
  readonly objectDays: number;
}

/** A queue of payloads, not an archive: unversioned, and each object is deleted once its outcome is stored. */
export class IntakeBucket extends PrivateBucket {
  constructor(scope: Construct, id: string, props: IntakeBucketProps) {
    super(scope, id, props);
    if (props.kind === "managed") {
      new S3BucketLifecycleConfiguration(this, "lifecycle", {
        bucket: this.name,
        rule: [
          {
            id: "expire-unprocessed",
            status: "Enabled",
            filter: [{ prefix: "" }],
            expiration: [{ days: props.objectDays }],
            abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
          },
        ],
      });
    }
  }
}
