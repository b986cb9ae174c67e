import { findBucket } from "../find-version.ts";
import {
  behindMarker,
  formatTime,
  listPage,
  nameEncoder,
  type Page,
  type PageRequest,
  parseMaxKeys,
} from "../list-page.ts";
import type { Bucket, Version } from "../object-version.ts";
import { ownerOf } from "../owner.ts";
import { invalidArgument } from "../s3-error.ts";
import type { Operation, S3Answer, S3Context, S3Request } from "../s3-request.ts";
import { formatXml, type XmlContent } from "../xml.ts";

export const listObjectVersionsOperations: readonly Operation[] = [
  {
    name: "ListObjectVersions",
    method: "GET",
    on: "bucket",
    subresource: "versions",
    run: listObjectVersions,
  },
];

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
function listObjectVersions(request: S3Request, context: S3Context): S3Answer {
  const { query } = request;
  const bucket = findBucket(request, context);
  const encode = nameEncoder(query);
  const { keyMarker, versionIdMarker } = parseMarkers(query, context);
  const delimiter = query.get("delimiter") ?? "";
  const page = listPage(versionsBehind(context.store.versions(bucket), keyMarker, versionIdMarker), {
    prefix: query.get("prefix") ?? "",
    delimiter,
    maxKeys: parseMaxKeys(query),
    isBehind: isBehind(keyMarker, versionIdMarker),
  });
  const owner = ownerOf(context.accountId);
  return {
    status: 200,
    body: formatXml("ListVersionsResult", {
      Name: bucket.name,
      Prefix: encode(query.get("prefix") ?? ""),
      KeyMarker: encode(keyMarker),
      VersionIdMarker: versionIdMarker,
      ...nextMarkersOf(page, encode),
      MaxKeys: parseMaxKeys(query),
      Delimiter: delimiter === "" ? undefined : encode(delimiter),
      EncodingType: query.get("encoding-type") ?? undefined,
      IsTruncated: page.isTruncated,
      ...describeAll(page.entries, (version) => ({ ...describe(version, bucket, encode), Owner: owner })),
      CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
    }),
  };
}

function parseMarkers(query: URLSearchParams, { store }: S3Context) {
  const keyMarker = query.get("key-marker") ?? "";
  const versionIdMarker = query.get("version-id-marker") ?? "";
  if (versionIdMarker !== "" && keyMarker === "") {
    throw invalidArgument(
      "A version-id marker cannot be specified without a key marker.",
      "version-id-marker",
      versionIdMarker,
    );
  }
  if (versionIdMarker !== "" && !store.isVersionId(versionIdMarker)) {
    throw invalidArgument("Invalid version id specified", "version-id-marker", versionIdMarker);
  }
  return { keyMarker, versionIdMarker };
}

/** Of the marker's own key only what is older than the version that is named. */
function* versionsBehind(versions: Iterable<Version>, keyMarker: string, versionIdMarker: string) {
  let isReached = versionIdMarker === "";
  for (const version of versions) {
    if (version.key !== keyMarker || isReached) yield version;
    else isReached = version.versionId === versionIdMarker;
  }
}

function isBehind(keyMarker: string, versionIdMarker: string): PageRequest["isBehind"] {
  if (keyMarker === "") return () => true;
  const behindKey = behindMarker(keyMarker);
  return (key, commonPrefix) => (versionIdMarker !== "" && key === keyMarker) || behindKey(key, commonPrefix);
}

function nextMarkersOf({ last, isTruncated }: Page<Version>, encode: (name: string) => string) {
  if (!isTruncated || last === undefined) return {};
  return "entry" in last
    ? { NextKeyMarker: encode(last.entry.key), NextVersionIdMarker: last.entry.versionId }
    : { NextKeyMarker: encode(last.commonPrefix) };
}

/** Objects and delete markers stand among one another in Amazon S3; readers part them by their names. */
function describeAll(versions: readonly Version[], describeOne: (version: Version) => XmlContent) {
  const ofKind = (kind: Version["kind"]) =>
    versions.filter((version) => version.kind === kind).map(describeOne);
  return { Version: ofKind("object"), DeleteMarker: ofKind("delete-marker") };
}

function describe(version: Version, bucket: Bucket, encode: (name: string) => string) {
  return {
    Key: encode(version.key),
    VersionId: version.versionId,
    IsLatest: bucket.keys.get(version.key)?.[0] === version,
    LastModified: formatTime(version.lastModified),
    ...(version.kind === "object" && {
      ETag: `"${version.eTag}"`,
      ChecksumAlgorithm: version.checksum?.algorithm.toUpperCase(),
      ChecksumType: version.checksum?.type,
      Size: version.sizeBytes,
      StorageClass: "STANDARD",
    }),
  };
}
