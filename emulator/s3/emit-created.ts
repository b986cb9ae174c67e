import type { S3Event } from "./events.ts";
import type { Bucket, ObjectVersion } from "./object-version.ts";
import type { S3Context, S3Request } from "./s3-request.ts";
import { sourceIpOf } from "./source-ip.ts";

/** Tells of an object that is there now. */
export function emitCreated(
  name: S3Event["name"],
  { key, sizeBytes, eTag, versionId }: ObjectVersion,
  bucket: Bucket,
  request: S3Request,
  context: S3Context,
): void {
  const keptVersion = bucket.versioning && versionId;
  const sourceIp = sourceIpOf(request);
  context.emit({ name, bucket: bucket.name, key, sizeBytes, eTag, versionId: keptVersion, sourceIp });
}
