import { describe, expect, it } from "vitest";
import { claims } from "../fixtures/domain/claims.ts";

const photo = { fileName: "door.png", contentType: "image/png", data: "iVBORw0KGgo=" };
const incident = { date: "2026-02-27", kind: "collision" };
const claim = {
  policyNumber: "MV-2026/000417",
  incident,
  reportedAt: "2026-03-01T10:30:00Z",
  amounts: { currency: "EUR", claimed: 184_500 },
  photos: [photo],
};

describe("claims", () => {
  it("accepts a claim as it is", () => {
    expect(claims.contract.parse(claim)).toEqual(claim);
  });

  it.each([
    ["an unknown field", { ...claim, extra: 1 }],
    ["a policy number in lower case", { ...claim, policyNumber: "mv-1" }],
    ["no photo", { ...claim, photos: [] }],
    ["a photo as the report", { ...claim, report: photo }],
  ])("refuses %s", (_name, payload) => {
    expect(claims.contract.safeParse(payload).success).toBe(false);
  });

  it.each([
    ["the day of the report", "2026-03-01", []],
    ["the next day, which has begun elsewhere", "2026-03-02", []],
    ["the day after that", "2026-03-03", ["Must not be after reportedAt."]],
  ])("checks an incident on %s", (_name, date, messages) => {
    // The contract does not run the checks. They get what it returns.
    const record = claims.contract.parse({ ...claim, incident: { ...incident, date } });
    const failed = claims.checks.filter(({ holds }) => !holds(record));

    expect(failed.map(({ message }) => message)).toEqual(messages);
  });
});
