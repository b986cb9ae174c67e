import { afterEach, describe, expect, it, vi } from "vitest";
import { errorFields, log } from "../../../functions/proposals/log.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

describe(log, () => {
  it("writes one line of JSON at its level", () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();

    log("warn", "message dropped", { messageId: "1\n2" });

    expect(warn.mock.calls).toEqual([['{"level":"warn","message":"message dropped","messageId":"1\\n2"}']]);
  });

  it("keeps each line under 4 kB whatever the fields hold", () => {
    const info = vi.spyOn(console, "info").mockReturnValue();
    const fields = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [`f${index}`, "\u0001".repeat(9000)]),
    );

    log("info", "one long field", { key: "ä".repeat(9000) });
    log("info", "many long fields", fields);

    for (const [line] of info.mock.calls) {
      expect(Buffer.byteLength(String(line))).toBeLessThan(4096);
    }
    expect(JSON.parse(String(info.mock.calls[0]?.[0]))).toHaveProperty("key", "ä".repeat(256));
    expect(info.mock.calls[1]).toEqual(['{"level":"info","message":"many long fields"}']);
  });
});

describe(errorFields, () => {
  it("names an error, and the type of anything else that was thrown", () => {
    expect(errorFields(new TypeError("broken"))).toEqual({ errorName: "TypeError", errorMessage: "broken" });
    expect(errorFields("secret")).toEqual({ errorName: "string" });
  });
});
