import { createHmac, randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import type { Checksum, ChecksumAlgorithm } from "./checksums.ts";
import { type StagedBody, stageBody } from "./staged-body.ts";

/** The id of the one version of an object that was written without versioning. */
export const NULL_VERSION = "null";

/** One piece of an object's bytes: all of it, or a part of a multipart upload. */
export interface Piece {
  readonly file: string;
  readonly sizeBytes: number;
}

/** What a writer says of an object, as headers in lower case: `content-type`, `x-amz-meta-…` and the like. */
export type ObjectHeaders = Readonly<Record<string, string>>;

export interface NewObject {
  readonly pieces: readonly Piece[];
  /** Without quotes. */
  readonly eTag: string;
  readonly checksum: Checksum | undefined;
  readonly headers: ObjectHeaders;
  readonly tags: Readonly<Record<string, string>>;
  /** Of a multipart upload: the sizes and checksums of its parts. */
  readonly parts?: readonly PartSummary[] | undefined;
  /** That of its beginning, of a multipart upload. */
  readonly lastModified: Date;
}

export interface PartSummary {
  readonly partNumber: number;
  readonly sizeBytes: number;
  readonly checksum: Checksum | undefined;
}

export interface ObjectVersion extends Omit<NewObject, "tags"> {
  readonly kind: "object";
  readonly key: string;
  readonly versionId: string;
  readonly sizeBytes: number;
  tags: Readonly<Record<string, string>>;
}

export interface DeleteMarker {
  readonly kind: "delete-marker";
  readonly key: string;
  readonly versionId: string;
  readonly lastModified: Date;
}

export type Version = ObjectVersion | DeleteMarker;

/** `undefined` until it is put for the first time. */
export type Versioning = "Enabled" | "Suspended" | undefined;

export interface Bucket {
  readonly name: string;
  readonly createdAt: Date;
  versioning: Versioning;
  /** Versions of each key, the newest first; a key without versions is not there. */
  readonly keys: Map<string, Version[]>;
  /** The same keys in the order of listings. */
  readonly sortedKeys: string[];
}

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
    /** @returns the version that was there, or undefined */
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

async function addVersion(bucket: Bucket, version: Version): Promise<void> {
  const before = bucket.keys.get(version.key) ?? [];
  if (before.length === 0) bucket.sortedKeys.splice(placeOf(version.key, bucket.sortedKeys), 0, version.key);
  const replaced = before.filter(({ versionId }) => versionId === version.versionId);
  bucket.keys.set(version.key, [version, ...before.filter((each) => !replaced.includes(each))]);
  await Promise.all(replaced.map(removeBytes));
}

async function removeVersion(bucket: Bucket, key: string, versionId: string): Promise<Version | undefined> {
  const versions = bucket.keys.get(key) ?? [];
  const removed = versions.find((version) => version.versionId === versionId);
  if (removed === undefined) return undefined;
  const kept = versions.filter((version) => version !== removed);
  if (kept.length > 0) bucket.keys.set(key, kept);
  else {
    bucket.keys.delete(key);
    bucket.sortedKeys.splice(placeOf(key, bucket.sortedKeys), 1);
  }
  await removeBytes(removed);
  return removed;
}

async function removeBytes(version: Version): Promise<void> {
  if (version.kind === "object") await removeFiles(version.pieces);
}

/** Who reads one at the moment reads it to its end: an open file outlives its name. */
async function removeFiles(pieces: readonly Pick<Piece, "file">[]): Promise<void> {
  await Promise.all(pieces.map(({ file }) => rm(file, { force: true })));
}

/** Where a key is, or is to be, among sorted ones. */
function placeOf(key: string, sortedKeys: readonly string[]): number {
  let [from, to] = [0, sortedKeys.length];
  while (from < to) {
    const middle = Math.floor((from + to) / 2);
    if (compareKeys(sortedKeys[middle] ?? "", key) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

/**
 * Ids of versions in the form of Amazon S3's: 32 characters, of which the last ones prove that it gave out the id. So it can tell
 * one that is no more from one that never was.
 */
function createVersionIds() {
  const secret = randomBytes(32);
  const encode = (bytes: Buffer) => bytes.toString("base64url").replaceAll("-", ".");
  const sign = (id: string) => encode(createHmac("sha256", secret).update(id).digest().subarray(0, 9));
  return {
    next({ versioning }: Bucket): string {
      if (versioning !== "Enabled") return NULL_VERSION;
      const id = encode(randomBytes(15));
      return `${id}${sign(id)}`;
    },
    isOne: (id: string): boolean =>
      id === NULL_VERSION || (id.length === 32 && sign(id.slice(0, 20)) === id.slice(20)),
  };
}

/** Amazon S3 lists keys by their bytes: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export function compareKeys(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
