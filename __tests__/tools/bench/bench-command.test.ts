import { describe, expect, it } from "vitest";
import { benchCommand } from "../../../cli/bench/bench-command.ts";
import { main } from "../../../tools/bench.ts";
import { callCommand } from "../../support/call-command.ts";

describe(benchCommand, () => {
  /** Runs it with two benchmarks that measure nothing; gives which of them were started. */
  async function startedBy(...args: string[]) {
    const started: string[] = [];
    const start = (name: string) => async () => {
      started.push(name);
      return { notMeasured: "this is a test" };
    };
    const { code } = await callCommand(
      benchCommand({ payload: start("payload"), memory: start("memory") }),
      args,
    );
    return { code, started };
  }

  it("runs all where none is named, else those that are", async () => {
    expect(await startedBy()).toEqual({ code: 0, started: ["payload", "memory"] });
    expect(await startedBy("memory")).toEqual({ code: 0, started: ["memory"] });
  });

  it.each([["--help"], ["-h"]])("gives the help for %s, with the names", async (option) => {
    const { code, stdout } = await callCommand(main, [option]);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^usage: npm run bench/);
    expect(stdout).toContain("payload, hostile, memory, ingest, proxy, size, start, synth.");
  });

  // Also a name that every object has.
  it.each([["nonsense"], ["toString"], ["--fast"]])(
    "refuses %s with the help, and measures nothing",
    async (argument) => {
      const { code, stdout, stderr } = await callCommand(main, ["memory", argument]);

      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(argument);
      expect(stderr).toContain("usage: npm run bench");
    },
  );
});
