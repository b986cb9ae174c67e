import { checksumHeaders } from "../checksums.ts";
import { refuseFailedWrite } from "../conditions.ts";
import { emitCreated } from "../emit-created.ts";
import { findBucket, versionHeaders } from "../find-version.ts";
import { encryptionHeaders, keptHeaders, parseTagging } from "../object-headers.ts";
import { receiveBody } from "../received-body.ts";
import { header, type Operation, type S3Answer, type S3Context, type S3Request } from "../s3-request.ts";

export const putObjectOperations: readonly Operation[] = [
  { name: "PutObject", method: "PUT", on: "object", run: putObject },
];

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
async function putObject(request: S3Request, context: S3Context): Promise<S3Answer> {
  const { store } = context;
  findBucket(request, context);
  const headers = keptHeaders(request);
  const tags = parseTagging(header(request, "x-amz-tagging"));
  const { staged, checksum } = await receiveBody(request, context);
  try {
    // A bucket may be gone, or told to keep versions, since the body began.
    const bucket = findBucket(request, context);
    const object = await store.exclusively(bucket, request.key, () => {
      refuseFailedWrite(request, store.latest(bucket, request.key));
      const eTag = staged.md5.toString("hex");
      return store.put(bucket, request.key, {
        pieces: [staged],
        eTag,
        checksum,
        headers,
        tags,
        lastModified: store.now(),
      });
    });
    emitCreated("ObjectCreated:Put", object, bucket, request, context);
    return {
      status: 200,
      headers: {
        etag: `"${object.eTag}"`,
        ...checksumHeaders(checksum),
        ...encryptionHeaders(headers),
        // Amazon S3 tells a writer of no version where versioning is suspended.
        ...(bucket.versioning === "Enabled" && versionHeaders(bucket, object)),
      },
    };
  } catch (error) {
    await store.discard([staged]);
    throw error;
  }
}
