import { describe, expect, it } from "vitest";
import { checkPayload, payloadTooLarge } from "../../../../functions/ingestion/payload/check-payload.ts";
import { aDocument, aProposal, pdfBytes, toBytes } from "../../../support/function-payloads.ts";

const options = { item: "item-1", maxPayloadBytes: 100_000 };

describe(checkPayload, () => {
  it("gives the proposal and its document's bytes", () => {
    const result = checkPayload({ bytes: toBytes(aProposal()) }, options);

    expect(result).toMatchObject({
      ok: true,
      value: { proposal: aProposal(), content: { bytes: pdfBytes } },
    });
  });

  it("refuses an id outside its pattern whatever the payload", () => {
    const result = checkPayload({ bytes: toBytes(aProposal()) }, { ...options, item: "a/b" });

    expect(result).toMatchObject({ reasons: [{ path: "item", code: "invalid_item" }] });
  });

  it("refuses a payload of one byte too many, and none of exactly the limit", () => {
    const bytes = toBytes(aProposal());

    const exact = checkPayload({ bytes }, { ...options, maxPayloadBytes: bytes.length });
    const over = checkPayload({ bytes }, { ...options, maxPayloadBytes: bytes.length - 1 });

    expect(exact.ok).toBe(true);
    expect(over).toEqual({ ok: false, reasons: [payloadTooLarge(bytes.length - 1)] });
  });

  it.each([
    ["gzip", "compressed"],
    ["br", "compressed"],
    ["identity, gzip", "compressed"],
    [" Identity ", undefined],
  ])("answers a Content-Encoding of %s with the reason %s, whatever the bytes", (contentEncoding, code) => {
    const result = checkPayload({ bytes: toBytes(aProposal()), contentEncoding }, options);

    expect(result.ok ? undefined : result.reasons[0]?.code).toBe(code);
  });

  it("names each place that breaks the contract and what is wanted there", () => {
    const profile = { riskTolerance: "wild", objective: "growth", horizonYears: 99 };
    const document = { ...aDocument(), fileName: "" };

    const result = checkPayload({ bytes: toBytes({ ...aProposal(), profile, document, more: 1 }) }, options);

    expect(result).toMatchObject({
      reasons: [
        {
          path: "profile.riskTolerance",
          code: "invalid_value",
          message: "Must be one of: conservative, moderate, balanced, growth, aggressive.",
        },
        { path: "profile.horizonYears", code: "too_big", message: "Must be at most 60." },
        { path: "document.fileName", code: "too_small", message: "Must be at least 1 characters long." },
        { path: "document.fileName", code: "invalid_format" },
        { path: "", code: "unrecognized_keys", message: "Has properties that the contract does not know." },
      ],
    });
  });

  it("puts no value and no property name of the payload into a reason", () => {
    const result = checkPayload(
      {
        bytes: toBytes({
          clientId: "Erika Mustermann",
          "Konto 4711": 1,
          profile: { riskTolerance: "geheim", Vermögen: 5 },
          proposal: "geheim",
          document: { ...aDocument(), data: "geheim" },
        }),
      },
      options,
    );

    expect(result.ok).toBe(false);
    expect(JSON.stringify(result)).not.toMatch(/Erika|4711|geheim|Vermögen/);
  });
});
