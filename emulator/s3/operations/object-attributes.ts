import { checksumElementOf } from "../checksums.ts";
import { findBucket, findObject, versionHeaders } from "../find-version.ts";
import { invalidArgument } from "../s3-error.ts";
import { header, type Operation, type S3Answer, type S3Context, type S3Request } from "../s3-request.ts";
import type { ObjectVersion } from "../store.ts";
import { formatXml, type XmlContent } from "../xml.ts";

export const objectAttributesOperations: readonly Operation[] = [
  { name: "GetObjectAttributes", method: "GET", on: "object", subresource: "attributes", run: getAttributes },
];

const describe: Readonly<Record<string, (object: ObjectVersion) => XmlContent>> = {
  ETag: ({ eTag }) => eTag,
  Checksum: ({ checksum }) =>
    checksum && { [checksumElementOf(checksum.algorithm)]: checksum.value, ChecksumType: checksum.type },
  ObjectParts: ({ parts }) => parts && { PartsCount: parts.length },
  StorageClass: () => "STANDARD",
  ObjectSize: ({ sizeBytes }) => sizeBytes,
};

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html */
function getAttributes(request: S3Request, context: S3Context): S3Answer {
  const name = "x-amz-object-attributes";
  const wanted = (header(request, name) ?? "").split(",").map((attribute) => attribute.trim());
  const unknown = wanted.find((attribute) => !Object.hasOwn(describe, attribute));
  if (unknown !== undefined) throw invalidArgument("Invalid attribute name specified.", name, unknown);
  const bucket = findBucket(request, context);
  const object = findObject(request, bucket, context);
  const attributes = Object.entries(describe)
    .filter(([attribute]) => wanted.includes(attribute))
    .map(([attribute, of]) => [attribute, of(object)]);
  return {
    status: 200,
    headers: { "last-modified": object.lastModified.toUTCString(), ...versionHeaders(bucket, object) },
    body: formatXml("GetObjectAttributesResponse", Object.fromEntries(attributes)),
  };
}
