import { refuseFailedDelete } from "../conditions.ts";
import { findBucket, versionHeaders, versionIdOf } from "../find-version.ts";
import { NULL_VERSION, type Version } from "../object-version.ts";
import { header, type Operation, type S3Answer, type S3Context, type S3Request } from "../s3-request.ts";
import { sourceIpOf } from "../source-ip.ts";

export const deleteObjectOperations: readonly Operation[] = [
  { name: "DeleteObject", method: "DELETE", on: "object", run: deleteObject },
];

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html */
async function deleteObject(request: S3Request, context: S3Context): Promise<S3Answer> {
  const bucket = findBucket(request, context);
  const versionId = versionIdOf(request, context);
  const ifMatch = header(request, "if-match");
  const { marker, removed } = await deleteOne(request, { key: request.key, versionId, ifMatch }, context);
  const isMarker = (marker ?? removed)?.kind === "delete-marker";
  const named = marker ?? (versionId === undefined ? undefined : { versionId });
  return {
    status: 204,
    headers: {
      ...(named && versionHeaders(bucket, named)),
      ...(isMarker && { "x-amz-delete-marker": "true" }),
    },
  };
}

export interface Deletion {
  readonly key: string;
  readonly versionId?: string | undefined;
  /** An entity tag, or `*`. */
  readonly ifMatch?: string | undefined;
}

export interface Deleted {
  /** What now stands for the deletion. */
  readonly marker?: Version | undefined;
  /** What was named, and is gone for good. */
  readonly removed?: Version | undefined;
}

/**
 * Deletes an object, or a version of it, and tells of it. What is not there is deleted already.
 * @throws S3Error PreconditionFailed, NoSuchKey
 */
export async function deleteOne(
  request: S3Request,
  { key, versionId, ifMatch }: Deletion,
  context: S3Context,
): Promise<Deleted> {
  const { store } = context;
  const bucket = findBucket(request, context);
  return await store.exclusively(bucket, key, async () => {
    const latest = store.latest(bucket, key);
    refuseFailedDelete({ key, ifMatch }, latest);
    const event = { bucket: bucket.name, key, sourceIp: sourceIpOf(request) };
    if (versionId !== undefined || bucket.versioning === undefined) {
      const removed = await store.removeVersion(bucket, key, versionId ?? NULL_VERSION);
      const removedId = bucket.versioning && removed?.versionId;
      if (removed !== undefined)
        context.emit({ ...event, name: "ObjectRemoved:Delete", versionId: removedId });
      return { removed: versionId === undefined ? undefined : removed };
    }
    const marker = await store.remove(bucket, key);
    context.emit({ ...event, name: "ObjectRemoved:DeleteMarkerCreated", versionId: marker?.versionId });
    return { marker };
  });
}
