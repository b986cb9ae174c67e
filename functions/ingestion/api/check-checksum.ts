import { createHash } from "node:crypto";
import { Crc32, Crc32c, Crc64Nvme } from "@aws-sdk/checksums/crc";
import type { APIGatewayProxyEvent } from "aws-lambda";
import { CHECKSUM_HEADERS, type ChecksumHeader } from "../../../contract/checksum-headers.ts";
import { holdsReplacement } from "../payload/parse-payload.ts";
import { RequestError, readHeaderLines } from "./api-request.ts";

interface Algorithm {
  readonly sizeBytes: number;
  readonly digest: (bytes: Uint8Array) => Promise<Uint8Array>;
}

const algorithms: Readonly<Record<ChecksumHeader, Algorithm>> = {
  "x-amz-checksum-crc32": { sizeBytes: 4, digest: (bytes) => digestBy(new Crc32(), bytes) },
  "x-amz-checksum-crc32c": { sizeBytes: 4, digest: (bytes) => digestBy(new Crc32c(), bytes) },
  "x-amz-checksum-crc64nvme": { sizeBytes: 8, digest: (bytes) => digestBy(new Crc64Nvme(), bytes) },
  "x-amz-checksum-sha1": {
    sizeBytes: 20,
    digest: async (bytes) => createHash("sha1").update(bytes).digest(),
  },
  "x-amz-checksum-sha256": {
    sizeBytes: 32,
    digest: async (bytes) => createHash("sha256").update(bytes).digest(),
  },
};

/**
 * Holds the payload to the checksum that its sender declared, as S3 does on the path of large payloads. Where API Gateway has
 * replaced bytes there is nothing to compare: whoever sent them is told of these bytes, and not of a checksum that may be right.
 * @throws {RequestError} where there is more than one, where it is none, or where the bytes have another
 */
export async function checkChecksum(event: APIGatewayProxyEvent, bytes: Buffer): Promise<void> {
  const declared = CHECKSUM_HEADERS.flatMap((name) =>
    readHeaderLines(event, name).map((value) => ({ name, value: value.trim() })),
  );
  const [checksum, second] = declared;
  if (checksum === undefined) return;
  if (second !== undefined) {
    throw new RequestError("The request was not accepted. It has more than one checksum; send one of them.");
  }
  const { name, value } = checksum;
  const { sizeBytes, digest } = algorithms[name];
  if (!isBase64Of(value, sizeBytes)) {
    throw new RequestError(
      `The request was not accepted. The header ${name} must be ${sizeBytes} bytes in base64.`,
    );
  }
  if (holdsReplacement(bytes)) return;
  if (Buffer.from(await digest(bytes)).toString("base64") !== value) {
    throw new RequestError(`The request was not accepted. The checksum in ${name} does not match the body.`);
  }
}

function isBase64Of(text: string, sizeBytes: number): boolean {
  const bytes = Buffer.from(text, "base64");
  return bytes.length === sizeBytes && bytes.toString("base64") === text;
}

async function digestBy(
  hash: { update(bytes: Uint8Array): void; digest(): Promise<Uint8Array> },
  bytes: Uint8Array,
): Promise<Uint8Array> {
  hash.update(bytes);
  return hash.digest();
}
