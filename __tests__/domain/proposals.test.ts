import { describe, expect, it } from "vitest";
import { proposals } from "../../domain/proposals.ts";

const document = {
  fileName: "investment-profile.pdf",
  contentType: "application/pdf",
  data: "JVBERi0xLjcK",
  sha256: "0e".repeat(32),
};
const profile = { riskTolerance: "balanced", objective: "growth", horizonYears: 12 };
const proposal = { proposalType: "new", advisorId: "advisor-7", createdAt: "2026-03-01T09:30:00Z" };
const complete = { clientId: "client-1042", profile, proposal, document };
const longTime = `2026-01-01T00:00:00.${"1".repeat(40)}Z`;

describe("proposals", () => {
  it("accepts a complete proposal as it is", () => {
    const payload = aPayload({
      profile: { ...profile, liquidityNeeds: "low", annualContribution: 12_000, currency: "CHF" },
      proposal: { ...proposal, currency: "EUR" },
    });

    expect(proposals.contract.parse(payload)).toEqual(payload);
    expect(proposals.contract.parse(complete)).toEqual(complete);
  });

  it("keeps times in UTC", () => {
    const payload = aPayload({ proposal: { ...proposal, createdAt: "2026-03-01T00:30:00+01:00" } });

    expect(proposals.contract.parse(payload)).toMatchObject({
      proposal: { createdAt: "2026-02-28T23:30:00Z" },
    });
  });

  it.each([
    ["an unknown property", aPayload({ extra: 1 })],
    ["an unknown property of the profile", aPayload({ profile: { ...profile, extra: 1 } })],
    ["an unknown property of the metadata", aPayload({ proposal: { ...proposal, extra: 1 } })],
    ["an unknown property of the document", aPayload({ document: { ...document, extra: 1 } })],
    ["an empty client id", aPayload({ clientId: "" })],
    ["a client id of 65 characters", aPayload({ clientId: "a".repeat(65) })],
    ["a client id with a slash", aPayload({ clientId: "a/b" })],
    ["an unknown risk tolerance", aPayload({ profile: { ...profile, riskTolerance: "reckless" } })],
    ["no horizon", aPayload({ profile: { ...profile, horizonYears: undefined } })],
    ["a horizon of no years", aPayload({ profile: { ...profile, horizonYears: 0 } })],
    ["a horizon of 61 years", aPayload({ profile: { ...profile, horizonYears: 61 } })],
    ["a broken number of years", aPayload({ profile: { ...profile, horizonYears: 1.5 } })],
    ["an endless contribution", aPayload({ profile: { ...profile, annualContribution: 1e13 } })],
    ["a lower-case currency", aPayload({ profile: { ...profile, currency: "eur" } })],
    ["a day that does not exist", aPayload({ proposal: { ...proposal, createdAt: "2026-02-30T00:00:00Z" } })],
    ["a time with endless digits", aPayload({ proposal: { ...proposal, createdAt: longTime } })],
    ["a file name with a folder", aPayload({ document: { ...document, fileName: "../a.pdf" } })],
    ["a file name with a line break", aPayload({ document: { ...document, fileName: "a\nb.pdf" } })],
    ["a file name that reads backwards", aPayload({ document: { ...document, fileName: "a\u202efdp.exe" } })],
    ["a file name with half a character", aPayload({ document: { ...document, fileName: "a\ud800.pdf" } })],
    ["a file name of 256 characters", aPayload({ document: { ...document, fileName: "a".repeat(256) } })],
    ["an unknown content type", aPayload({ document: { ...document, contentType: "text/html" } })],
    ["an empty document", aPayload({ document: { ...document, data: "" } })],
    [
      "a document beyond every request",
      aPayload({ document: { ...document, data: "A".repeat(10_485_764) } }),
    ],
    ["a short hash", aPayload({ document: { ...document, sha256: "abc" } })],
  ])("refuses %s", (_name, payload) => {
    expect(proposals.contract.safeParse(payload).success).toBe(false);
  });
});

function aPayload(changes: Record<string, unknown>) {
  return { ...complete, ...changes };
}
