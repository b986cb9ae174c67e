import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { timestamp } from "../../domain/seam.ts";
import { itHolds } from "../support/property.ts";

const schema = timestamp();

describe(timestamp, () => {
  it.each([
    ["2026-03-01T09:30:00Z", "2026-03-01T09:30:00Z"],
    // Python's isoformat() and .NET's "o".
    ["2026-03-01T09:30:00+00:00", "2026-03-01T09:30:00Z"],
    ["2026-03-01T09:30:00.1234567+00:00", "2026-03-01T09:30:00.1234567Z"],
    ["2026-03-01T09:30:00-00:00", "2026-03-01T09:30:00Z"],
    ["2026-03-01T00:30:00+01:00", "2026-02-28T23:30:00Z"],
    ["2024-03-01T00:30:00+01:00", "2024-02-29T23:30:00Z"],
    ["2025-12-31T23:30:00.5-01:00", "2026-01-01T00:30:00.5Z"],
    ["2026-03-01T09:30:00.000+05:45", "2026-03-01T03:45:00.000Z"],
    ["2026-03-01T09:30:00.1234567Z", "2026-03-01T09:30:00.1234567Z"],
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"],
    ["9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999Z"],
  ])("keeps %s as %s", (sent, kept) => {
    expect(schema.parse(sent)).toBe(kept);
    expect(schema.parse(kept)).toBe(kept);
  });

  it.each([
    "2026-03-01T09:30:00",
    "2026-03-01T09:30Z",
    "2026-03-01 09:30:00Z",
    "2026-03-01t09:30:00z",
    "2026-03-01T09:30:00+0100",
    "2026-03-01T09:30:00+24:00",
    "2026-02-29T09:30:00Z",
    "2026-03-01T24:00:00Z",
    "2026-03-01T23:59:60Z",
    "2026-03-01",
    "",
    `2026-03-01T09:30:00.${"1".repeat(40)}Z`,
    // In UTC, these would have years of another length.
    "0000-01-01T00:00:00+01:00",
    "9999-12-31T23:59:59.9999999-05:00",
  ])("refuses %j as no time of RFC 3339 that can be kept", (sent) => {
    expect(schema.safeParse(sent).error?.issues).toMatchObject([
      sent.length > 35 ? { code: "too_big" } : { code: "invalid_format", format: "datetime", path: [] },
    ]);
  });

  itHolds(
    "keeps the same moment, whatever the offset",
    fc.property(
      fc.date({ min: new Date("1970-01-02"), max: new Date("2200-01-01"), noInvalidDate: true }),
      fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 }),
      (date, minutes) => {
        const sent = withOffset(date, minutes);

        expect(schema.parse(sent)).toBe(date.toISOString());
      },
    ),
  );
});

/** A moment as it is written that many minutes ahead of UTC. */
function withOffset(date: Date, minutes: number): string {
  const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, -1);
  const digits = (value: number) => String(value).padStart(2, "0");
  const size = Math.abs(minutes);
  return `${local}${minutes < 0 ? "-" : "+"}${digits(Math.floor(size / 60))}:${digits(size % 60)}`;
}
