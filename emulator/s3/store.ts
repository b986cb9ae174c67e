import type { ChecksumAlgorithm } from "./checksums.ts";
import { compareKeys } from "./key-order.ts";
import { addVersion, removeFiles, removeVersion } from "./key-versions.ts";
import {
  type Bucket,
  type DeleteMarker,
  type NewObject,
  NULL_VERSION,
  type ObjectVersion,
  type Version,
} from "./object-version.ts";
import { type StagedBody, stageBody } from "./staged-body.ts";
import { createVersionIds } from "./version-ids.ts";

export type Store = ReturnType<typeof createStore>;

/** Buckets and objects: their bytes in files of a folder, all else in memory. The folder is the caller's. */
export function createStore(folder: string, now: () => Date = () => new Date()) {
  const buckets = new Map<string, Bucket>();
  const writing = new Map<string, Promise<unknown>>();
  const versionIds = createVersionIds();

  return {
    folder,
    now,
    bucketOf: (name: string): Bucket | undefined => buckets.get(name),
    buckets: (): Bucket[] => [...buckets.values()].sort((a, b) => compareKeys(a.name, b.name)),

    createBucket(name: string): Bucket {
      const bucket: Bucket = {
        name,
        createdAt: now(),
        versioning: undefined,
        keys: new Map(),
        sortedKeys: [],
      };
      buckets.set(name, bucket);
      return bucket;
    },
    deleteBucket(name: string): void {
      buckets.delete(name);
    },

    /** Takes a body in; its file has to become part of an object, or to be removed by `discard`. */
    stage(body: AsyncIterable<Uint8Array>, algorithms: readonly ChecksumAlgorithm[]): Promise<StagedBody> {
      return stageBody(body, folder, algorithms);
    },
    discard: removeFiles,

    /**
     * Lets writes of one key go one after the other, so that of two conditional ones only the first succeeds. A body should
     * be staged before: a slow sender keeps nobody waiting then.
     */
    async exclusively<Result>(bucket: Bucket, key: string, write: () => Promise<Result>): Promise<Result> {
      const name = `${bucket.name}/${key}`;
      const before = writing.get(name) ?? Promise.resolve();
      const written = before.catch(() => undefined).then(write);
      writing.set(name, written);
      try {
        return await written;
      } finally {
        if (writing.get(name) === written) writing.delete(name);
      }
    },

    latest(bucket: Bucket, key: string): Version | undefined {
      return bucket.keys.get(key)?.[0];
    },
    version(bucket: Bucket, key: string, versionId: string): Version | undefined {
      return bucket.keys.get(key)?.find((version) => version.versionId === versionId);
    },

    /** Whether it is `null`, or was given out here, also where that version is no more. */
    isVersionId: versionIds.isOne,

    /** Makes an object the latest version of its key; without versioning it takes the place of the one before. */
    async put(bucket: Bucket, key: string, object: NewObject): Promise<ObjectVersion> {
      const version: ObjectVersion = {
        ...object,
        kind: "object",
        key,
        versionId: versionIds.next(bucket),
        sizeBytes: object.pieces.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      };
      await addVersion(bucket, version);
      return version;
    },

    /** What a DELETE without a version does: a marker where there is or was versioning, else the object is gone. */
    async remove(bucket: Bucket, key: string): Promise<DeleteMarker | undefined> {
      if (bucket.versioning === undefined) {
        await removeVersion(bucket, key, NULL_VERSION);
        return undefined;
      }
      const marker: DeleteMarker = {
        kind: "delete-marker",
        key,
        versionId: versionIds.next(bucket),
        lastModified: now(),
      };
      await addVersion(bucket, marker);
      return marker;
    },
    removeVersion,

    /** In the order of keys' UTF-8 bytes, versions of one key the newest first. */
    versions(bucket: Bucket): Version[] {
      return bucket.sortedKeys.flatMap((key) => bucket.keys.get(key) ?? []);
    },
    /** The latest versions that are objects, in the order of keys' UTF-8 bytes. */
    objects(bucket: Bucket): ObjectVersion[] {
      return bucket.sortedKeys.flatMap((key) => {
        const latest = bucket.keys.get(key)?.[0];
        return latest?.kind === "object" ? [latest] : [];
      });
    },
  };
}
