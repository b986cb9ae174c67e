import { findBucket } from "../find-version.ts";
import { compareKeys } from "../key-order.ts";
import { behindMarker, formatTime, listPage, nameEncoder, type Page, parseMaxKeys } from "../list-page.ts";
import type { ObjectVersion } from "../object-version.ts";
import { ownerOf } from "../owner.ts";
import { invalidArgument } from "../s3-error.ts";
import type { Operation, S3Answer, S3Context, S3Request } from "../s3-request.ts";
import { formatXml, type XmlContent } from "../xml.ts";

export const listObjectsOperations: readonly Operation[] = [
  { name: "ListObjects", method: "GET", on: "bucket", run: listObjects },
  { name: "ListObjectsV2", method: "GET", on: "bucket", subresource: "list-type", run: listObjectsV2 },
];

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html */
function listObjects(request: S3Request, context: S3Context): S3Answer {
  const { query } = request;
  const encode = nameEncoder(query);
  const marker = query.get("marker") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const page = pageOf(request, context, marker === "" ? () => true : behindMarker(marker));
  const owner = ownerOf(context.accountId);
  return answer(request, page, {
    Marker: encode(marker),
    // Without a delimiter the last key itself is the next marker.
    NextMarker: page.isTruncated && delimiter !== "" ? encode(lastNameOf(page)) : undefined,
    Contents: page.entries.map((object) => ({ ...contentOf(object, encode), Owner: owner })),
  });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
function listObjectsV2(request: S3Request, context: S3Context): S3Answer {
  const { query } = request;
  if (query.get("list-type") !== "2") {
    throw invalidArgument(
      "Invalid List Type specified in Request",
      "list-type",
      query.get("list-type") ?? "",
    );
  }
  const encode = nameEncoder(query);
  const token = query.get("continuation-token");
  const startAfter = query.get("start-after");
  const page = pageOf(request, context, behind(token, startAfter));
  const Owner = query.get("fetch-owner") === "true" ? ownerOf(context.accountId) : undefined;
  return answer(request, page, {
    KeyCount: page.entries.length + page.commonPrefixes.length,
    ContinuationToken: token ?? undefined,
    NextContinuationToken: page.isTruncated ? formatToken(lastNameOf(page)) : undefined,
    StartAfter: startAfter === null ? undefined : encode(startAfter),
    Contents: page.entries.map((object) => ({ ...contentOf(object, encode), Owner })),
  });
}

function behind(token: string | null, startAfter: string | null) {
  if (token !== null) return behindMarker(parseToken(token));
  // What is listed together counts by its keys here: a group goes on behind the key that is named.
  return (key: string) => startAfter === null || compareKeys(key, startAfter) > 0;
}

function formatToken(name: string): string {
  return Buffer.from(name).toString("base64");
}

function parseToken(token: string): string {
  const name = Buffer.from(token, "base64").toString();
  if (token === "" || formatToken(name) !== token) {
    throw invalidArgument("The continuation token provided is incorrect", "continuation-token", token);
  }
  return name;
}

function pageOf(
  request: S3Request,
  context: S3Context,
  isBehind: (key: string, commonPrefix: string | undefined) => boolean,
): Page<ObjectVersion> {
  const { query } = request;
  const bucket = findBucket(request, context);
  return listPage(context.store.objects(bucket), {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter") ?? "",
    maxKeys: parseMaxKeys(query),
    isBehind,
  });
}

function lastNameOf({ last }: Page<ObjectVersion>): string {
  if (last === undefined) return "";
  return "entry" in last ? last.entry.key : last.commonPrefix;
}

function contentOf(object: ObjectVersion, encode: (name: string) => string) {
  return {
    Key: encode(object.key),
    LastModified: formatTime(object.lastModified),
    ETag: `"${object.eTag}"`,
    ChecksumAlgorithm: object.checksum?.algorithm.toUpperCase(),
    ChecksumType: object.checksum?.type,
    Size: object.sizeBytes,
    StorageClass: "STANDARD",
  };
}

function answer(
  { bucket, query }: S3Request,
  page: Page<ObjectVersion>,
  own: Record<string, XmlContent>,
): S3Answer {
  const encode = nameEncoder(query);
  const delimiter = query.get("delimiter") ?? "";
  return {
    status: 200,
    body: formatXml("ListBucketResult", {
      Name: bucket,
      Prefix: encode(query.get("prefix") ?? ""),
      Delimiter: delimiter === "" ? undefined : encode(delimiter),
      MaxKeys: parseMaxKeys(query),
      EncodingType: query.get("encoding-type") ?? undefined,
      IsTruncated: page.isTruncated,
      ...own,
      CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
    }),
  };
}
