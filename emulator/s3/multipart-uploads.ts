import { randomBytes } from "node:crypto";
import type { Checksum } from "./checksums.ts";
import { findBucket } from "./find-version.ts";
import type { UploadChecksum } from "./multipart-checksum.ts";
import type { Bucket, ObjectHeaders, Piece, Version } from "./object-version.ts";
import { invalidArgument, S3Error } from "./s3-error.ts";
import type { S3Context, S3Request } from "./s3-request.ts";

export interface UploadedPart extends Piece {
  readonly partNumber: number;
  readonly md5: Buffer;
  readonly checksum: Checksum;
  readonly lastModified: Date;
}

/** An upload that was begun and neither completed nor aborted. */
export interface MultipartUpload {
  readonly uploadId: string;
  readonly key: string;
  readonly initiated: Date;
  /** The latest version of its key at that time. */
  readonly atBeginning: Version | undefined;
  readonly headers: ObjectHeaders;
  readonly tags: Readonly<Record<string, string>>;
  readonly checksum: UploadChecksum;
  readonly parts: Map<number, UploadedPart>;
}

const uploadsByBucket = new WeakMap<Bucket, Map<string, MultipartUpload>>();

export function uploadsOf(bucket: Bucket): Map<string, MultipartUpload> {
  const uploads = uploadsByBucket.get(bucket) ?? new Map<string, MultipartUpload>();
  uploadsByBucket.set(bucket, uploads);
  return uploads;
}

export function newUploadId(): string {
  return randomBytes(96).toString("base64url").replaceAll("-", ".");
}

/**
 * The upload that a request names: only under the key that it was begun for.
 * @throws S3Error NoSuchBucket, NoSuchUpload
 */
export function findUpload(
  request: S3Request,
  context: S3Context,
): { readonly bucket: Bucket; readonly upload: MultipartUpload } {
  const bucket = findBucket(request, context);
  const uploadId = request.query.get("uploadId") ?? "";
  const upload = uploadsOf(bucket).get(uploadId);
  if (upload === undefined || upload.key !== request.key) throw noSuchUpload(uploadId);
  return { bucket, upload };
}

function noSuchUpload(UploadId: string): S3Error {
  return new S3Error(
    404,
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    { UploadId },
  );
}

/** @throws S3Error InvalidArgument */
export function parsePartNumber({ query }: S3Request): number {
  const text = query.get("partNumber") ?? "";
  const partNumber = Number(text);
  if (/^\d+$/.test(text) && partNumber >= 1 && partNumber <= 10_000) return partNumber;
  throw invalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", text);
}

/**
 * Adds a part, or replaces the one of that number; its upload may be gone since its bytes began.
 * @throws S3Error NoSuchUpload
 */
export async function addPart(request: S3Request, context: S3Context, part: UploadedPart): Promise<void> {
  const { bucket } = findUpload(request, context);
  await context.store.exclusively(bucket, request.key, async () => {
    const { parts } = findUpload(request, context).upload;
    const replaced = parts.get(part.partNumber);
    parts.set(part.partNumber, part);
    if (replaced !== undefined) await context.store.discard([replaced]);
  });
}
