import * as z from "zod/mini";
import { ITEM_PATTERN } from "../contract/keys.ts";
import { GATEWAY_MAX_REQUEST_BYTES } from "../contract/limits.ts";

/** Id of a proposal in URLs, object keys and table keys. */
export const itemPattern = new RegExp(`^${ITEM_PATTERN}$`);

const identifierPattern = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

/**
 * Printable characters of the basic plane without slashes, controls, bidirectional overrides and surrogates:
 * the same set in every regex dialect, with or without the unicode flag.
 */
const fileNamePattern = /^[ -.0-[\]-~\u00a0-\u2027\u2030-\u2065\u206a-\ud7ff\uf900-\ufefe\uff00-\uffef]+$/;

const identifier = () => z.string().check(z.minLength(1), z.maxLength(64), z.regex(identifierPattern));
const currency = () => z.string().check(z.length(3), z.regex(/^[A-Z]{3}$/));

export const clientIdSchema = identifier();

const profileSchema = z.strictObject({
  riskTolerance: z.enum(["conservative", "moderate", "balanced", "growth", "aggressive"]),
  objective: z.enum(["preservation", "income", "balanced", "growth", "speculation"]),
  horizonYears: z.int().check(z.gte(1), z.lte(60)),
  liquidityNeeds: z.optional(z.enum(["low", "medium", "high"])),
  /** Whole units of the currency. */
  annualContribution: z.optional(z.int().check(z.gte(0), z.lte(1_000_000_000_000))),
  currency: z.optional(currency()),
});

const metadataSchema = z.strictObject({
  proposalType: z.enum(["new", "amendment", "review"]),
  advisorId: identifier(),
  createdAt: z.iso.datetime().check(z.maxLength(30)),
  currency: z.optional(currency()),
});

const documentSchema = z.strictObject({
  fileName: z.string().check(z.minLength(1), z.maxLength(255), z.regex(fileNamePattern)),
  contentType: z.enum([
    "application/pdf",
    "image/png",
    "image/jpeg",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  ]),
  /** Base64, never longer than a request. Its alphabet is checked while decoding: a pattern costs ten times as much on megabytes. */
  data: z.string().check(z.minLength(4), z.maxLength(GATEWAY_MAX_REQUEST_BYTES)),
  sha256: z.optional(z.string().check(z.length(64), z.regex(/^[0-9A-Fa-f]{64}$/))),
});

/** The contract of a client investment profile proposal on both paths. */
export const proposalSchema = z.strictObject({
  clientId: clientIdSchema,
  profile: profileSchema,
  proposal: metadataSchema,
  document: documentSchema,
});

export type Proposal = z.infer<typeof proposalSchema>;
export type ProposalDocument = Proposal["document"];
export type DocumentContentType = ProposalDocument["contentType"];
