import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import util from "node:util";
import { afterEach, describe, expect, inject, it, vi } from "vitest";
import { callCommand } from "./support/call-command.ts";

const original = Reflect.get(util, "isArray");
const CDKTF_OUTDIR = mkdtempSync(join(tmpdir(), "deprecations-"));

afterEach(() => {
  Object.assign(util, { isArray: original });
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(CDKTF_OUTDIR, { recursive: true });
});

describe("npm run synth", () => {
  it("calls nothing of Node.js that newer versions warn of", async () => {
    const deprecated = vi.fn(Array.isArray);
    Object.assign(util, { isArray: deprecated });
    vi.spyOn(process, "cwd").mockReturnValue(inject("fixtureProject"));
    // What it does when it is loaded counts, whoever has loaded it before.
    vi.resetModules();
    const { main } = await import("../main.ts");

    const { code } = await callCommand(main, [], { CDKTF_OUTDIR });

    expect(code).toBe(0);
    expect(deprecated).not.toHaveBeenCalled();
  }, 60_000);
});
