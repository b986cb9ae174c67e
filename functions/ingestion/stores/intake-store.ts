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
import { type OpenBody, openBody } from "./open-body.ts";
import { addressOf, type OwnedBucket } from "./owned-bucket.ts";

/** A waiting payload. */
export interface IntakeObject extends OpenBody {
  /** User metadata, names in lower case without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
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

function toIntakeObject({ Body, ContentLength, Metadata }: GetObjectCommandOutput): IntakeObject {
  const body = openBody(Body, ContentLength);
  return { ...body, metadata: Metadata ?? {} };
}

/** Not every 404: a missing bucket is our fault and must be tried again. */
function isMissing(error: unknown): boolean {
  return (
    error instanceof S3ServiceException && (error.name === "NoSuchKey" || error.name === "NoSuchVersion")
  );
}
