import { deletedKey, documentKey, documentsPrefix } from "../../contract/keys.ts";
import type { DocumentStore } from "../../functions/ingestion/stores/document-store.ts";
import {
  type DocumentVersion,
  type DocumentVersions,
  type StoredVersion,
  unversioned,
  type VersionPage,
} from "../../functions/ingestion/stores/document-versions.ts";

interface Version extends DocumentVersion {
  readonly bytes: Uint8Array;
}

interface BucketOptions {
  readonly now: () => number;
  readonly isVersioned?: boolean;
  /** The id of the next version. */
  readonly newVersionId?: () => string;
  /** Told of each version that is removed, once it is. */
  readonly onDeleted?: (path: string) => void;
}

/** A bucket in memory with its versions, by the rules of S3 as far as the stores use them. The newest version is what is read. */
export class VersionedBucket {
  readonly #versions = new Map<string, Version[]>();
  readonly #isVersioned: boolean;
  readonly #options: BucketOptions;
  #writes = 0;

  constructor(options: BucketOptions) {
    this.#options = options;
    this.#isVersioned = options.isVersioned ?? true;
  }

  get size(): number {
    return this.#versions.size;
  }

  /** What is read under each key. */
  contents(): [path: string, bytes: Uint8Array][] {
    return this.keys().map((path) => [path, this.get(path) ?? new Uint8Array()]);
  }

  keys(): string[] {
    return [...this.#versions.keys()].sort();
  }

  has(path: string): boolean {
    return this.#versions.has(path);
  }

  get(path: string): Uint8Array | undefined {
    return this.#versions.get(path)?.[0]?.bytes;
  }

  versionsOf(path: string): readonly DocumentVersion[] {
    return this.#versions.get(path) ?? [];
  }

  clear(): void {
    this.#versions.clear();
  }

  put(path: string, bytes: Uint8Array, writtenAt = this.#options.now()): StoredVersion {
    this.#writes += 1;
    const newId = this.#options.newVersionId?.() ?? `v${this.#writes}`;
    const versionId = this.#isVersioned ? newId : unversioned;
    const older = this.#isVersioned ? (this.#versions.get(path) ?? []) : [];
    this.#versions.set(path, [{ path, versionId, writtenAt, bytes }, ...older]);
    return { path, versionId };
  }

  /** False where there is no such version. */
  copy({ path, versionId }: StoredVersion, target: string): boolean {
    const source = this.#versions.get(path)?.find((version) => version.versionId === versionId);
    if (source) this.put(target, source.bytes);
    return source !== undefined;
  }

  delete({ path, versionId }: StoredVersion): void {
    const versions = this.#versions.get(path) ?? [];
    const left = versions.filter((version) => version.versionId !== versionId);
    if (left.length > 0) {
      this.#versions.set(path, left);
    } else {
      this.#versions.delete(path);
    }
    if (left.length < versions.length) this.#options.onDeleted?.(path);
  }

  /** Pages end between keys; `after` is the last key of the page before. */
  list(prefix: string, { after = "", pageSize = Number.POSITIVE_INFINITY } = {}): VersionPage {
    const rest = this.keys().filter((key) => key.startsWith(prefix) && key > after);
    const page = rest.slice(0, pageSize);
    const last = rest.length > page.length ? page.at(-1) : undefined;
    const versions = page.flatMap((path) => this.versionsOf(path));
    return { versions, ...(last !== undefined && { after: last }) };
  }
}

/** One call of a store, by its name; its effect happens when the service does it. */
export type Call = <T>(name: string, effect: () => T) => Promise<T>;

const atOnce: Call = async (_name, effect) => effect();

export function documentStoreOf(bucket: VersionedBucket, call: Call = atOnce): DocumentStore {
  return {
    put: (key, { bytes, metadata }) =>
      call("putDocument", () => {
        const version = bucket.put(documentKey(key, metadata.sha256), bytes);
        return version.versionId === unversioned ? undefined : version;
      }),
    delete: (versions) => deleteAll(bucket, versions, call),
  };
}

export function documentVersionsOf(
  bucket: VersionedBucket,
  call: Call = atOnce,
  pageSize = Number.POSITIVE_INFINITY,
): DocumentVersions {
  return {
    list: (prefix, after) =>
      call("listDocuments", () => bucket.list(prefix, { pageSize, ...(after !== undefined && { after }) })),
    listItem: (key) =>
      call("listItem", () => {
        const prefix = documentsPrefix(key);
        return bucket.list(prefix).versions.filter(({ path }) => !path.slice(prefix.length).includes("/"));
      }),
    keepDeleted: (version) => call("copyDocument", () => bucket.copy(version, deletedKey(version.path))),
    delete: (versions) => deleteAll(bucket, versions, call),
  };
}

/** Nothing to delete is no call, as with the real store. */
async function deleteAll(
  bucket: VersionedBucket,
  versions: readonly StoredVersion[],
  call: Call,
): Promise<void> {
  if (versions.length === 0) return;
  await call("deleteDocuments", () => {
    for (const version of versions) bucket.delete(version);
  });
}
