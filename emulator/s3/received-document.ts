import { startDigest } from "./checksums.ts";
import { checksumOfHeaders, parseMd5 } from "./request-checksums.ts";
import { invalidRequest, wrongChecksum, wrongMd5 } from "./s3-error.ts";
import { readDocument, type S3Request } from "./s3-request.ts";

/**
 * A document that Amazon S3 takes only with a checksum, and none that does not match it.
 * @throws S3Error InvalidRequest, InvalidDigest, BadDigest
 */
export async function receivedDocument(request: S3Request): Promise<Buffer> {
  const checksum = checksumOfHeaders(request);
  const expectedMd5 = parseMd5(request);
  if (checksum === undefined && expectedMd5 === undefined) {
    throw invalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
  }
  const document = await readDocument(request.body);
  if (checksum !== undefined) {
    const digest = await digestOf(document, checksum.algorithm);
    if (digest.toString("base64") !== checksum.value) throw wrongChecksum(checksum.algorithm.toUpperCase());
  }
  if (expectedMd5 !== undefined) {
    const md5 = await digestOf(document, "md5");
    if (!md5.equals(expectedMd5)) throw wrongMd5(expectedMd5, md5);
  }
  return document;
}

async function digestOf(document: Buffer, algorithm: Parameters<typeof startDigest>[0]): Promise<Buffer> {
  const digest = startDigest(algorithm);
  digest.update(document);
  return await digest.digest();
}
