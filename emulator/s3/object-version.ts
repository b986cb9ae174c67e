import type { Checksum } from "./checksums.ts";

/** Those that an object keeps and a GET gives back, in lower case. */
export const SYSTEM_HEADERS = [
  "content-type",
  "content-encoding",
  "content-disposition",
  "content-language",
  "cache-control",
  "expires",
] as const;

export interface ObjectPart {
  readonly partNumber: number;
  readonly sizeBytes: number;
  /** Base64, of the algorithm of the object's checksum. */
  readonly checksum?: string | undefined;
}

/** What a writer brings, or a completed upload, or a copy. */
export interface ObjectContent {
  /** Holds the bytes. It belongs to the version from `put` on, and is removed with it. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Quoted: the hexadecimal MD5, or that of the parts' MD5s with `-` and their number. */
  readonly eTag: string;
  readonly checksum: Checksum;
  readonly systemHeaders: Readonly<Record<string, string>>;
  /** By the names behind `x-amz-meta-`, in lower case. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags?: ReadonlyMap<string, string> | undefined;
  /** Of an object that was uploaded in parts, in their order. */
  readonly parts?: readonly ObjectPart[] | undefined;
}

interface VersionIdentity {
  readonly bucket: string;
  readonly key: string;
  /** `null`, as text, where it was written while the bucket kept no versions. */
  readonly versionId: string;
  readonly lastModified: Date;
}

export interface StoredObject extends VersionIdentity, ObjectContent {
  readonly isDeleteMarker: false;
}

export interface DeleteMarker extends VersionIdentity {
  readonly isDeleteMarker: true;
}

export type ObjectVersion = StoredObject | DeleteMarker;
