import { describe, expect, it } from "vitest";
import { SHARED_CALLER } from "../../../contract/keys.ts";
import type { Callers } from "../../../proxy/callers.ts";
import { loadEnvironment } from "../../support/environments.ts";
import { stacks } from "../../support/fixture-stacks.ts";
import { synthesize } from "../../support/synthesize.ts";

describe("callers of an environment", () => {
  it("change nothing of its stack: one is let in by the proxy alone", () => {
    const dev = loadEnvironment("dev");
    const { proxy } = dev;
    if (proxy.kind !== "haproxy" || proxy.callers === SHARED_CALLER) throw new Error("dev has no callers");
    const [first] = proxy.callers;
    if (first === undefined) throw new Error("dev has no caller");
    const added = { ...first, name: "added", credentials: [{ kind: "subject" as const, subject: "added" }] };
    const lists: Callers[] = [[...proxy.callers, added], [first], SHARED_CALLER];

    for (const callers of lists) {
      const { text, variableValues } = synthesize({ ...dev, proxy: { ...proxy, callers } });
      expect(text).toBe(stacks.dev.text);
      expect(variableValues).toEqual(stacks.dev.variableValues);
    }
    expect(stacks.dev.text).not.toContain("partner");
  });
});
