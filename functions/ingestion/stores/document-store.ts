import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { documentKey, type ItemKey } from "../../../contract/keys.ts";
import type { CheckedFile } from "../payload/checked-payload.ts";
import type { CallOptions } from "./call-options.ts";
import { addressOf, type OwnedBucket } from "./owned-bucket.ts";

/** Where documents are kept, by the hash of their content: a repeated put changes nothing. */
export interface DocumentStore {
  put(key: ItemKey, file: CheckedFile): Promise<void>;
}

export function createDocumentStore(
  s3: S3Client,
  bucket: OwnedBucket,
  options: CallOptions = {},
): DocumentStore {
  return {
    async put(key, { bytes, metadata: { sha256, contentType } }) {
      await s3.send(
        new PutObjectCommand({
          ...addressOf(bucket),
          Key: documentKey(key, sha256),
          Body: bytes,
          ContentType: contentType,
          // S3 checks what it received against the hash that the key promises.
          ChecksumSHA256: Buffer.from(sha256, "hex").toString("base64"),
        }),
        options,
      );
    },
  };
}
