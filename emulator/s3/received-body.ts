import { decodeAwsChunked } from "./aws-chunked.ts";
import {
  type Checksum,
  type ChecksumAlgorithm,
  checksumAlgorithms,
  checksumHeaderOf,
  defaultAlgorithm,
} from "./checksums.ts";
import { incompleteBody, invalidRequest, S3Error } from "./s3-error.ts";
import { header, type S3Context, type S3Request } from "./s3-request.ts";
import type { StagedBody } from "./staged-body.ts";

export interface ReceivedBody {
  readonly staged: StagedBody;
  /** That which the sender named, and it was right; else that of Amazon S3's default algorithm. */
  readonly checksum: Checksum;
}

const maxBodyBytes = 5 * 1024 ** 3;

/**
 * Takes in the bytes of an object or a part, and checks what the request says of them.
 * @param algorithm what is computed where the request names none
 * @throws S3Error BadDigest, IncompleteBody, EntityTooLarge and others; then no file is left
 */
export async function receiveBody(
  request: S3Request,
  { store }: S3Context,
  algorithm: ChecksumAlgorithm = defaultAlgorithm,
): Promise<ReceivedBody> {
  const expected = checksumOfHeaders(request);
  const expectedMd5 = parseMd5(request);
  const body = openBody(request);
  const named = expected?.algorithm ?? body.trailerAlgorithm;
  refuseOtherAlgorithm(header(request, "x-amz-sdk-checksum-algorithm"), named);
  const signedHash = signedHashOf(request);
  const computed: ChecksumAlgorithm[] = [
    named ?? algorithm,
    ...(signedHash === undefined ? [] : ["sha256" as const]),
  ];
  const staged = await store.stage(body.bytes, [...new Set(computed)]);
  try {
    if (staged.sizeBytes !== body.sizeBytes) throw incompleteBody();
    refuseOtherThanSigned(signedHash, staged.checksums.sha256);
    const value = staged.checksums[named ?? algorithm] ?? "";
    refuseWrongChecksum(
      named,
      expected?.value ?? body.trailer()[checksumHeaderOf(named ?? algorithm)],
      value,
    );
    if (expectedMd5 !== undefined && !staged.md5.equals(expectedMd5)) {
      throw new S3Error(400, "BadDigest", "The Content-MD5 you specified did not match what we received.", {
        ExpectedDigest: expectedMd5.toString("hex"),
        CalculatedDigest: staged.md5.toString("base64"),
      });
    }
    return { staged, checksum: { algorithm: named ?? algorithm, value, type: "FULL_OBJECT" } };
  } catch (error) {
    await store.discard([staged]);
    throw error;
  }
}

/** The hash of the body that the signature is over, hexadecimal; undefined where it is over none. */
function signedHashOf(request: S3Request): string | undefined {
  const hash = header(request, "x-amz-content-sha256")?.toLowerCase();
  return hash !== undefined && /^[0-9a-f]{64}$/.test(hash) ? hash : undefined;
}

/** Signatures themselves are not checked, but a body that was changed on its way is found by them too. */
function refuseOtherThanSigned(signedHash: string | undefined, computed: string | undefined): void {
  if (signedHash === undefined || computed === undefined) return;
  const hash = Buffer.from(computed, "base64").toString("hex");
  if (hash !== signedHash) {
    const message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
    throw new S3Error(400, "XAmzContentSHA256Mismatch", message, {
      ClientComputedContentSHA256: signedHash,
      S3ComputedContentSHA256: hash,
    });
  }
}

/** What an SDK says that it does, it has to do. */
function refuseOtherAlgorithm(announced: string | undefined, named: ChecksumAlgorithm | undefined): void {
  if (announced === undefined) return;
  if (!checksumAlgorithms.some((algorithm) => algorithm === announced.toLowerCase())) {
    throw invalidRequest(
      "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
    );
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

function refuseWrongChecksum(
  algorithm: ChecksumAlgorithm | undefined,
  expected: string | undefined,
  actual: string,
) {
  if (algorithm === undefined) return;
  if (expected === undefined) throw invalidRequest(`The trailer ${checksumHeaderOf(algorithm)} is missing.`);
  if (expected !== actual) {
    throw new S3Error(
      400,
      "BadDigest",
      `The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`,
    );
  }
}

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

function parseMd5(request: S3Request): Buffer | undefined {
  const value = header(request, "content-md5");
  if (value === undefined) return undefined;
  if (decodedLength(value) !== 16) {
    throw new S3Error(400, "InvalidDigest", "The Content-MD5 you specified was invalid.", {
      "Content-MD5": value,
    });
  }
  return Buffer.from(value, "base64");
}

/** Of base64 without faults. */
function decodedLength(value: string): number | undefined {
  const bytes = Buffer.from(value, "base64");
  return bytes.toString("base64") === value ? bytes.length : undefined;
}

function openBody(request: S3Request) {
  const isChunked = header(request, "x-amz-content-sha256")?.startsWith("STREAMING-") ?? false;
  const lengthHeader = isChunked ? "x-amz-decoded-content-length" : "content-length";
  const length = header(request, lengthHeader);
  if (length === undefined) {
    throw new S3Error(411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
  }
  if (!/^\d+$/.test(length)) throw invalidRequest(`The header ${lengthHeader} is no number.`);
  const sizeBytes = Number(length);
  if (sizeBytes > maxBodyBytes) {
    throw new S3Error(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", {
      ProposedSize: length,
      MaxSizeAllowed: String(maxBodyBytes),
    });
  }
  let trailer: Readonly<Record<string, string>> = {};
  async function* withTrailer() {
    trailer = yield* decodeAwsChunked(request.body);
  }
  return {
    sizeBytes,
    bytes: isChunked ? withTrailer() : request.body,
    trailerAlgorithm: isChunked ? trailerAlgorithmOf(request) : undefined,
    trailer: () => trailer,
  };
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
