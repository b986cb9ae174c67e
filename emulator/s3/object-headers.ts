import { encodeMetadata } from "./encode-metadata.ts";
import type { ObjectHeaders, ObjectVersion } from "./object-version.ts";
import { invalidArgument, notImplemented, S3Error } from "./s3-error.ts";
import type { S3Request } from "./s3-request.ts";

const metadataPrefix = "x-amz-meta-";
const maxMetadataBytes = 2048;

const kept = [
  "content-type",
  "content-encoding",
  "content-disposition",
  "content-language",
  "cache-control",
  "expires",
  "x-amz-server-side-encryption",
  "x-amz-server-side-encryption-aws-kms-key-id",
  "x-amz-server-side-encryption-bucket-key-enabled",
];

/** Ask for what is not done here, and an object that goes without it is not what the writer wants. */
const refused =
  /^x-amz-(object-lock-|server-side-encryption-(customer|context)|website-redirect|write-offset)/;

/**
 * What an object keeps of the headers that it is written with.
 * @throws S3Error MetadataTooLarge, AccessControlListNotSupported, NotImplemented
 */
export function keptHeaders({ headers }: S3Request): ObjectHeaders {
  const lines = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
  refuseOthers(lines);
  const metadata = lines.filter(([name]) => name.startsWith(metadataPrefix));
  const metadataBytes = metadata.reduce(
    (sum, [name, value]) => sum + name.length - metadataPrefix.length + Buffer.byteLength(value, "latin1"),
    0,
  );
  if (metadataBytes > maxMetadataBytes) {
    throw new S3Error(
      400,
      "MetadataTooLarge",
      "Your metadata headers exceed the maximum allowed metadata size",
      {
        Size: String(metadataBytes),
        MaxSizeAllowed: String(maxMetadataBytes),
      },
    );
  }
  const system = lines.filter(([name]) => kept.includes(name)).map(withoutTransferEncoding);
  return {
    "content-type": "binary/octet-stream",
    "x-amz-server-side-encryption": "AES256",
    ...Object.fromEntries([...system, ...metadata].filter(([, value]) => value !== "")),
  };
}

/** `aws-chunked` is of the request alone. */
function withoutTransferEncoding([name, value]: [string, string]): [string, string] {
  if (name !== "content-encoding") return [name, value];
  const codings = value.split(",").map((coding) => coding.trim());
  return codings.includes("aws-chunked")
    ? [name, codings.filter((coding) => coding !== "aws-chunked").join(",")]
    : [name, value];
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html */
function refuseOthers(lines: readonly [string, string][]): void {
  for (const [name, value] of lines) {
    if ((name === "x-amz-acl" && value !== "bucket-owner-full-control") || name.startsWith("x-amz-grant-")) {
      throw new S3Error(400, "AccessControlListNotSupported", "The bucket does not allow ACLs");
    }
    if (refused.test(name) || (name === "x-amz-storage-class" && value !== "STANDARD")) {
      throw notImplemented(`the header ${name}`);
    }
  }
}

const maxTags = 10;

/**
 * Of `x-amz-tagging`: the tags of a new object, as a query has them.
 * @throws S3Error InvalidArgument, BadRequest
 */
export function parseTagging(tagging: string | undefined): Readonly<Record<string, string>> {
  const pairs = [...new URLSearchParams(tagging ?? "")];
  const tags = Object.fromEntries(pairs);
  if (Object.keys(tags).length !== pairs.length || pairs.some(([name]) => name === "")) {
    throw invalidArgument(
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
      "x-amz-tagging",
      tagging ?? "",
    );
  }
  refuseTooManyTags(tags);
  return tags;
}

export function refuseTooManyTags(tags: Readonly<Record<string, string>>): void {
  if (Object.keys(tags).length > maxTags) {
    throw new S3Error(400, "BadRequest", `Object tags cannot be greater than ${maxTags}`);
  }
}

/** What GET and HEAD say of an object, whichever of its bytes they give. */
export function objectHeaders(object: ObjectVersion): Record<string, string> {
  const tagCount = Object.keys(object.tags).length;
  const kept = Object.entries(object.headers).map(([name, value]) =>
    name.startsWith(metadataPrefix) ? [name, encodeMetadata(value)] : [name, value],
  );
  return {
    ...Object.fromEntries(kept),
    etag: `"${object.eTag}"`,
    "last-modified": object.lastModified.toUTCString(),
    "accept-ranges": "bytes",
    ...(tagCount > 0 && { "x-amz-tagging-count": String(tagCount) }),
  };
}

/** What the answer to a write says of how the object is encrypted. */
export function encryptionHeaders(headers: ObjectHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.startsWith("x-amz-server-side-encryption")),
  );
}
