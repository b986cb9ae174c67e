import { createHash } from "node:crypto";
import { startDigest } from "./checksums.ts";
import { checksumOfHeaders } from "./request-checksums.ts";
import { invalidRequest, S3Error } from "./s3-error.ts";
import { header, readDocument, type S3Request } from "./s3-request.ts";

/**
 * A document that Amazon S3 takes only with a checksum, and none that does not match it.
 * @throws S3Error InvalidRequest, BadDigest
 */
export async function receivedDocument(request: S3Request): Promise<Buffer> {
  const checksum = checksumOfHeaders(request);
  const md5 = header(request, "content-md5");
  if (checksum === undefined && md5 === undefined) {
    throw invalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
  }
  const document = await readDocument(request.body);
  if (checksum !== undefined) {
    const digest = startDigest(checksum.algorithm);
    digest.update(document);
    if ((await digest.digest()).toString("base64") !== checksum.value)
      throw badDigest(checksum.algorithm.toUpperCase());
  }
  if (md5 !== undefined && createHash("md5").update(document).digest("base64") !== md5) {
    throw badDigest("Content-MD5");
  }
  return document;
}

function badDigest(name: string): S3Error {
  return new S3Error(400, "BadDigest", `The ${name} you specified did not match the calculated checksum.`);
}
