import { rm } from "node:fs/promises";
import { placeOf } from "./key-order.ts";
import type { Bucket, Piece, Version } from "./object-version.ts";

/** Makes a version the latest one of its key, in the place of that with the same id. */
export async function addVersion(bucket: Bucket, version: Version): Promise<void> {
  const before = bucket.keys.get(version.key) ?? [];
  if (before.length === 0) bucket.sortedKeys.splice(placeOf(version.key, bucket.sortedKeys), 0, version.key);
  const replaced = before.filter(({ versionId }) => versionId === version.versionId);
  bucket.keys.set(version.key, [version, ...before.filter((each) => !replaced.includes(each))]);
  await Promise.all(replaced.map(removeBytes));
}

/** @returns the version that was there, or undefined */
export async function removeVersion(
  bucket: Bucket,
  key: string,
  versionId: string,
): Promise<Version | undefined> {
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
export async function removeFiles(pieces: readonly Pick<Piece, "file">[]): Promise<void> {
  await Promise.all(pieces.map(({ file }) => rm(file, { force: true })));
}
