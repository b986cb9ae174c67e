import { decodeAwsChunked } from "./aws-chunked.ts";
import { trailerAlgorithmOf } from "./request-checksums.ts";
import { invalidRequest, S3Error } from "./s3-error.ts";
import { header, type S3Request } from "./s3-request.ts";

const maxBodyBytes = 5 * 1024 ** 3;

/**
 * The bytes that a request brings, without their encoding, and what stands behind them.
 * @throws S3Error MissingContentLength, EntityTooLarge, InvalidRequest
 */
export function openBody(request: S3Request) {
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
