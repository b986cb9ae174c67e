import { findBucket } from "../find-version.ts";
import { parseUploadChecksum } from "../multipart-checksum.ts";
import { findUpload, newUploadId, uploadsOf } from "../multipart-uploads.ts";
import { encryptionHeaders, keptHeaders, parseTagging } from "../object-headers.ts";
import { header, type Operation, type S3Answer, type S3Context, type S3Request } from "../s3-request.ts";
import { formatXml } from "../xml.ts";

export const multipartUploadOperations: readonly Operation[] = [
  { name: "CreateMultipartUpload", method: "POST", on: "object", subresource: "uploads", run: create },
  { name: "AbortMultipartUpload", method: "DELETE", on: "object", subresource: "uploadId", run: abort },
];

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
function create(request: S3Request, context: S3Context): S3Answer {
  const bucket = findBucket(request, context);
  const checksum = parseUploadChecksum(request);
  const upload = {
    uploadId: newUploadId(),
    key: request.key,
    initiated: context.store.now(),
    atBeginning: context.store.latest(bucket, request.key),
    headers: keptHeaders(request),
    tags: parseTagging(header(request, "x-amz-tagging")),
    checksum,
    parts: new Map(),
  };
  uploadsOf(bucket).set(upload.uploadId, upload);
  const { uploadId: UploadId, key: Key } = upload;
  return {
    status: 200,
    headers: {
      ...encryptionHeaders(upload.headers),
      ...(checksum.isNamed && {
        "x-amz-checksum-algorithm": checksum.algorithm.toUpperCase(),
        "x-amz-checksum-type": checksum.type,
      }),
    },
    body: formatXml("InitiateMultipartUploadResult", { Bucket: bucket.name, Key, UploadId }),
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html */
async function abort(request: S3Request, context: S3Context): Promise<S3Answer> {
  const { store } = context;
  await store.exclusively(findUpload(request, context).bucket, request.key, async () => {
    const { bucket, upload } = findUpload(request, context);
    uploadsOf(bucket).delete(upload.uploadId);
    await store.discard([...upload.parts.values()]);
  });
  return { status: 204 };
}
