import { type ChecksumAlgorithm, checksumAlgorithms, checksumHeaderOf } from "./checksums.ts";
import { invalidRequest, S3Error, unsupportedAlgorithm } from "./s3-error.ts";
import { header, type S3Request } from "./s3-request.ts";

/**
 * The checksum that the request has in a header.
 * @throws S3Error InvalidRequest if there are several, or one that can be none
 */
export function checksumOfHeaders(
  request: S3Request,
): { algorithm: ChecksumAlgorithm; value: string } | undefined {
  const [first, second] = checksumAlgorithms.flatMap((algorithm) => {
    const value = header(request, checksumHeaderOf(algorithm));
    return value === undefined ? [] : [{ algorithm, value }];
  });
  if (second !== undefined) {
    throw invalidRequest(
      "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    );
  }
  const lengths = { crc32: 4, crc32c: 4, crc64nvme: 8, sha1: 20, sha256: 32 };
  if (first !== undefined && decodedLength(first.value) !== lengths[first.algorithm]) {
    throw invalidRequest(`Value for ${checksumHeaderOf(first.algorithm)} header is invalid.`);
  }
  return first;
}

/** The algorithm of the checksum behind a body, if one is announced. */
export function trailerAlgorithmOf(request: S3Request): ChecksumAlgorithm | undefined {
  const name = header(request, "x-amz-trailer")?.trim().toLowerCase();
  if (name === undefined) return undefined;
  const algorithm = checksumAlgorithms.find((each) => checksumHeaderOf(each) === name);
  if (algorithm === undefined)
    throw invalidRequest("The value specified in the x-amz-trailer header is not supported");
  return algorithm;
}

/** What an SDK says that it does, it has to do. */
export function refuseOtherAlgorithm(
  announced: string | undefined,
  named: ChecksumAlgorithm | undefined,
): void {
  if (announced === undefined) return;
  if (!checksumAlgorithms.some((algorithm) => algorithm === announced.toLowerCase())) {
    throw unsupportedAlgorithm();
  }
  if (named === undefined) {
    throw invalidRequest(
      "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
    );
  }
  if (named !== announced.toLowerCase()) {
    throw invalidRequest("Value for x-amz-sdk-checksum-algorithm header is invalid.");
  }
}

/** @throws S3Error InvalidDigest */
export function parseMd5(request: S3Request): Buffer | undefined {
  const value = header(request, "content-md5");
  if (value === undefined) return undefined;
  if (decodedLength(value) !== 16) {
    throw new S3Error(400, "InvalidDigest", "The Content-MD5 you specified was invalid.", {
      "Content-MD5": value,
    });
  }
  return Buffer.from(value, "base64");
}

/** The hash of the body that the signature is over, hexadecimal; undefined where it is over none. */
export function signedHashOf(request: S3Request): string | undefined {
  const hash = header(request, "x-amz-content-sha256")?.toLowerCase();
  return hash !== undefined && /^[0-9a-f]{64}$/.test(hash) ? hash : undefined;
}

/** Of base64 without faults. */
function decodedLength(value: string): number | undefined {
  const bytes = Buffer.from(value, "base64");
  return bytes.toString("base64") === value ? bytes.length : undefined;
}
