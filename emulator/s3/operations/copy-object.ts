import { type ChecksumAlgorithm, checksumElementOf, defaultAlgorithm } from "../checksums.ts";
import { refuseFailedWrite } from "../conditions.ts";
import { type CopySource, findCopySource, MAX_COPY_BYTES } from "../copy-source.ts";
import { emitCreated } from "../emit-created.ts";
import { findBucket, versionHeaders } from "../find-version.ts";
import { formatTime } from "../list-page.ts";
import { parseChecksumAlgorithm } from "../multipart-checksum.ts";
import { encryptionHeaders, keptHeaders, parseTagging } from "../object-headers.ts";
import type { NewObject, ObjectHeaders } from "../object-version.ts";
import { readPieces } from "../read-pieces.ts";
import { invalidArgument, invalidRequest } from "../s3-error.ts";
import { header, type Operation, type S3Answer, type S3Context, type S3Request } from "../s3-request.ts";
import type { StagedBody } from "../staged-body.ts";
import { formatXml } from "../xml.ts";

export const copyObjectOperations: readonly Operation[] = [
  { name: "CopyObject", method: "PUT", on: "object", header: "x-amz-copy-source", run: copyObject },
];

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
async function copyObject(request: S3Request, context: S3Context): Promise<S3Answer> {
  const { store } = context;
  const bucket = findBucket(request, context);
  const source = findCopySource(request, context);
  refuseTooLarge(source);
  refuseUnchangedCopy(request, source);
  const described = describeCopy(request, source);
  const algorithm = parseChecksumAlgorithm(request) ?? source.object.checksum?.algorithm ?? defaultAlgorithm;
  const staged = await stageCopy(source, algorithm, context);
  try {
    const object = await store.exclusively(bucket, request.key, () => {
      refuseFailedWrite(request, store.latest(bucket, request.key));
      return store.put(bucket, request.key, {
        ...described,
        pieces: [staged],
        eTag: staged.md5.toString("hex"),
        checksum: { algorithm, value: staged.checksums[algorithm] ?? "", type: "FULL_OBJECT" },
        lastModified: store.now(),
      });
    });
    emitCreated("ObjectCreated:Copy", object, bucket, request, context);
    return {
      status: 200,
      headers: {
        ...encryptionHeaders(object.headers),
        ...versionHeaders(bucket, object),
        ...sourceVersionHeaders(source),
      },
      body: formatXml("CopyObjectResult", {
        ETag: `"${object.eTag}"`,
        LastModified: formatTime(object.lastModified),
        [checksumElementOf(algorithm)]: staged.checksums[algorithm],
        ChecksumType: "FULL_OBJECT",
      }),
    };
  } catch (error) {
    await store.discard([staged]);
    throw error;
  }
}

export function sourceVersionHeaders({ bucket, object }: CopySource): Record<string, string> {
  return bucket.versioning === undefined ? {} : { "x-amz-copy-source-version-id": object.versionId };
}

async function stageCopy(
  { object }: CopySource,
  algorithm: ChecksumAlgorithm,
  { store }: S3Context,
): Promise<StagedBody> {
  using bytes = readPieces(object.pieces, { start: 0, end: object.sizeBytes - 1 });
  return await store.stage(bytes, [algorithm]);
}

function refuseTooLarge({ object }: CopySource): void {
  if (object.sizeBytes > MAX_COPY_BYTES) {
    throw invalidRequest(
      `The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_COPY_BYTES}`,
    );
  }
}

function refuseUnchangedCopy(request: S3Request, { bucket, object, namesVersion }: CopySource): void {
  const isItself = bucket.name === request.bucket && object.key === request.key && !namesVersion;
  const changes =
    header(request, "x-amz-metadata-directive") === "REPLACE" ||
    header(request, "x-amz-storage-class") !== undefined ||
    header(request, "x-amz-server-side-encryption") !== undefined;
  if (isItself && !changes) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
}

/** What the copy says of itself: as its source does, or as the request does. */
function describeCopy(
  request: S3Request,
  { object }: CopySource,
): { headers: ObjectHeaders } & Pick<NewObject, "tags"> {
  const requested = keptHeaders(request);
  return {
    headers: isReplaced(request, "metadata")
      ? requested
      : { ...object.headers, ...encryptionHeaders(requested) },
    tags: isReplaced(request, "tagging") ? parseTagging(header(request, "x-amz-tagging")) : object.tags,
  };
}

function isReplaced(request: S3Request, what: "metadata" | "tagging"): boolean {
  const name = `x-amz-${what}-directive`;
  const directive = header(request, name) ?? "COPY";
  if (directive !== "COPY" && directive !== "REPLACE")
    throw invalidArgument(`Unknown ${what} directive.`, name, directive);
  return directive === "REPLACE";
}
