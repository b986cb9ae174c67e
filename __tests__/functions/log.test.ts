import { afterEach, describe, expect, it, vi } from "vitest";
import { errorFields, log } from "../../functions/log.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

describe(log, () => {
  it("hands one object to the console at its level", () => {
    const warn = vi.spyOn(console, "warn").mockReturnValue();

    log("warn", "message dropped", { messageId: "1\n2", count: 3 });

    expect(warn.mock.calls).toEqual([[{ message: "message dropped", messageId: "1\n2", count: 3 }]]);
  });

  it("cuts long values", () => {
    const info = vi.spyOn(console, "info").mockReturnValue();

    log("info", "one long field", { key: "ä".repeat(9000) });

    expect(info.mock.calls).toEqual([[{ message: "one long field", key: "ä".repeat(256) }]]);
  });

  it("leaves out the fields of an entry that would have 4 kB as JSON", () => {
    const info = vi.spyOn(console, "info").mockReturnValue();
    const many = Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`f${index}`, "x".repeat(256)]));
    const room = 4095 - JSON.stringify({ message: "full", ...many, rest: "" }).length;
    const rest = "ä".repeat(room / 2) + "x".repeat(room % 2);

    log("info", "full", { ...many, rest });
    log("info", "full", { ...many, rest: `${rest}x` });

    expect(info.mock.calls).toEqual([[{ message: "full", ...many, rest }], [{ message: "full" }]]);
  });
});

describe(errorFields, () => {
  it("names an error, and the type of anything else that was thrown", () => {
    expect(errorFields(new TypeError("broken"))).toEqual({ errorName: "TypeError", errorMessage: "broken" });
    expect(errorFields("secret")).toEqual({ errorName: "string" });
  });
});
