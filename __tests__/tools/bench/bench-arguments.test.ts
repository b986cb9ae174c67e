import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { readBenchArguments } from "../../../tools/bench/bench-arguments.ts";

const known = ["payload", "memory"];

describe(readBenchArguments, () => {
  it("takes all where none is named", () => {
    expect(readBenchArguments([], known)).toEqual({ names: ["payload", "memory"] });
  });

  it("takes those that are named", () => {
    expect(readBenchArguments(["memory"], known)).toEqual({ names: ["memory"] });
  });

  it.each([["--help"], ["-h"]])("gives the help for %s, with the names", (option) => {
    expect(readBenchArguments([option], known)).toEqual({
      help: expect.stringMatching(
        /^usage: npm run bench.*\n\nRuns benchmarks, all if none is named: payload, memory\.\n/,
      ),
    });
  });

  // Also a name that every object has.
  it.each([["nonsense"], ["toString"]])("refuses the unknown name %s with the help", (name) => {
    expect(() => readBenchArguments(["memory", name], known)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: expect.stringMatching(
          new RegExp(`^There is no benchmark "${name}"\\.\n\nusage: npm run bench`),
        ),
      }),
    );
  });

  it("refuses an unknown option with the help", () => {
    expect(() => readBenchArguments(["--fast"], known)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: expect.stringMatching(/'--fast'.*usage: npm run bench/s),
      }),
    );
  });
});

describe("npm run bench", () => {
  const bench = (...args: string[]) =>
    promisify(execFile)(process.execPath, ["tools/run.mjs", "tools/bench.ts", ...args]);

  it("prints the help and ends well where that is asked for", async () => {
    const { stdout } = await bench("--help");

    expect(stdout).toContain("payload, hostile, memory, ingest, proxy, size, start, synth.");
  });

  it.each([["nonsense"], ["--fast"]])(
    "ends with 2 and the help for %s, and measures nothing",
    async (argument) => {
      const failed = await bench(argument).catch((error) => error);

      expect(failed.code).toBe(2);
      expect(failed.stderr).toContain("usage: npm run bench");
      expect(failed.stdout).toBe("");
    },
  );
});
