import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { documentKey, type ItemKey } from "../../../contract/keys.ts";
import type { CheckedFile } from "../payload/checked-payload.ts";
import type { CallOptions } from "./call-options.ts";
import { deleteVersions, type StoredVersion, unversioned } from "./document-versions.ts";
import { addressOf, type OwnedBucket } from "./owned-bucket.ts";

/** Where documents are kept, by the hash of their content: a repeated put changes nothing that a reader sees. */
export interface DocumentStore {
  /** Returns the version that it wrote; undefined in a bucket that is not versioned. */
  put(key: ItemKey, file: CheckedFile): Promise<StoredVersion | undefined>;
  /** Removes for good what was put, and nothing that others put under the same key. */
  delete(versions: readonly StoredVersion[]): Promise<void>;
}

export function createDocumentStore(
  s3: S3Client,
  bucket: OwnedBucket,
  options: CallOptions = {},
): DocumentStore {
  return {
    async put(key, { bytes, metadata: { sha256, contentType } }) {
      const path = documentKey(key, sha256);
      const { VersionId: versionId } = await s3.send(
        new PutObjectCommand({
          ...addressOf(bucket),
          Key: path,
          Body: bytes,
          ContentType: contentType,
          // S3 checks what it received against the hash that the key promises.
          ChecksumSHA256: Buffer.from(sha256, "hex").toString("base64"),
        }),
        options,
      );
      // Where versioning is suspended, the next write has the same id.
      return versionId === undefined || versionId === unversioned ? undefined : { path, versionId };
    },
    delete: (versions) => deleteVersions(s3, bucket, versions, options),
  };
}
