import type { Bucket, ObjectVersion, Version } from "./object-version.ts";
import { invalidArgument, noSuchBucket, noSuchKey, noSuchVersion, S3Error } from "./s3-error.ts";
import type { S3Context, S3Request } from "./s3-request.ts";

/** @throws S3Error NoSuchBucket */
export function findBucket({ bucket: name }: Pick<S3Request, "bucket">, { store }: S3Context): Bucket {
  const bucket = store.bucketOf(name);
  if (bucket === undefined) throw noSuchBucket(name);
  return bucket;
}

/**
 * The id that a request names in `versionId`, if it is one.
 * @throws S3Error InvalidArgument
 */
export function versionIdOf({ query }: Pick<S3Request, "query">, { store }: S3Context): string | undefined {
  const versionId = query.get("versionId") ?? undefined;
  if (versionId !== undefined && !store.isVersionId(versionId)) {
    throw invalidArgument("Invalid version id specified", "versionId", versionId);
  }
  return versionId;
}

/** `x-amz-version-id`, where the bucket keeps versions or ever did. */
export function versionHeaders(
  bucket: Bucket,
  { versionId }: Pick<Version, "versionId">,
): Record<string, string> {
  return bucket.versioning === undefined ? {} : { "x-amz-version-id": versionId };
}

/**
 * The object that is asked for, by its key or by a version.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html
 * @throws S3Error NoSuchKey, NoSuchVersion; MethodNotAllowed of a delete marker that is named
 */
export function findObject(request: S3Request, bucket: Bucket, context: S3Context): ObjectVersion {
  const { store } = context;
  const versionId = versionIdOf(request, context);
  const version =
    versionId === undefined
      ? store.latest(bucket, request.key)
      : store.version(bucket, request.key, versionId);
  if (version?.kind === "object") return version;
  if (version === undefined) {
    throw versionId === undefined ? noSuchKey(request.key) : noSuchVersion(request.key, versionId);
  }
  const headers = { "x-amz-delete-marker": "true", ...versionHeaders(bucket, version) };
  if (versionId === undefined) throw noSuchKey(request.key, headers);
  throw new S3Error(
    405,
    "MethodNotAllowed",
    "The specified method is not allowed against this resource.",
    { Method: request.method, ResourceType: "DeleteMarker" },
    { ...headers, allow: "DELETE", "last-modified": version.lastModified.toUTCString() },
  );
}
