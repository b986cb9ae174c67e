import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeBase64, readDocumentContent } from "../../../functions/proposals/document-content.ts";
import type { DocumentContentType } from "../../../functions/proposals/proposal.ts";
import { aDocument, pdfBytes, sha256Hex } from "../../support/function-payloads.ts";

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

describe(decodeBase64, () => {
  it("gives back any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
        expect(decodeBase64(Buffer.from(bytes).toString("base64"))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it("accepts a text only where encoding again gives the same text", () => {
    const characters = fc.constantFrom(..."AZaz09+/=-_ \n\u0141é");
    fc.assert(
      fc.property(fc.string({ unit: characters, minLength: 1, maxLength: 12 }), (text) => {
        const canonical = Buffer.from(text, "base64").toString("base64") === text;
        expect(decodeBase64(text) !== undefined).toBe(canonical);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ["no padding", "YQ"],
    ["a line break", "YWJj\nZGVm"],
    ["the alphabet of URLs", "_-__"],
    ["bits that no byte has", "YR=="],
    ["padding inside", "YQ==YQ=="],
    ["only padding", "===="],
    ["a character whose low byte is a letter", "\u0141AAA"],
  ])("refuses %s", (_name, text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });
});
