import {
  type Checksum,
  type ChecksumAlgorithm,
  type ChecksumType,
  checksumAlgorithms,
  defaultAlgorithm,
  startDigest,
} from "./checksums.ts";
import type { Piece } from "./object-version.ts";
import { readPieces } from "./read-pieces.ts";
import { invalidRequest, unsupportedAlgorithm } from "./s3-error.ts";
import { header, type S3Request } from "./s3-request.ts";

/** Which checksum the object of an upload will have. */
export interface UploadChecksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  /** Whether the one who began the upload named it; else it is that of Amazon S3's choice. */
  readonly isNamed: boolean;
}

/** @throws S3Error InvalidRequest */
export function parseChecksumAlgorithm(request: S3Request): ChecksumAlgorithm | undefined {
  const name = header(request, "x-amz-checksum-algorithm")?.toLowerCase();
  if (name === undefined) return undefined;
  const algorithm = checksumAlgorithms.find((each) => each === name);
  if (algorithm === undefined) throw unsupportedAlgorithm();
  return algorithm;
}

/** The first is the default. */
const typesOf: Readonly<Record<ChecksumAlgorithm, readonly [ChecksumType, ...ChecksumType[]]>> = {
  crc32: ["COMPOSITE", "FULL_OBJECT"],
  crc32c: ["COMPOSITE", "FULL_OBJECT"],
  crc64nvme: ["FULL_OBJECT"],
  sha1: ["COMPOSITE"],
  sha256: ["COMPOSITE"],
};

export function defaultTypeOf(algorithm: ChecksumAlgorithm): ChecksumType {
  return typesOf[algorithm][0];
}

/**
 * What the beginning of an upload says of its checksums.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 * Recorded: test_multipart_checksum_type_compatibility and test_multipart_checksum_type_default_for_checksum of
 * https://github.com/localemu/localemu/blob/3098669259493a3ca6274a4d2a4c2aa805957071/tests/aws/services/s3/test_s3.snapshot.json
 * @throws S3Error InvalidRequest
 */
export function parseUploadChecksum(request: S3Request): UploadChecksum {
  const algorithm = parseChecksumAlgorithm(request);
  const wanted = header(request, "x-amz-checksum-type");
  if (algorithm === undefined) {
    if (wanted === undefined) return { algorithm: defaultAlgorithm, type: "FULL_OBJECT", isNamed: false };
    throw invalidRequest(
      "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
    );
  }
  const types = typesOf[algorithm];
  const type = wanted === undefined ? defaultTypeOf(algorithm) : types.find((each) => each === wanted);
  if (type === undefined) {
    throw invalidRequest(
      `The ${wanted} checksum type cannot be used with the ${algorithm} checksum algorithm.`,
    );
  }
  return { algorithm, type, isNamed: true };
}

/** The checksum of parts put together: of their bytes, or of their checksums with the number of parts behind it. */
export async function checksumOfParts(
  parts: readonly (Piece & { readonly checksum: Checksum })[],
  { algorithm, type }: UploadChecksum,
): Promise<Checksum> {
  const digest = startDigest(algorithm);
  if (type === "COMPOSITE") {
    for (const { checksum } of parts) digest.update(Buffer.from(checksum.value, "base64"));
    return { algorithm, value: `${(await digest.digest()).toString("base64")}-${parts.length}`, type };
  }
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  using bytes = readPieces(parts, { start: 0, end: sizeBytes - 1 });
  for await (const chunk of bytes) digest.update(chunk);
  return { algorithm, value: (await digest.digest()).toString("base64"), type };
}
