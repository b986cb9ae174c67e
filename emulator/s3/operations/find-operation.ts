import { notImplemented, S3Error } from "../s3-error.ts";
import type { Operation, S3Request } from "../s3-request.ts";
import { bucketNotificationOperations } from "./bucket-notification.ts";
import { bucketOperations } from "./buckets.ts";
import { completeMultipartUploadOperations } from "./complete-multipart-upload.ts";
import { copyObjectOperations } from "./copy-object.ts";
import { deleteObjectOperations } from "./delete-object.ts";
import { deleteObjectsOperations } from "./delete-objects.ts";
import { getObjectOperations } from "./get-object.ts";
import { listMultipartOperations } from "./list-multipart.ts";
import { listObjectVersionsOperations } from "./list-object-versions.ts";
import { listObjectsOperations } from "./list-objects.ts";
import { multipartUploadOperations } from "./multipart-upload.ts";
import { objectAttributesOperations } from "./object-attributes.ts";
import { objectTaggingOperations } from "./object-tagging.ts";
import { putObjectOperations } from "./put-object.ts";
import { uploadPartOperations } from "./upload-part.ts";

/** All that is executed; what else Amazon S3 has is refused. */
const operations: readonly Operation[] = [
  ...bucketOperations,
  ...bucketNotificationOperations,
  ...putObjectOperations,
  ...copyObjectOperations,
  ...multipartUploadOperations,
  ...uploadPartOperations,
  ...completeMultipartUploadOperations,
  ...listMultipartOperations,
  ...getObjectOperations,
  ...deleteObjectOperations,
  ...deleteObjectsOperations,
  ...listObjectsOperations,
  ...listObjectVersionsOperations,
  ...objectTaggingOperations,
  ...objectAttributesOperations,
];

/** Parameters that ask for another operation: a request with one that is not executed must not pass for a plain one. */
const subresources = new Set(
  `
    accelerate acl analytics attributes cors delete encryption intelligent-tiering inventory legal-hold
    lifecycle list-type location logging metadataConfiguration metadataInventoryTable
    metadataJournalTable metadataTable metrics notification object-lock ownershipControls policy
    policyStatus publicAccessBlock renameObject replication requestPayment restore retention select
    session tagging torrent uploadId uploads versioning versions website abac append directory
  `
    .trim()
    .split(/\s+/),
);

/** Headers that ask for another operation. */
const operationHeaders = new Set(["x-amz-copy-source"]);

/**
 * The operation that a request asks for.
 * @throws S3Error NotImplemented, with the name of what is not executed; MethodNotAllowed of what Amazon S3 has not either
 */
export function findOperation(request: S3Request): Operation {
  const on = targetOf(request);
  const asked = [...new Set(request.query.keys())].filter((name) => subresources.has(name));
  const askedHeaders = Object.keys(request.headers).filter((name) => operationHeaders.has(name));
  const operation = operations.find(
    (candidate) =>
      candidate.method === request.method &&
      candidate.on === on &&
      asked.every((name) => name === candidate.subresource) &&
      (candidate.subresource === undefined || asked.length > 0) &&
      askedHeaders.every((name) => name === candidate.header) &&
      (candidate.header === undefined || askedHeaders.length > 0),
  );
  if (operation !== undefined) return operation;
  if (asked.length === 0 && askedHeaders.length === 0 && isNoMethodOf(on, request.method)) {
    throw new S3Error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.", {
      Method: request.method,
      ResourceType: on.toUpperCase(),
    });
  }
  const by = [...asked.map((name) => `?${name}`), ...askedHeaders].map((name) => ` with ${name}`);
  throw notImplemented(`${request.method} of ${nouns[on]}${by.join("")}`);
}

/** A key without a bucket is in none: it is no request to the service. */
function targetOf({ bucket, key }: S3Request): Operation["on"] {
  if (key !== "") return "object";
  return bucket === "" ? "service" : "bucket";
}

/** Amazon S3 itself has no such operation: an upload by a form is a POST of a bucket, and an object has no other POST. */
function isNoMethodOf(on: Operation["on"], method: string): boolean {
  return (
    method === "PATCH" || (method === "POST" && on !== "bucket") || (on === "service" && method !== "GET")
  );
}

const nouns = { service: "the service", bucket: "a bucket", object: "an object" };
