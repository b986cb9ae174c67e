import { checksumElementOf } from "../checksums.ts";
import { findBucket } from "../find-version.ts";
import { compareKeys } from "../key-order.ts";
import { behindMarker, formatTime, listPage, nameEncoder, parseMaxKeys } from "../list-page.ts";
import { findUpload, type MultipartUpload, uploadsOf } from "../multipart-uploads.ts";
import { ownerOf } from "../owner.ts";
import { invalidArgument } from "../s3-error.ts";
import type { Operation, S3Answer, S3Context, S3Request } from "../s3-request.ts";
import { formatXml, type XmlContent } from "../xml.ts";

export const listMultipartOperations: readonly Operation[] = [
  { name: "ListParts", method: "GET", on: "object", subresource: "uploadId", run: listParts },
  { name: "ListMultipartUploads", method: "GET", on: "bucket", subresource: "uploads", run: listUploads },
];

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html */
function listParts(request: S3Request, context: S3Context): S3Answer {
  const { bucket, upload } = findUpload(request, context);
  const encode = nameEncoder(request.query);
  const maxParts = parseMaxKeys(request.query, "max-parts");
  const marker = parsePartMarker(request.query);
  const behind = [...upload.parts.values()]
    .filter(({ partNumber }) => partNumber > marker)
    .sort((a, b) => a.partNumber - b.partNumber);
  const listed = behind.slice(0, maxParts);
  return {
    status: 200,
    body: formatXml("ListPartsResult", {
      Bucket: bucket.name,
      Key: encode(upload.key),
      UploadId: upload.uploadId,
      PartNumberMarker: marker,
      NextPartNumberMarker: listed.at(-1)?.partNumber ?? 0,
      MaxParts: maxParts,
      IsTruncated: behind.length > listed.length,
      Initiator: ownerOf(context.accountId),
      Owner: ownerOf(context.accountId),
      StorageClass: "STANDARD",
      ...namedChecksum(upload),
      Part: listed.map(({ partNumber, lastModified, md5, sizeBytes, checksum }) => ({
        PartNumber: partNumber,
        LastModified: formatTime(lastModified),
        ETag: `"${md5.toString("hex")}"`,
        Size: sizeBytes,
        [checksumElementOf(checksum.algorithm)]: upload.checksum.isNamed ? checksum.value : undefined,
      })),
    }),
  };
}

/** @throws S3Error InvalidArgument */
function parsePartMarker(query: URLSearchParams): number {
  const name = "part-number-marker";
  const text = query.get(name) || "0";
  if (/^\d+$/.test(text)) return Number(text);
  throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, text);
}

function namedChecksum({ checksum }: MultipartUpload): Record<string, XmlContent> {
  if (!checksum.isNamed) return {};
  return { ChecksumAlgorithm: checksum.algorithm.toUpperCase(), ChecksumType: checksum.type };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html */
function listUploads(request: S3Request, context: S3Context): S3Answer {
  const bucket = findBucket(request, context);
  const { query } = request;
  const encode = nameEncoder(query);
  const [prefix, delimiter] = [query.get("prefix") ?? "", query.get("delimiter") ?? ""];
  const maxUploads = parseMaxKeys(query, "max-uploads");
  const page = listPage(uploadsBehindMarker(bucket.name, request, context), {
    prefix,
    delimiter,
    maxKeys: maxUploads,
    isBehind: (key, commonPrefix) =>
      commonPrefix === undefined || behindMarker(query.get("key-marker") ?? "")(key, commonPrefix),
  });
  // Told of the last page too: test_multipart_parts_checksum_exceptions_full_object of
  // https://github.com/localemu/localemu/blob/3098669259493a3ca6274a4d2a4c2aa805957071/tests/aws/services/s3/test_s3.snapshot.json
  const [lastEntry] = page.entries.slice(-1);
  const last = page.last ?? (lastEntry && { entry: lastEntry });
  return {
    status: 200,
    body: formatXml("ListMultipartUploadsResult", {
      Bucket: bucket.name,
      KeyMarker: encode(query.get("key-marker") ?? ""),
      UploadIdMarker: query.get("upload-id-marker") ?? "",
      Prefix: encode(prefix),
      Delimiter: delimiter === "" ? undefined : encode(delimiter),
      EncodingType: query.get("encoding-type") ?? undefined,
      NextKeyMarker: last && encode("entry" in last ? last.entry.key : last.commonPrefix),
      NextUploadIdMarker: last && ("entry" in last ? last.entry.uploadId : ""),
      MaxUploads: maxUploads,
      IsTruncated: page.isTruncated,
      Upload: page.entries.map((upload) => ({
        Key: encode(upload.key),
        UploadId: upload.uploadId,
        Initiator: ownerOf(context.accountId),
        Owner: ownerOf(context.accountId),
        StorageClass: "STANDARD",
        Initiated: formatTime(upload.initiated),
        ...namedChecksum(upload),
      })),
      CommonPrefixes: page.commonPrefixes.map((each) => ({ Prefix: encode(each) })),
    }),
  };
}

/** By key, and those of one key by their beginning; an upload marker without a key marker is ignored. */
function uploadsBehindMarker(name: string, { query }: S3Request, context: S3Context): MultipartUpload[] {
  const uploads = [...uploadsOf(findBucket({ bucket: name }, context)).values()].sort(
    (a, b) => compareKeys(a.key, b.key) || a.initiated.getTime() - b.initiated.getTime(),
  );
  const keyMarker = query.get("key-marker") ?? "";
  if (keyMarker === "") return uploads;
  const uploadIdMarker = query.get("upload-id-marker") ?? "";
  const markerAt = uploads.findIndex(({ key, uploadId }) => key === keyMarker && uploadId === uploadIdMarker);
  return uploads.filter(
    ({ key }, index) =>
      compareKeys(key, keyMarker) > 0 || (key === keyMarker && markerAt !== -1 && index > markerAt),
  );
}
