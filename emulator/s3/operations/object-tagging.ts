import { findBucket, findObject, versionHeaders } from "../find-version.ts";
import { refuseTooManyTags } from "../object-headers.ts";
import { receivedDocument } from "../received-document.ts";
import { S3Error } from "../s3-error.ts";
import type { Operation, S3Answer, S3Context, S3Request } from "../s3-request.ts";
import { childrenOf, formatXml, malformedXml, parseXml, textOf } from "../xml.ts";

const of = { on: "object", subresource: "tagging" } as const;

/** They make no new version, and tell no event: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html */
export const objectTaggingOperations: readonly Operation[] = [
  { ...of, name: "GetObjectTagging", method: "GET", run: getTagging },
  { ...of, name: "PutObjectTagging", method: "PUT", run: putTagging },
  {
    ...of,
    name: "DeleteObjectTagging",
    method: "DELETE",
    run: (request, context) => setTags(request, context, {}, 204),
  },
];

function getTagging(request: S3Request, context: S3Context): S3Answer {
  const bucket = findBucket(request, context);
  const object = findObject(request, bucket, context);
  const Tag = Object.entries(object.tags).map(([Key, Value]) => ({ Key, Value }));
  return {
    status: 200,
    headers: versionHeaders(bucket, object),
    body: formatXml("Tagging", { TagSet: { Tag } }),
  };
}

async function putTagging(request: S3Request, context: S3Context): Promise<S3Answer> {
  const tagging = parseXml(await receivedDocument(request), "Tagging");
  const tags = new Map<string, string>();
  for (const tag of childrenOf(tagging, "TagSet").flatMap((set) => childrenOf(set, "Tag"))) {
    const key = textOf(tag, "Key");
    if (key === undefined) throw malformedXml();
    if (tags.has(key)) {
      throw new S3Error(400, "InvalidTag", "Cannot provide multiple Tags with the same key", { TagKey: key });
    }
    tags.set(key, textOf(tag, "Value") ?? "");
  }
  refuseTooManyTags(Object.fromEntries(tags));
  return setTags(request, context, Object.fromEntries(tags), 200);
}

function setTags(
  request: S3Request,
  context: S3Context,
  tags: Readonly<Record<string, string>>,
  status: number,
): S3Answer {
  const bucket = findBucket(request, context);
  const object = findObject(request, bucket, context);
  object.tags = tags;
  return { status, headers: versionHeaders(bucket, object) };
}
