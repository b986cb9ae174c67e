import { type Checksum, type ChecksumAlgorithm, checksumElementOf, checksumHeaderOf } from "../checksums.ts";
import { findCopySource, MAX_COPY_BYTES } from "../copy-source.ts";
import { formatTime } from "../list-page.ts";
import {
  addPart,
  findUpload,
  type MultipartUpload,
  parsePartNumber,
  type UploadedPart,
} from "../multipart-uploads.ts";
import { encryptionHeaders } from "../object-headers.ts";
import { readPieces } from "../read-pieces.ts";
import { receiveBody } from "../received-body.ts";
import { checksumOfHeaders, trailerAlgorithmOf } from "../request-checksums.ts";
import { invalidArgument, invalidRequest } from "../s3-error.ts";
import { header, type Operation, type S3Answer, type S3Context, type S3Request } from "../s3-request.ts";
import type { StagedBody } from "../staged-body.ts";
import { formatXml } from "../xml.ts";
import { sourceVersionHeaders } from "./copy-object.ts";

const ofUpload = { method: "PUT", on: "object", subresource: "uploadId" } as const;

export const uploadPartOperations: readonly Operation[] = [
  { ...ofUpload, name: "UploadPart", run: uploadPart },
  { ...ofUpload, name: "UploadPartCopy", header: "x-amz-copy-source", run: uploadPartCopy },
];

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
async function uploadPart(request: S3Request, context: S3Context): Promise<S3Answer> {
  const partNumber = parsePartNumber(request);
  const { upload } = findUpload(request, context);
  refuseOtherChecksum(request, upload);
  const { staged, checksum } = await receiveBody(request, context, upload.checksum.algorithm);
  const isTold = upload.checksum.isNamed || sentAlgorithm(request) !== undefined;
  const part = await keepPart(request, context, { staged, checksum, partNumber });
  return {
    status: 200,
    headers: {
      etag: `"${part.md5.toString("hex")}"`,
      ...(isTold && { [checksumHeaderOf(checksum.algorithm)]: checksum.value }),
      ...encryptionHeaders(upload.headers),
    },
  };
}

function sentAlgorithm(request: S3Request): ChecksumAlgorithm | undefined {
  return checksumOfHeaders(request)?.algorithm ?? trailerAlgorithmOf(request);
}

/**
 * The parts of an upload have its algorithm, and bring their checksums where the object's is made of them. Where none was named
 * at the beginning, a part may have any: it is checked and told, and is not the upload's.
 * Recorded: test_complete_multipart_parts_checksum_default and test_multipart_parts_checksum_exceptions_full_object of
 * https://github.com/localemu/localemu/blob/3098669259493a3ca6274a4d2a4c2aa805957071/tests/aws/services/s3/test_s3.snapshot.json
 */
function refuseOtherChecksum(request: S3Request, { checksum }: MultipartUpload): void {
  if (!checksum.isNamed) return;
  const sent = sentAlgorithm(request);
  const isMissing = sent === undefined && checksum.type === "COMPOSITE";
  if (isMissing || (sent !== undefined && sent !== checksum.algorithm)) {
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${checksum.algorithm}, actual checksum Type: ${sent ?? "null"}`,
    );
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html */
async function uploadPartCopy(request: S3Request, context: S3Context): Promise<S3Answer> {
  const partNumber = parsePartNumber(request);
  const { upload } = findUpload(request, context);
  const { algorithm, isNamed } = upload.checksum;
  const source = findCopySource(request, context);
  const range = parseCopyRange(request, source.object.sizeBytes);
  using bytes = readPieces(source.object.pieces, range);
  const staged = await context.store.stage(bytes, [algorithm]);
  const checksum = { algorithm, value: staged.checksums[algorithm] ?? "", type: "FULL_OBJECT" } as const;
  const part = await keepPart(request, context, { staged, checksum, partNumber });
  return {
    status: 200,
    headers: { ...encryptionHeaders(upload.headers), ...sourceVersionHeaders(source) },
    body: formatXml("CopyPartResult", {
      ETag: `"${part.md5.toString("hex")}"`,
      LastModified: formatTime(part.lastModified),
      [checksumElementOf(algorithm)]: isNamed ? part.checksum.value : undefined,
    }),
  };
}

/**
 * Recorded: test_upload_part_copy_range of
 * https://github.com/localstack/localstack/blob/022af99ecdf78652011ebb5692d86ceda8ba1a56/tests/aws/services/s3/test_s3_api.snapshot.json
 */
function parseCopyRange(request: S3Request, sizeBytes: number): { start: number; end: number } {
  const name = "x-amz-copy-source-range";
  const text = header(request, name);
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(text ?? `bytes=0-${sizeBytes - 1}`) ?? [];
  if (text !== undefined && (first === undefined || Number(first) > Number(last))) {
    throw invalidArgument(
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
      name,
      text,
    );
  }
  const range = { start: Number(first ?? 0), end: Number(last ?? -1) };
  if (text !== undefined && range.start >= sizeBytes) {
    throw invalidRequest("The specified copy range is invalid for the source object size");
  }
  if (range.end >= sizeBytes) {
    throw invalidArgument(
      `Range specified is not valid for source object of size: ${sizeBytes}`,
      name,
      text ?? "",
    );
  }
  if (range.end - range.start >= MAX_COPY_BYTES) {
    throw invalidRequest(
      `The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_COPY_BYTES}`,
    );
  }
  return range;
}

interface ReceivedPart {
  readonly staged: StagedBody;
  readonly checksum: Checksum;
  readonly partNumber: number;
}

async function keepPart(
  request: S3Request,
  context: S3Context,
  { staged, checksum, partNumber }: ReceivedPart,
): Promise<UploadedPart> {
  const { file, sizeBytes, md5 } = staged;
  const part = { partNumber, file, sizeBytes, md5, checksum, lastModified: context.store.now() };
  try {
    await addPart(request, context, part);
  } catch (error) {
    await context.store.discard([staged]);
    throw error;
  }
  return part;
}
