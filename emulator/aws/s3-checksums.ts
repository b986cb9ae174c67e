import { createHash } from "node:crypto";
import { Crc32, Crc32c, Crc64Nvme } from "@aws-sdk/checksums/crc";
import { type Headers, headerOf } from "../api-gateway/messages.ts";

interface Digest {
  update(data: Uint8Array): void;
  digest(): Promise<Uint8Array>;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
const algorithms: Readonly<Record<string, (body: Buffer) => Promise<Uint8Array>>> = {
  "x-amz-checksum-crc32": (body) => digest(new Crc32(), body),
  "x-amz-checksum-crc32c": (body) => digest(new Crc32c(), body),
  "x-amz-checksum-crc64nvme": (body) => digest(new Crc64Nvme(), body),
  "x-amz-checksum-sha1": async (body) => createHash("sha1").update(body).digest(),
  "x-amz-checksum-sha256": async (body) => createHash("sha256").update(body).digest(),
  "content-md5": async (body) => createHash("md5").update(body).digest(),
};

async function digest(algorithm: Digest, body: Buffer): Promise<Uint8Array> {
  algorithm.update(body);
  return algorithm.digest();
}

/** The name of the first checksum header that does not match the body. */
export async function findWrongChecksum(headers: Headers, body: Buffer): Promise<string | undefined> {
  for (const [name, compute] of Object.entries(algorithms)) {
    const expected = headerOf(headers, name);
    if (expected !== undefined && Buffer.from(await compute(body)).toString("base64") !== expected)
      return name;
  }
  return undefined;
}
