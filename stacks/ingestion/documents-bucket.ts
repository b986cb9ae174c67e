import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration/index.js";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning/index.js";
import type { Construct } from "constructs";
import { PrivateBucket, type PrivateBucketProps } from "../constructs/private-bucket.ts";

export interface DocumentsBucketProps extends PrivateBucketProps {
  readonly nonCurrentDays: number;
}

/**
 * The documents of stored records, versioned, since only versions can be removed while others are written. The functions remove
 * them; the lifecycle is left with what was put twice.
 */
export class DocumentsBucket extends PrivateBucket {
  constructor(scope: Construct, id: string, props: DocumentsBucketProps) {
    super(scope, id, props);
    if (props.kind === "managed") {
      this.#version(props.nonCurrentDays);
    }
  }

  #version(nonCurrentDays: number): void {
    const versioning = new S3BucketVersioningA(this, "versioning", {
      bucket: this.name,
      versioningConfiguration: { status: "Enabled" },
    });
    new S3BucketLifecycleConfiguration(this, "lifecycle", {
      bucket: this.name,
      rule: [
        {
          id: "expire-noncurrent",
          status: "Enabled",
          filter: [{ prefix: "" }],
          noncurrentVersionExpiration: [{ noncurrentDays: nonCurrentDays }],
          expiration: [{ expiredObjectDeleteMarker: true }],
          abortIncompleteMultipartUpload: [{ daysAfterInitiation: 1 }],
        },
      ],
      // S3 refuses rules for noncurrent versions while a bucket is not versioned.
      dependsOn: [versioning],
    });
  }
}
