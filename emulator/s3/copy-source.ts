import { isNotModified } from "./conditions.ts";
import { findBucket, findObject } from "./find-version.ts";
import type { Bucket, ObjectVersion } from "./object-version.ts";
import { invalidArgument, invalidRequest, preconditionFailed, S3Error } from "./s3-error.ts";
import { header, type S3Context, type S3Request } from "./s3-request.ts";

export const COPY_SOURCE = "x-amz-copy-source";

/** More than that is copied in parts. */
export const MAX_COPY_BYTES = 5 * 1024 ** 3;

export interface CopySource {
  readonly bucket: Bucket;
  readonly object: ObjectVersion;
  /** Whether the request names a version. */
  readonly namesVersion: boolean;
}

/**
 * The object that a request copies, if its conditions hold.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 * @throws S3Error NoSuchBucket, NoSuchKey, NoSuchVersion, InvalidArgument, InvalidRequest, PreconditionFailed
 */
export function findCopySource(request: S3Request, context: S3Context): CopySource {
  const source = parseCopySource(header(request, COPY_SOURCE) ?? "");
  const sourceRequest: S3Request = { ...request, ...source, headers: conditionsOf(request) };
  const bucket = findBucket(sourceRequest, context);
  const object = findSourceObject(sourceRequest, bucket, context);
  refuseFailedConditions(sourceRequest, object, context);
  return { bucket, object, namesVersion: source.query.has("versionId") };
}

function parseCopySource(value: string): Pick<S3Request, "bucket" | "key" | "query"> {
  const queryAt = value.lastIndexOf("?versionId=");
  const path = (queryAt === -1 ? value : value.slice(0, queryAt)).replace(/^\//, "");
  const slash = path.indexOf("/");
  try {
    const bucket = decodeURIComponent(path.slice(0, slash));
    const key = decodeURIComponent(path.slice(slash + 1));
    const query = new URLSearchParams(queryAt === -1 ? "" : value.slice(queryAt + 1));
    if (slash > 0 && key !== "") return { bucket, key, query };
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
  // Recorded with the header's name for its value: test_s3_copy_object_wrong_format of
  // https://github.com/localstack/localstack/blob/8ea6f2f662584fa9f4a425c2bb2d47c35dba3078/tests/aws/services/s3/test_s3.snapshot.json
  throw invalidArgument("Invalid copy source object key", COPY_SOURCE, COPY_SOURCE);
}

function findSourceObject(request: S3Request, bucket: Bucket, context: S3Context): ObjectVersion {
  try {
    return findObject(request, bucket, context);
  } catch (error) {
    if (error instanceof S3Error && error.code === "MethodNotAllowed") {
      throw invalidRequest(
        "The source of a copy request may not specifically refer to a delete marker by version id.",
      );
    }
    throw error;
  }
}

const conditions = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"];

/** Those of the source, under the names that they have when it is read. */
function conditionsOf(request: S3Request): S3Request["headers"] {
  return Object.fromEntries(
    conditions.flatMap((name) => {
      const value = header(request, `${COPY_SOURCE}-${name}`);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** What spares a read its answer fails a copy. */
function refuseFailedConditions(request: S3Request, object: ObjectVersion, { store }: S3Context): void {
  try {
    if (!isNotModified(request, object, store.now())) return;
  } catch (error) {
    const isFailed = error instanceof S3Error && error.code === "PreconditionFailed";
    throw isFailed ? preconditionFailed(`${COPY_SOURCE}-${error.details["Condition"]}`) : error;
  }
  const name = header(request, "if-none-match") === undefined ? "If-Modified-Since" : "If-None-Match";
  throw preconditionFailed(`${COPY_SOURCE}-${name}`);
}
