import { createHash } from "node:crypto";
import * as z from "zod";
import { filesOf } from "../../domain/files.ts";
import type { Domain } from "../../domain/seam.ts";
import { checkPayload } from "../../functions/ingestion/payload/check-payload.ts";
import { benchDomain } from "./large-payload.ts";

/** A document out of a payload. */
interface ReadDocument {
  readonly bytes: Buffer;
  readonly hash: string;
}

export const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

const base64 = z.base64();

/** As one would write it, from the payload's text on. */
export function readIdiomatically(text: string, domain: Domain = benchDomain): ReadDocument[] {
  const record = domain.contract.parse(JSON.parse(text));
  return filesOf(record, domain.files).map(({ file }) => decode(base64.parse(file.data)));
}

const beforeData = '"data":"';

/** What has to be done in any case, with nothing checked. */
export function readPhysically(payload: Buffer): ReadDocument[] {
  const documents: ReadDocument[] = [];
  for (let found = payload.indexOf(beforeData); found !== -1; found = payload.indexOf(beforeData, found)) {
    const start = found + beforeData.length;
    found = payload.indexOf(0x22, start);
    documents.push(decode(payload.toString("latin1", start, found)));
  }
  return documents;
}

function decode(text: string): ReadDocument {
  const bytes = Buffer.from(text, "base64");
  return { bytes, hash: sha256(bytes) };
}

const hashes = (documents: readonly ReadDocument[]) => documents.map(({ hash }) => hash);

export const plain = "JSON.parse(buffer.toString())";
export const idiomatic = "idiomatic: parse, zod with base64, decode, hash";
export const physical = "physical: find the text, decode, hash";
export const project = "this project: the whole check";

/** Each way from the payload's bytes to the SHA-256 of its documents; the plain one only to their texts. */
export const ways = {
  [plain]: (payload) =>
    filesOf(JSON.parse(payload.toString()), benchDomain.files).map(({ file }) => file.data),
  [idiomatic]: (payload) => hashes(readIdiomatically(payload.toString())),
  [physical]: (payload) => hashes(readPhysically(payload)),
  [project]: (payload) => {
    const options = { item: "item", maxPayloadBytes: 10_485_760, domain: benchDomain };
    const result = checkPayload({ bytes: payload }, options);
    return result.ok
      ? result.value.files.map(({ metadata }) => metadata.sha256)
      : [JSON.stringify(result.reasons)];
  },
} as const satisfies Record<string, (payload: Buffer) => string[]>;
