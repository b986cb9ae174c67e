import { afterEach, describe, expect, it, vi } from "vitest";
import { main } from "../../tools/synth-cdktn.ts";
import { callCommand } from "../support/call-command.ts";

afterEach(() => vi.restoreAllMocks());

describe("npm run synth:cdktn", () => {
  it("refuses a Node.js that the fork does not run on, before it installs anything", async () => {
    vi.spyOn(process, "versions", "get").mockReturnValue({ ...process.versions, node: "20.19.0" });

    expect(await callCommand(main, [], { PATH: "/nowhere" })).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "cdktn needs Node.js 22.19.0 or newer, but this is 20.19.0. Put a newer Node.js on PATH, then run npm run synth:cdktn again.\n",
    });
  });
});
