import { createHash } from "node:crypto";
import { type Checksum, checksumElementOf } from "../checksums.ts";
import { refuseFailedCompletion } from "../conditions.ts";
import { emitCreated } from "../emit-created.ts";
import { versionHeaders } from "../find-version.ts";
import { checksumOfParts } from "../multipart-checksum.ts";
import { findUpload, type MultipartUpload, type UploadedPart, uploadsOf } from "../multipart-uploads.ts";
import { encryptionHeaders } from "../object-headers.ts";
import type { Bucket, ObjectVersion } from "../object-version.ts";
import { checkObject, chooseParts, parseCompletion } from "../requested-parts.ts";
import {
  type Operation,
  readDocument,
  type S3Answer,
  type S3Context,
  type S3Request,
} from "../s3-request.ts";
import { formatXml } from "../xml.ts";

export const completeMultipartUploadOperations: readonly Operation[] = [
  { name: "CompleteMultipartUpload", method: "POST", on: "object", subresource: "uploadId", run: complete },
];

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
async function complete(request: S3Request, context: S3Context): Promise<S3Answer> {
  const { store } = context;
  const requested = parseCompletion(await readDocument(request.body));
  const { bucket, upload } = findUpload(request, context);
  const object = await store.exclusively(bucket, request.key, async () => {
    // Of two completions at once the second finds no upload any more.
    findUpload(request, context);
    const parts = chooseParts(requested, upload);
    const checksum = await checksumOfParts(parts, upload.checksum);
    checkObject(request, upload, parts, checksum);
    const existing = store.latest(bucket, request.key);
    refuseFailedCompletion(request, { atBeginning: upload.atBeginning, existing });
    uploadsOf(bucket).delete(upload.uploadId);
    await store.discard([...upload.parts.values()].filter((part) => !parts.includes(part)));
    return await store.put(bucket, request.key, putTogether(upload, parts, checksum));
  });
  emitCreated("ObjectCreated:CompleteMultipartUpload", object, bucket, request, context);
  return describeObject(object, bucket, context);
}

function putTogether(upload: MultipartUpload, parts: readonly UploadedPart[], checksum: Checksum) {
  const digest = createHash("md5");
  for (const { md5 } of parts) digest.update(md5);
  return {
    pieces: parts.map(({ file, sizeBytes }) => ({ file, sizeBytes })),
    eTag: `${digest.digest("hex")}-${parts.length}`,
    checksum,
    headers: upload.headers,
    tags: upload.tags,
    parts: parts.map(({ partNumber, sizeBytes, checksum: own }) => ({
      partNumber,
      sizeBytes,
      checksum: own,
    })),
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
    lastModified: upload.initiated,
  };
}

function describeObject(object: ObjectVersion, bucket: Bucket, { region }: S3Context): S3Answer {
  const { key, eTag, checksum } = object;
  const path = key.split("/").map(encodeURIComponent).join("%2F");
  return {
    status: 200,
    headers: {
      ...encryptionHeaders(object.headers),
      ...(bucket.versioning === "Enabled" && versionHeaders(bucket, object)),
    },
    body: formatXml("CompleteMultipartUploadResult", {
      Location: `https://${bucket.name}.s3.${region}.amazonaws.com/${path}`,
      Bucket: bucket.name,
      Key: key,
      ETag: `"${eTag}"`,
      ...(checksum && {
        [checksumElementOf(checksum.algorithm)]: checksum.value,
        ChecksumType: checksum.type,
      }),
    }),
  };
}
