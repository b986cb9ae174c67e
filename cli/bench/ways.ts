import { createHash, randomBytes } from "node:crypto";
import * as z from "zod";
import { checkPayload } from "../../functions/ingestion/payload/check-payload.ts";

export interface LargePayload {
  readonly bytes: Buffer;
  /** What its base64 text stands for. */
  readonly document: Buffer;
}

const documentBytes = 7_120_000;

/** 9.5 MB: metadata with characters beyond ASCII, and one document. */
export function createPayload(): LargePayload {
  const document = Buffer.concat([Buffer.from("%PDF-1.7\n"), randomBytes(documentBytes)]);
  return { bytes: Buffer.from(proposalText(document.toString("base64"))), document };
}

/** A whole proposal. @param data its document as it stands between the quotes */
export function proposalText(data: string): string {
  const text = JSON.stringify({
    clientId: "client-1",
    profile: { riskTolerance: "balanced", objective: "growth", horizonYears: 12, currency: "EUR" },
    proposal: { proposalType: "new", advisorId: "advisor-7", createdAt: "2026-03-01T09:30:00Z" },
    document: { fileName: "Anlageprofil für März.pdf", contentType: "application/pdf", data: "" },
  });
  return text.replace('"data":""', () => `"data":"${data}"`);
}

export const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** As one would write it. */
const idiomaticSchema = z.object({
  clientId: z.string(),
  profile: z.record(z.string(), z.unknown()),
  proposal: z.record(z.string(), z.unknown()),
  document: z.object({ fileName: z.string(), contentType: z.string(), data: z.base64() }),
});

/** The idiomatic way, from the payload's text on. */
export function readIdiomatically(text: string): { document: Buffer; hash: string } {
  const proposal = idiomaticSchema.parse(JSON.parse(text));
  const document = Buffer.from(proposal.document.data, "base64");
  return { document, hash: sha256(document) };
}

/** What has to be done in any case, with nothing checked. */
export function readPhysically(payload: Buffer): { document: Buffer; hash: string } {
  const start = payload.indexOf('"data":"') + 8;
  const document = Buffer.from(payload.toString("latin1", start, payload.indexOf(0x22, start)), "base64");
  return { document, hash: sha256(document) };
}

export const plain = "JSON.parse(buffer.toString())";
export const idiomatic = "idiomatic: parse, zod with base64, decode, hash";
export const physical = "physical: find the text, decode, hash";
export const project = "this project: the whole check";

/** Each way from the payload's bytes to the SHA-256 of the document; the plain one only to its text. */
export const ways = {
  [plain]: (payload) => JSON.parse(payload.toString()).document.data,
  [idiomatic]: (payload) => readIdiomatically(payload.toString()).hash,
  [physical]: (payload) => readPhysically(payload).hash,
  [project]: (payload) => {
    const result = checkPayload({ bytes: payload }, { item: "item", maxPayloadBytes: 10_485_760 });
    return result.ok ? result.value.content.sha256 : JSON.stringify(result.reasons);
  },
} as const satisfies Record<string, (payload: Buffer) => string>;
