import * as z from "zod/mini";
import type { FilePart } from "../../domain/files.ts";
import { JPEG, PDF, PNG, WEBP } from "../../domain/media-types.ts";
import { createFile } from "../../domain/sample.ts";
import { defineDomain, exampleFile, file, timestamp } from "../../domain/seam.ts";

/** A domain with what another may have: a list of files, one that is optional, a long text, and checks beyond the schema. */
export const album = defineDomain({
  collection: "albums",
  noun: "album",
  key: "albumId",
  contract: z.strictObject({
    owner: z.string().check(z.minLength(1), z.maxLength(64)),
    takenAt: timestamp(),
    notes: z.optional(z.string().check(z.maxLength(1_000_000))),
    year: z.optional(z.int().check(z.gte(1900), z.lte(2100))),
    photos: z.array(file([JPEG, PNG, WEBP])).check(z.minLength(1), z.maxLength(330)),
    booklet: z.optional(file([PDF])),
  }),
  files: ["photos.*", "booklet"],
  mediaTypes: [JPEG, PNG, WEBP, PDF],
  listedBy: "owner",
  checks: [
    { path: "year", message: "Must be the year of takenAt.", holds: isOfYear },
    { path: "notes", message: "Must not be a secret.", holds: ({ notes }) => notes !== "secret" },
  ],
  plainFiles: false,
  example: {
    owner: "owner-1",
    takenAt: "2026-03-01T09:30:00Z",
    photos: [exampleFile(JPEG, "beach")],
  },
});

function isOfYear({ year, takenAt }: { year?: number | undefined; takenAt: string }): boolean {
  return year === undefined || takenAt.startsWith(String(year));
}

const types = { jpeg: JPEG, png: PNG, webp: WEBP, pdf: PDF };

/** A file of one of the types, told apart by its title. */
export function aFile(type: keyof typeof types, title: string, sizeBytes = 0): FilePart {
  const {
    name,
    extensions: [extension],
  } = types[type];
  const data = createFile(types[type], title, sizeBytes).toString("base64");
  return { fileName: `${title}.${extension}`, contentType: name, data };
}

/** An album of these photos; `changes` replace its other parts. */
export function anAlbum(
  photos: readonly FilePart[],
  changes: Record<string, unknown> = {},
): Record<string, unknown> {
  return { ...album.example, photos, ...changes };
}
