import { findBucket } from "../find-version.ts";
import { receivedDocument } from "../received-document.ts";
import { noSuchVersion, S3Error } from "../s3-error.ts";
import type { Operation, S3Answer, S3Context, S3Request } from "../s3-request.ts";
import { childrenOf, formatXml, malformedXml, parseXml, textOf, type XmlContent } from "../xml.ts";
import { type Deletion, deleteOne } from "./delete-object.ts";

export const deleteObjectsOperations: readonly Operation[] = [
  { name: "DeleteObjects", method: "POST", on: "bucket", subresource: "delete", run: deleteObjects },
];

const maxObjects = 1000;

/**
 * Many deletions in one request, each by itself: some may fail in an answer of 200.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
 */
async function deleteObjects(request: S3Request, context: S3Context): Promise<S3Answer> {
  findBucket(request, context);
  const root = parseXml(await receivedDocument(request), "Delete");
  const isQuiet = textOf(root, "Quiet")?.trim() === "true";
  const deletions = childrenOf(root, "Object").map((object): Deletion => {
    const key = textOf(object, "Key");
    if (key === undefined || key === "") throw malformedXml();
    return { key, versionId: textOf(object, "VersionId"), ifMatch: textOf(object, "ETag") };
  });
  if (deletions.length === 0 || deletions.length > maxObjects) throw malformedXml();
  const deleted: XmlContent[] = [];
  const errors: XmlContent[] = [];
  for (const deletion of deletions) {
    try {
      deleted.push(await deleteNamed(request, deletion, context));
    } catch (error) {
      if (!(error instanceof S3Error)) throw error;
      const { key: Key, versionId: VersionId } = deletion;
      errors.push({ Key, VersionId, Code: error.code, Message: error.message });
    }
  }
  return {
    status: 200,
    body: formatXml("DeleteResult", { ...(!isQuiet && { Deleted: deleted }), Error: errors }),
  };
}

async function deleteNamed(request: S3Request, deletion: Deletion, context: S3Context): Promise<XmlContent> {
  const { key, versionId } = deletion;
  if (versionId !== undefined && !context.store.isVersionId(versionId)) throw noSuchVersion(key, versionId);
  const { marker, removed } = await deleteOne(request, deletion, context);
  const gone = marker ?? removed;
  const isMarker = gone?.kind === "delete-marker";
  return {
    Key: key,
    VersionId: versionId,
    ...(isMarker && { DeleteMarker: true, DeleteMarkerVersionId: gone.versionId }),
  };
}
