import type { ObjectVersion, Version } from "./object-version.ts";
import { noSuchKey, preconditionFailed, S3Error } from "./s3-error.ts";
import { header, type S3Request } from "./s3-request.ts";

const unquote = (eTag: string) => eTag.trim().replace(/^W\//, "").replaceAll('"', "");

function matches(list: string, eTag: string): boolean {
  return list.split(",").some((each) => each.trim() === "*" || unquote(each) === eTag);
}

/** In seconds, as dates in headers are; undefined where it is none. */
function secondsOf(date: string | undefined): number | undefined {
  const milliseconds = Date.parse(date ?? "");
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000);
}

/**
 * Whether a read that has the object already needs none of it: 304.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html says which condition precedes which.
 * @throws S3Error PreconditionFailed
 */
export function isNotModified(request: S3Request, { eTag, lastModified }: ObjectVersion, now: Date): boolean {
  const ifMatch = header(request, "if-match");
  const ifNoneMatch = header(request, "if-none-match");
  const modified = Math.floor(lastModified.getTime() / 1000);
  const unmodifiedSince = secondsOf(header(request, "if-unmodified-since"));
  if (ifMatch !== undefined && !matches(ifMatch, eTag)) throw preconditionFailed("If-Match");
  if (ifMatch === undefined && unmodifiedSince !== undefined && modified > unmodifiedSince) {
    throw preconditionFailed("If-Unmodified-Since");
  }
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, eTag);
  const modifiedSince = secondsOf(header(request, "if-modified-since"));
  return modifiedSince !== undefined && modified <= modifiedSince && modifiedSince * 1000 <= now.getTime();
}

/**
 * Checks the conditions of a write against what is there.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 * @throws S3Error PreconditionFailed, NoSuchKey, NotImplemented
 */
export function refuseFailedWrite(request: S3Request, existing: Version | undefined): void {
  const ifMatch = header(request, "if-match");
  const ifNoneMatch = header(request, "if-none-match");
  if (ifMatch !== undefined && ifNoneMatch !== undefined) throw unusable("If-Match,If-None-Match");
  if (ifNoneMatch !== undefined && ifNoneMatch !== "*") throw unusable("If-None-Match");
  if (ifMatch === "*") throw unusable("If-Match");
  const object = existing?.kind === "object" ? existing : undefined;
  if (ifNoneMatch !== undefined && object !== undefined) throw preconditionFailed("If-None-Match");
  if (ifMatch === undefined) return;
  if (object === undefined) throw noSuchKey(request.key);
  if (!matches(ifMatch, object.eTag)) throw preconditionFailed("If-Match");
}

/**
 * Checks the conditions of a completion: as those of a write, and the key has to be as it was when the upload was begun.
 * Recorded: test_multipart_if_match_with_put_identical, test_multipart_if_match_with_delete and
 * test_multipart_if_none_match_with_delete of
 * https://github.com/localstack/localstack/blob/022af99ecdf78652011ebb5692d86ceda8ba1a56/tests/aws/services/s3/test_s3_api.snapshot.json
 * @throws S3Error PreconditionFailed, NoSuchKey, NotImplemented, ConditionalRequestConflict
 */
export function refuseFailedCompletion(
  request: S3Request,
  { atBeginning, existing }: { atBeginning: Version | undefined; existing: Version | undefined },
): void {
  refuseFailedWrite(request, existing);
  const hasIfMatch = header(request, "if-match") !== undefined;
  const hasIfNoneMatch = header(request, "if-none-match") !== undefined;
  if (hasIfMatch && existing !== atBeginning) throw conditionalRequestConflict("If-Match", request.key);
  if (hasIfNoneMatch && atBeginning?.kind === "object") {
    throw conditionalRequestConflict("If-None-Match", request.key);
  }
}

function conditionalRequestConflict(Condition: string, Key: string): S3Error {
  return new S3Error(
    409,
    "ConditionalRequestConflict",
    "The conditional request cannot succeed due to a conflicting operation against this resource.",
    { Condition, Key },
  );
}

/**
 * Checks the condition of a deletion: an entity tag or `*`, of the present version alone.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
 * @throws S3Error PreconditionFailed, NoSuchKey
 */
export function refuseFailedDelete(
  { key, ifMatch }: { readonly key: string; readonly ifMatch?: string | undefined },
  existing: Version | undefined,
): void {
  if (ifMatch === undefined) return;
  if (existing === undefined) throw noSuchKey(key);
  if (existing.kind !== "object" || !matches(ifMatch, existing.eTag)) throw preconditionFailed("If-Match");
}

function unusable(Header: string): S3Error {
  return new S3Error(
    501,
    "NotImplemented",
    "A header you provided implies functionality that is not implemented",
    {
      Header,
      additionalMessage: Header.includes(",")
        ? "Multiple conditional request headers present in the request"
        : `We don't accept the provided value of ${Header} header for this API`,
    },
  );
}
