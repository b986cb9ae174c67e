import { itemPattern, type Proposal, proposalSchema } from "../../../domain/proposals.ts";
import { type Checked, type Payload, type Reason, refuse } from "../outcome.ts";
import { describeIssues } from "./describe-issues.ts";
import { type DocumentContent, readDocumentContent } from "./document-content.ts";
import { parsePayload } from "./parse-payload.ts";

/** A proposal that keeps the contract, its document decoded. */
export interface CheckedPayload {
  readonly proposal: Proposal;
  readonly content: DocumentContent;
}

/** The whole check of a payload, the same on both paths. */
export function checkPayload(
  { bytes, contentEncoding = "identity" }: Payload,
  options: { readonly item: string; readonly maxPayloadBytes: number },
): Checked<CheckedPayload> {
  if (!itemPattern.test(options.item)) {
    return refuse("item", "invalid_item", `The id in the path must match ${itemPattern}.`);
  }
  if (bytes.length > options.maxPayloadBytes) {
    return { ok: false, reasons: [payloadTooLarge(options.maxPayloadBytes)] };
  }
  if (contentEncoding.trim().toLowerCase() !== "identity") {
    return refuse("", "compressed", "The payload is compressed; send it as plain JSON.");
  }
  const parsed = parsePayload(bytes);
  if (!parsed.ok) {
    return parsed;
  }
  const proposal = proposalSchema.safeParse(parsed.value.value);
  if (!proposal.success) {
    return { ok: false, reasons: describeIssues(proposal.error.issues) };
  }
  const content = readDocumentContent(proposal.data.document, parsed.value.documentBytes);
  return content.ok ? { ok: true, value: { proposal: proposal.data, content: content.value } } : content;
}

export const payloadTooLargeCode = "payload_too_large";

/** The queue path finds it before the payload is read, and must answer alike. */
export function payloadTooLarge(maxPayloadBytes: number): Reason {
  return {
    path: "",
    code: payloadTooLargeCode,
    message: `The payload has more than ${maxPayloadBytes} bytes.`,
  };
}
