import { createHash } from "node:crypto";
import { Crc32, Crc32c, Crc64Nvme } from "@aws-sdk/checksums/crc";

/** As header names have them after `x-amz-checksum-`. */
export type ChecksumAlgorithm = "crc32" | "crc32c" | "crc64nvme" | "sha1" | "sha256";

/** Of a whole object, or of the checksums of its parts: then `-` and the number of parts stand behind the value. */
export type ChecksumType = "FULL_OBJECT" | "COMPOSITE";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64. */
  readonly value: string;
  readonly type: ChecksumType;
}

export const checksumAlgorithms: readonly ChecksumAlgorithm[] = [
  "crc32",
  "crc32c",
  "crc64nvme",
  "sha1",
  "sha256",
];

/** What Amazon S3 computes of a body whose sender says none. */
export const defaultAlgorithm: ChecksumAlgorithm = "crc64nvme";

/** A digest of bytes that come one after the other. */
export interface RunningDigest {
  update(bytes: Uint8Array): void;
  digest(): Promise<Buffer>;
}

export function startDigest(algorithm: ChecksumAlgorithm | "md5"): RunningDigest {
  if (algorithm === "crc32") return runningCrc(new Crc32());
  if (algorithm === "crc32c") return runningCrc(new Crc32c());
  if (algorithm === "crc64nvme") return runningCrc(new Crc64Nvme());
  const hash = createHash(algorithm);
  return { update: (bytes) => void hash.update(bytes), digest: async () => hash.digest() };
}

function runningCrc(crc: Crc32 | Crc32c | Crc64Nvme): RunningDigest {
  return { update: (bytes) => crc.update(bytes), digest: async () => Buffer.from(await crc.digest()) };
}

export function checksumHeaderOf(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm}`;
}

/** Its element in documents: `ChecksumCRC64NVME` and its like. */
export function checksumElementOf(algorithm: ChecksumAlgorithm): string {
  return `Checksum${algorithm.toUpperCase()}`;
}

export function checksumHeaders(checksum: Checksum | undefined): Record<string, string> {
  if (checksum === undefined) return {};
  return { [checksumHeaderOf(checksum.algorithm)]: checksum.value, "x-amz-checksum-type": checksum.type };
}
