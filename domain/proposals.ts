import * as z from "zod/mini";
import { DOCX, JPEG, PDF, PNG, XLSX } from "./media-types.ts";
import { defineDomain, exampleFile, file, timestamp } from "./seam.ts";

const mediaTypes = [PDF, PNG, JPEG, DOCX, XLSX] as const;

const identifier = () =>
  z.string().check(z.minLength(1), z.maxLength(64), z.regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/));
const currency = () => z.string().check(z.length(3), z.regex(/^[A-Z]{3}$/));

const profile = z.strictObject({
  riskTolerance: z.enum(["conservative", "moderate", "balanced", "growth", "aggressive"]),
  objective: z.enum(["preservation", "income", "balanced", "growth", "speculation"]),
  horizonYears: z.int().check(z.gte(1), z.lte(60)),
  liquidityNeeds: z.optional(z.enum(["low", "medium", "high"])),
  /** Whole units of the currency. */
  annualContribution: z.optional(z.int().check(z.gte(0), z.lte(1_000_000_000_000))),
  currency: z.optional(currency()),
});

const proposal = z.strictObject({
  proposalType: z.enum(["new", "amendment", "review"]),
  advisorId: identifier(),
  createdAt: timestamp(),
  currency: z.optional(currency()),
});

/** Client investment profile proposals, each with one document. */
export const proposals = defineDomain({
  collection: "proposals",
  noun: "proposal",
  key: "item",
  contract: z.strictObject({ clientId: identifier(), profile, proposal, document: file(mediaTypes) }),
  files: ["document"],
  mediaTypes,
  listedBy: "clientId",
  checks: [],
  plainFiles: true,
  example: {
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
    document: exampleFile(PDF, "investment-profile"),
  },
});
