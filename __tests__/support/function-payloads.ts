import { createHash } from "node:crypto";
import type { Proposal } from "../../domain/proposals.ts";

export const pdfBytes = Buffer.from("%PDF-1.7\n%a small document\n%%EOF\n");

export function sha256Hex(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A proposal that keeps the contract; `changes` replace its top-level parts. */
export function aProposal(changes: Partial<Proposal> = {}): Proposal {
  return {
    clientId: "client-1",
    profile: { riskTolerance: "balanced", objective: "growth", horizonYears: 12, currency: "EUR" },
    proposal: { proposalType: "new", advisorId: "advisor-7", createdAt: "2026-03-01T09:30:00Z" },
    document: aDocument(),
    ...changes,
  };
}

export function aDocument(bytes: Uint8Array = pdfBytes): Proposal["document"] {
  return {
    fileName: "Anlageprofil für März.pdf",
    contentType: "application/pdf",
    data: Buffer.from(bytes).toString("base64"),
    sha256: sha256Hex(bytes),
  };
}

/** A proposal whose document, and so its content, is told apart by `mark`. */
export function markedProposal(mark: string): Proposal {
  return aProposal({ document: aDocument(Buffer.concat([pdfBytes, Buffer.from(mark)])) });
}

export function toBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
