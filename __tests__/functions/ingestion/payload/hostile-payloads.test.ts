import { describe, expect, it } from "vitest";
import { checkPayload } from "../../../../functions/ingestion/payload/check-payload.ts";
import { hostilePayloads } from "../../../support/hostile-payloads.ts";
import { maxPayloadBytes } from "../../../support/hostile-records.ts";

describe("the check of hostile payloads", () => {
  it.each(hostilePayloads.map(([name, bytes, code]) => ({ name, bytes, code })))(
    "answers $name with $code",
    ({ bytes: create, code }) => {
      const bytes = create();

      const result = checkPayload({ bytes }, { item: "item", maxPayloadBytes });

      expect(result.ok ? "stored" : result.reasons[0]?.code).toBe(code);
      expect(JSON.stringify(result.ok ? [] : result.reasons).length).toBeLessThan(8192);
    },
  );

  it("has a name of its own for each", () => {
    expect(new Set(hostilePayloads.map(([name]) => name)).size).toBe(hostilePayloads.length);
  });
});
