import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { DocumentContent } from "../payload/document-content.ts";
import type { CallOptions } from "./call-options.ts";

/** Where documents are kept, by the hash of their content: a repeated put changes nothing. */
export interface DocumentStore {
  put(path: string, content: DocumentContent, contentType: string): Promise<void>;
}

export function createDocumentStore(s3: S3Client, bucket: string, options: CallOptions = {}): DocumentStore {
  return {
    async put(path, { bytes, sha256 }, contentType) {
      await s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: path,
          Body: bytes,
          ContentType: contentType,
          // S3 checks what it received against the hash that the path promises.
          ChecksumSHA256: Buffer.from(sha256, "hex").toString("base64"),
        }),
        options,
      );
    },
  };
}
