import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  ListObjectsV2Command,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { INTAKE_PREFIX } from "../../../contract/keys.ts";
import type { CallOptions } from "./call-options.ts";
import { addressOf, type OwnedBucket } from "./owned-bucket.ts";

/** A waiting payload whose body is still to be read, or to be discarded. */
export interface IntakeObject {
  readonly sizeBytes: number;
  /** User metadata, names in lower case without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  read(): Promise<Uint8Array>;
  /** Closes the connection: an unread body would keep it. */
  discard(): void;
}

/** Accepted payloads that wait for their outcome. */
export interface IntakeStore {
  /** Returns undefined when there is no such object. */
  open(key: string, versionId?: string): Promise<IntakeObject | undefined>;
  delete(key: string): Promise<void>;
  exists(key: string): Promise<boolean>;
  /** A page of what waits, in the order of keys. */
  list(afterKey?: string): Promise<WaitingPage>;
}

export interface WaitingPage {
  readonly objects: readonly { readonly key: string; readonly writtenAt: number }[];
  /** The key to list after; absent on the last page. */
  readonly lastKey?: string;
}

export function createIntakeStore(s3: S3Client, bucket: OwnedBucket, options: CallOptions = {}): IntakeStore {
  return {
    async open(key, versionId) {
      try {
        return toIntakeObject(
          await s3.send(
            new GetObjectCommand({
              ...addressOf(bucket),
              Key: key,
              ...(versionId && { VersionId: versionId }),
            }),
            options,
          ),
        );
      } catch (error) {
        if (isMissing(error)) {
          return undefined;
        }
        throw error;
      }
    },
    async delete(key) {
      await s3.send(new DeleteObjectCommand({ ...addressOf(bucket), Key: key }), options);
    },
    // A listing needs no right to read payloads; the key itself sorts first among those it is a prefix of.
    async exists(key) {
      const list = new ListObjectsV2Command({ ...addressOf(bucket), Prefix: key, MaxKeys: 1 });
      const page = await s3.send(list, options);
      return page.Contents?.[0]?.Key === key;
    },
    async list(afterKey) {
      const { Contents = [], IsTruncated } = await s3.send(
        new ListObjectsV2Command({
          ...addressOf(bucket),
          Prefix: INTAKE_PREFIX,
          ...(afterKey && { StartAfter: afterKey }),
        }),
        options,
      );
      const objects = Contents.map(({ Key = "", LastModified }) => ({
        key: Key,
        writtenAt: LastModified?.getTime() ?? 0,
      }));
      const lastKey = IsTruncated ? objects.at(-1)?.key : undefined;
      return { objects, ...(lastKey && { lastKey }) };
    },
  };
}

function toIntakeObject({ Body: body, ContentLength, Metadata }: GetObjectCommandOutput): IntakeObject {
  if (!body || ContentLength === undefined) {
    throw new Error("S3 answered without a body or its length");
  }
  return {
    sizeBytes: ContentLength,
    metadata: Metadata ?? {},
    read: () => readAll(body as AsyncIterable<Uint8Array>, ContentLength),
    discard: () => {
      if ("destroy" in body) {
        body.destroy();
      }
    },
  };
}

/** Into one piece of memory at once: to gather chunks and join them takes twice the memory for a while. */
async function readAll(body: AsyncIterable<Uint8Array>, sizeBytes: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(sizeBytes);
  let offset = 0;
  for await (const chunk of body) {
    if (offset + chunk.length > sizeBytes) {
      throw new Error(`S3 sent more than the ${sizeBytes} bytes that it announced`);
    }
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  if (offset < sizeBytes) {
    throw new Error(`S3 sent ${offset} bytes of the ${sizeBytes} that it announced`);
  }
  return bytes;
}

/** Not every 404: a missing bucket is our fault and must be tried again. */
function isMissing(error: unknown): boolean {
  return (
    error instanceof S3ServiceException && (error.name === "NoSuchKey" || error.name === "NoSuchVersion")
  );
}
