import { type Checksum, type ChecksumAlgorithm, checksumHeaderOf, defaultAlgorithm } from "./checksums.ts";
import { openBody } from "./open-body.ts";
import { checksumOfHeaders, parseMd5, refuseOtherAlgorithm, signedHashOf } from "./request-checksums.ts";
import { incompleteBody, invalidRequest, S3Error, wrongChecksum, wrongMd5 } from "./s3-error.ts";
import { header, type S3Context, type S3Request } from "./s3-request.ts";
import type { StagedBody } from "./staged-body.ts";

export interface ReceivedBody {
  readonly staged: StagedBody;
  /** That which the sender named, and it was right; else that of Amazon S3's default algorithm. */
  readonly checksum: Checksum;
}

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
      throw wrongMd5(expectedMd5, staged.md5);
    }
    return { staged, checksum: { algorithm: named ?? algorithm, value, type: "FULL_OBJECT" } };
  } catch (error) {
    await store.discard([staged]);
    throw error;
  }
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

function refuseWrongChecksum(
  algorithm: ChecksumAlgorithm | undefined,
  expected: string | undefined,
  actual: string,
) {
  if (algorithm === undefined) return;
  if (expected === undefined) throw invalidRequest(`The trailer ${checksumHeaderOf(algorithm)} is missing.`);
  if (expected !== actual) throw wrongChecksum(algorithm.toUpperCase());
}
