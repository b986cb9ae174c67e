import type { Checksum } from "./checksums.ts";

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
