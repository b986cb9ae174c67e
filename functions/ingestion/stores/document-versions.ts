import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { deletedKey, documentsPrefix, type ItemKey } from "../../../contract/keys.ts";
import type { CallOptions } from "./call-options.ts";
import { addressOf, type OwnedBucket } from "./owned-bucket.ts";

/** What identifies one write of a document. */
export interface StoredVersion {
  readonly path: string;
  readonly versionId: string;
}

export interface DocumentVersion extends StoredVersion {
  /** Epoch milliseconds. */
  readonly writtenAt: number;
}

export interface VersionPage {
  readonly versions: readonly DocumentVersion[];
  /** The place to list after; absent on the last page. */
  readonly after?: string;
}

/** The documents bucket by versions: to remove one of them leaves what is written meanwhile. */
export interface DocumentVersions {
  /** A page of what lies under the prefix, in the order of keys. */
  list(prefix: string, after?: string): Promise<VersionPage>;
  /** All that an item has, without its plain files; of a plain file, all that it has. */
  listItem(key: ItemKey): Promise<DocumentVersion[]>;
  /** Copies it to where no API reads; false where it is gone. */
  keepDeleted(version: StoredVersion): Promise<boolean>;
  /** For good: an older version of the document becomes the present one. */
  delete(versions: readonly StoredVersion[]): Promise<void>;
}

interface VersionsOptions extends CallOptions {
  readonly pageSize?: number;
}

export function createDocumentVersions(
  s3: S3Client,
  bucket: OwnedBucket,
  options: VersionsOptions = {},
): DocumentVersions {
  const list = (listing: Listing) => listVersions(s3, bucket, listing, options);
  return {
    list: (prefix, after) => list({ prefix, after }),
    async listItem(key) {
      const found: DocumentVersion[] = [];
      let after: string | undefined;
      do {
        // What is below the next slash are the item's plain files, each an item of its own.
        const page = await list({ prefix: documentsPrefix(key), after, delimiter: "/" });
        found.push(...page.versions);
        after = page.after;
      } while (after !== undefined);
      return found;
    },
    keepDeleted: (version) => copyToDeleted(s3, bucket, version, callOptionsOf(options)),
    delete: (versions) => deleteVersions(s3, bucket, versions, callOptionsOf(options)),
  };
}

function callOptionsOf({ pageSize: _pageSize, ...options }: VersionsOptions): CallOptions {
  return options;
}

interface Listing {
  readonly prefix: string;
  readonly after?: string | undefined;
  readonly delimiter?: string;
}

async function listVersions(
  s3: S3Client,
  bucket: OwnedBucket,
  { prefix, after, delimiter }: Listing,
  options: VersionsOptions,
): Promise<VersionPage> {
  const { Versions = [], ...page } = await s3.send(
    new ListObjectVersionsCommand({
      ...addressOf(bucket),
      Prefix: prefix,
      ...(delimiter && { Delimiter: delimiter }),
      ...(options.pageSize && { MaxKeys: options.pageSize }),
      ...(after && markersOf(after)),
    }),
    callOptionsOf(options),
  );
  const versions = Versions.map(({ Key = "", VersionId = unversioned, LastModified }) => ({
    path: Key,
    versionId: VersionId,
    writtenAt: LastModified?.getTime() ?? Number.POSITIVE_INFINITY,
  }));
  const next = page.IsTruncated && page.NextKeyMarker;
  return { versions, ...(next && { after: placeOf(next, page.NextVersionIdMarker) }) };
}

/** False where the version is gone. */
async function copyToDeleted(
  s3: S3Client,
  bucket: OwnedBucket,
  { path, versionId }: StoredVersion,
  options: CallOptions,
): Promise<boolean> {
  const source = `${bucket.name}/${path}`.split("/").map(encodeURIComponent).join("/");
  const copy = new CopyObjectCommand({
    ...addressOf(bucket),
    Key: deletedKey(path),
    CopySource: `${source}?versionId=${encodeURIComponent(versionId)}`,
    ExpectedSourceBucketOwner: bucket.owner,
    // Documents have no tags, and to copy them would take a further right.
    TaggingDirective: "REPLACE",
  });
  try {
    await s3.send(copy, options);
    return true;
  } catch (error) {
    if (isGone(error)) {
      return false;
    }
    throw error;
  }
}

/** The id of an object's only version in a bucket that is not versioned. */
export const unversioned = "null";

/** Objects of one call: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html */
const maxBatchObjects = 1_000;

/** Some were not removed, and S3 said so in an answer of 200. */
export class RemovalError extends Error {
  override readonly name = "RemovalError";
  readonly code = "REMOVAL";
}

/**
 * What is gone already is no error.
 * @throws {RemovalError}
 */
export async function deleteVersions(
  s3: S3Client,
  bucket: OwnedBucket,
  versions: readonly StoredVersion[],
  options: CallOptions,
): Promise<void> {
  for (let start = 0; start < versions.length; start += maxBatchObjects) {
    const Objects = versions
      .slice(start, start + maxBatchObjects)
      .map(({ path, versionId }) => ({ Key: path, VersionId: versionId }));
    const { Errors = [] } = await s3.send(
      new DeleteObjectsCommand({ ...addressOf(bucket), Delete: { Objects, Quiet: true } }),
      options,
    );
    if (Errors[0]) {
      throw new RemovalError(
        `S3 did not remove ${Errors.length} of ${Objects.length} versions: ${Errors[0].Code}`,
      );
    }
  }
}

/** A key may have more versions than a page, so a place in the listing is a key and a version of it. */
function placeOf(key: string, versionId = ""): string {
  return `${key}\n${versionId}`;
}

function markersOf(place: string) {
  const end = place.lastIndexOf("\n");
  if (end < 0) return { KeyMarker: place };
  const VersionIdMarker = place.slice(end + 1);
  return { KeyMarker: place.slice(0, end), ...(VersionIdMarker && { VersionIdMarker }) };
}

function isGone(error: unknown): boolean {
  return (
    error instanceof S3ServiceException && (error.name === "NoSuchKey" || error.name === "NoSuchVersion")
  );
}
