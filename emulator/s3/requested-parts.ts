import { type Checksum, checksumAlgorithms, checksumElementOf, checksumHeaderOf } from "./checksums.ts";
import { defaultTypeOf } from "./multipart-checksum.ts";
import type { MultipartUpload, UploadedPart } from "./multipart-uploads.ts";
import { invalidRequest, S3Error, wrongChecksum } from "./s3-error.ts";
import { header, type S3Request } from "./s3-request.ts";
import { childrenOf, malformedXml, parseXml, textOf } from "./xml.ts";

/** What a completion says of one part. */
export interface RequestedPart {
  readonly partNumber: number;
  readonly eTag: string;
  /** By algorithm. */
  readonly checksums: ReadonlyMap<string, string>;
}

const minPartBytes = 5 * 1024 ** 2;

/** @throws S3Error MalformedXML, InvalidRequest */
export function parseCompletion(document: Buffer): RequestedPart[] {
  if (document.length === 0) throw invalidRequest("You must specify at least one part");
  const parts = childrenOf(parseXml(document, "CompleteMultipartUpload"), "Part").map((part) => ({
    partNumber: Number(textOf(part, "PartNumber") ?? Number.NaN),
    eTag: (textOf(part, "ETag") ?? "").replaceAll('"', ""),
    checksums: new Map(
      checksumAlgorithms.flatMap((algorithm) => {
        const value = textOf(part, checksumElementOf(algorithm));
        return value === undefined ? [] : [[algorithm, value] as const];
      }),
    ),
  }));
  const isValid = parts.every(({ partNumber, eTag }) => Number.isInteger(partNumber) && eTag !== "");
  if (parts.length === 0 || !isValid) throw malformedXml();
  return parts;
}

/**
 * The parts that a completion names, each as it was uploaded.
 * @throws S3Error InvalidPartOrder, InvalidPart, EntityTooSmall, InvalidRequest
 */
export function chooseParts(requested: readonly RequestedPart[], upload: MultipartUpload): UploadedPart[] {
  const { uploadId: UploadId } = upload;
  if (!isInOrder(requested, upload)) {
    throw new S3Error(
      400,
      "InvalidPartOrder",
      "The list of parts was not in ascending order. Parts must be ordered by part number.",
      { UploadId },
    );
  }
  const parts = requested.map((part) => choosePart(part, upload));
  for (const { partNumber, sizeBytes, md5 } of parts.slice(0, -1)) {
    if (sizeBytes < minPartBytes) {
      throw new S3Error(
        400,
        "EntityTooSmall",
        "Your proposed upload is smaller than the minimum allowed size",
        {
          ProposedSize: String(sizeBytes),
          MinSizeAllowed: String(minPartBytes),
          PartNumber: String(partNumber),
          ETag: md5.toString("hex"),
        },
      );
    }
  }
  return parts;
}

/**
 * Part numbers rise, and where each part has an additional checksum they begin with 1 and leave none out.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompletedPart.html
 */
function isInOrder(requested: readonly RequestedPart[], { checksum }: MultipartUpload): boolean {
  const isConsecutive = checksum.isNamed && checksum.algorithm !== "crc64nvme";
  return requested.every(({ partNumber }, index) =>
    isConsecutive ? partNumber === index + 1 : partNumber > (requested[index - 1]?.partNumber ?? 0),
  );
}

function choosePart(requested: RequestedPart, { parts, checksum, uploadId }: MultipartUpload): UploadedPart {
  const { partNumber, eTag, checksums } = requested;
  const part = parts.get(partNumber);
  const own = checksum.isNamed ? part?.checksum : undefined;
  const isRight = [...checksums].every(([name, value]) => name === own?.algorithm && value === own.value);
  if (part === undefined || part.md5.toString("hex") !== eTag || !isRight) {
    throw new S3Error(
      400,
      "InvalidPart",
      "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
      { UploadId: uploadId, PartNumber: String(partNumber), ETag: eTag },
    );
  }
  if (checksum.isNamed && checksum.type === "COMPOSITE" && checksums.size === 0) {
    throw invalidRequest(
      `The upload was created using a ${checksum.algorithm} checksum. The complete request must include the checksum for each part. It was missing for part ${partNumber} in the request.`,
    );
  }
  return part;
}

/**
 * Compares what a completion says of the whole object with what it is. A checksum without its type counts as one of the
 * algorithm's default type. Where the upload was begun without an algorithm, that which Amazon S3 chose counts alone.
 * Recorded: test_multipart_parts_checksum_exceptions_full_object, test_complete_multipart_parts_checksum_default and
 * test_multipart_size_validation of
 * https://github.com/localemu/localemu/blob/3098669259493a3ca6274a4d2a4c2aa805957071/tests/aws/services/s3/test_s3.snapshot.json
 * @throws S3Error InvalidRequest, BadDigest
 */
export function checkObject(
  request: S3Request,
  upload: MultipartUpload,
  parts: readonly UploadedPart[],
  checksum: Checksum,
): void {
  const { isNamed } = upload.checksum;
  const mode = isNamed ? upload.checksum.type : "null";
  const type = header(request, "x-amz-checksum-type");
  if (type !== undefined && type !== mode) {
    throw invalidRequest(
      `The upload was created using the ${mode} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  const expectedSize = header(request, "x-amz-mp-object-size");
  if (expectedSize !== undefined && Number(expectedSize) !== sizeBytes) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${expectedSize} does not match what was computed: ${sizeBytes}`,
    );
  }
  for (const algorithm of checksumAlgorithms) {
    const expected = header(request, checksumHeaderOf(algorithm));
    if (expected === undefined || (!isNamed && algorithm !== checksum.algorithm)) continue;
    const isRight =
      algorithm === checksum.algorithm &&
      (type ?? defaultTypeOf(algorithm)) === checksum.type &&
      // A composite one is also sent without the number of parts.
      (expected === checksum.value || expected === checksum.value.split("-")[0]);
    if (!isRight) throw wrongChecksum(checksum.algorithm);
  }
}
