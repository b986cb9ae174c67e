import { createHash } from "node:crypto";
import { createPdf } from "./pdf.ts";

export interface SampleProposal {
  readonly proposal: ReturnType<typeof proposalWith>;
  readonly document: Buffer;
  readonly sha256: string;
  /** The request's body. */
  readonly body: string;
}

/** A client investment profile proposal whose body is about that many bytes long, with a PDF in it. */
export function createSampleProposal(title: string, bodyBytes: number): SampleProposal {
  // Base64 makes four bytes of three.
  const document = createPdf(title, Math.floor(((bodyBytes - 700) / 4) * 3));
  const sha256 = createHash("sha256").update(document).digest("hex");
  const proposal = proposalWith(document, sha256);
  return { proposal, document, sha256, body: JSON.stringify(proposal) };
}

function proposalWith(document: Buffer, sha256: string) {
  return {
    clientId: "client-1042",
    profile: {
      riskTolerance: "balanced",
      objective: "growth",
      horizonYears: 12,
      liquidityNeeds: "low",
      annualContribution: 12_000,
      currency: "EUR",
    },
    proposal: { proposalType: "new", advisorId: "advisor-7", createdAt: "2026-03-01T09:30:00Z" },
    document: {
      fileName: "investment-profile.pdf",
      contentType: "application/pdf",
      data: document.toString("base64"),
      sha256,
    },
  };
}
