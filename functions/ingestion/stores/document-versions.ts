import { DeleteObjectCommand, ListObjectVersionsCommand, type S3Client } from "@aws-sdk/client-s3";
import { DOCUMENTS_PREFIX } from "../../../contract/keys.ts";
import type { CallOptions } from "./call-options.ts";
import { addressOf, type OwnedBucket } from "./owned-bucket.ts";

/** One version of a document. */
export interface DocumentVersion {
  readonly path: string;
  readonly versionId: string;
  /** Epoch milliseconds. */
  readonly writtenAt: number;
}

export interface VersionPage {
  readonly versions: readonly DocumentVersion[];
  /** The path to list after; absent on the last page. */
  readonly lastPath?: string;
}

/** The documents bucket as the sweep sees it: by versions, since to delete one leaves what is written meanwhile. */
export interface DocumentVersions {
  list(afterPath?: string): Promise<VersionPage>;
  /** For good: an older version of the document becomes the present one. */
  delete(version: DocumentVersion): Promise<void>;
}

export function createDocumentVersions(
  s3: S3Client,
  bucket: OwnedBucket,
  options: CallOptions = {},
): DocumentVersions {
  return {
    async list(afterPath) {
      const {
        Versions = [],
        IsTruncated,
        NextKeyMarker,
      } = await s3.send(
        new ListObjectVersionsCommand({
          ...addressOf(bucket),
          Prefix: DOCUMENTS_PREFIX,
          ...(afterPath && { KeyMarker: afterPath }),
        }),
        options,
      );
      const versions = Versions.map(({ Key = "", VersionId = "null", LastModified }) => ({
        path: Key,
        versionId: VersionId,
        writtenAt: LastModified?.getTime() ?? Number.POSITIVE_INFINITY,
      }));
      return { versions, ...(IsTruncated && NextKeyMarker && { lastPath: NextKeyMarker }) };
    },
    async delete({ path, versionId }) {
      await s3.send(
        new DeleteObjectCommand({ ...addressOf(bucket), Key: path, VersionId: versionId }),
        options,
      );
    },
  };
}
