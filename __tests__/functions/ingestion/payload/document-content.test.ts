import { describe, expect, it } from "vitest";
import type { DocumentContentType } from "../../../../domain/proposals.ts";
import { readDocumentContent } from "../../../../functions/ingestion/payload/document-content.ts";
import { aDocument, pdfBytes, sha256Hex } from "../../../support/function-payloads.ts";

const word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

describe(readDocumentContent, () => {
  it("gives the document's bytes and their hash", () => {
    const result = readDocumentContent(aDocument());

    expect(result).toEqual({ ok: true, value: { bytes: pdfBytes, sha256: sha256Hex(pdfBytes) } });
  });

  it.each<[DocumentContentType, string]>([
    ["application/pdf", "255044462d312e37"],
    ["image/png", "89504e470d0a1a0a0000"],
    ["image/jpeg", "ffd8ffe0"],
    [word, "504b03041400"],
    [sheet, "504b03041400"],
  ])("accepts %s that begins with %s, and nothing shorter", (contentType, hex) => {
    const bytes = Buffer.from(hex, "hex");
    const document = { fileName: "a", contentType, data: bytes.toString("base64") };
    const cut = { ...document, data: bytes.subarray(0, 2).toString("base64") };

    expect(readDocumentContent(document).ok).toBe(true);
    expect(readDocumentContent(cut)).toMatchObject({ reasons: [{ code: "content_type_mismatch" }] });
  });

  it("refuses bytes of another type than the declared one", () => {
    const result = readDocumentContent({ ...aDocument(), contentType: "image/png" });

    expect(result).toMatchObject({ reasons: [{ path: "document.data", code: "content_type_mismatch" }] });
  });

  it("compares the declared hash in either case", () => {
    const document = aDocument();

    expect(readDocumentContent({ ...document, sha256: sha256Hex(pdfBytes).toUpperCase() }).ok).toBe(true);
    expect(readDocumentContent({ ...document, sha256: "0".repeat(64) })).toMatchObject({
      reasons: [{ path: "document.sha256", code: "sha256_mismatch" }],
    });
  });
});
