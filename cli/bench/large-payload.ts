import { randomBytes } from "node:crypto";
import * as z from "zod/mini";
import { DOCX, PDF } from "../../domain/media-types.ts";
import { createFile } from "../../domain/sample.ts";
import { defineDomain, exampleFile, file } from "../../domain/seam.ts";

const id = () => z.string().check(z.maxLength(64), z.regex(/^[a-z0-9-]+$/));

/** What is measured must not depend on what this project takes in. */
export const benchDomain = defineDomain({
  collection: "folders",
  noun: "folder",
  key: "folderId",
  contract: z.strictObject({
    owner: id(),
    about: z.strictObject({ kind: z.enum(["letters", "plans"]), year: z.int().check(z.gte(1900)) }),
    documents: z.array(file([PDF, DOCX])).check(z.minLength(1), z.maxLength(100)),
  }),
  files: ["documents.*"],
  mediaTypes: [PDF, DOCX],
  listedBy: "owner",
  checks: [],
  plainFiles: false,
  example: {
    owner: "owner-1",
    about: { kind: "plans", year: 2026 },
    documents: [exampleFile(PDF, "Grundriss für März")],
  },
});

export interface LargePayload {
  readonly bytes: Buffer;
  /** What its base64 texts stand for. */
  readonly documents: readonly Buffer[];
}

const documentBytes = 7_120_000;

/** 9.5 MB: metadata with characters beyond ASCII, and so many documents of the same size. */
export function createPayload(count = 1): LargePayload {
  const documents = Array.from({ length: count }, () =>
    Buffer.concat([createFile(PDF, "a plan"), randomBytes(documentBytes / count)]),
  );
  return { bytes: Buffer.from(payloadText(...documents.map((each) => each.toString("base64")))), documents };
}

/** A whole record. @param data its documents as they stand between the quotes */
export function payloadText(...data: readonly string[]): string {
  const documents = data.map((each) =>
    JSON.stringify({ ...exampleFile(PDF, "Grundriss für März"), data: "" }).replace(
      '"data":""',
      () => `"data":"${each}"`,
    ),
  );
  const text = JSON.stringify({ ...benchDomain.example, documents: [] });
  return text.replace('"documents":[]', () => `"documents":[${documents.join()}]`);
}
