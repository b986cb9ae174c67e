import { describe, expect, it } from "vitest";
import { runSteps } from "../../../cli/bootstrap/run-steps.ts";

const step = (title: string, run: () => Promise<void> = async () => {}) => ({ title, run });

async function run(steps: ReturnType<typeof step>[], signal = new AbortController().signal) {
  const lines: string[] = [];
  const ended = await runSteps(steps, { print: (line) => lines.push(line), signal }).catch(
    (error: unknown) => error,
  );
  return { lines, ended };
}

describe(runSteps, () => {
  it("prints what each step has taken, then their sum, and that moto is not AWS", async () => {
    const { lines, ended } = await run([step("synthesize"), step("apply")]);

    expect(ended).toBeUndefined();
    expect(lines).toEqual([
      expect.stringMatching(/^✓ synthesize +\d+\.\d s$/),
      expect.stringMatching(/^✓ apply +\d+\.\d s$/),
      expect.stringMatching(/^ {2}total \(target 600 s\) +\d+\.\d s$/),
      expect.stringContaining("These times are for moto."),
    ]);
    expect(new Set(lines.slice(0, 2).map((line) => line.length)).size).toBe(1);
  });

  it("runs nothing after a step that fails, and gives no sum", async () => {
    const failure = new Error("refused");
    const { lines, ended } = await run([
      step("plan", () => Promise.reject(failure)),
      step("apply", () => Promise.reject(new Error("was run"))),
    ]);

    expect(ended).toBe(failure);
    expect(lines).toEqual([expect.stringMatching(/^✗ plan +\d+\.\d s$/)]);
  });

  it("ends a step that is running once somebody wants it to", async () => {
    const controller = new AbortController();
    const reason = new Error("Stopped: SIGINT.");
    const { lines, ended } = await run(
      [
        step("apply", async () => {
          controller.abort(reason);
          await new Promise(() => {});
        }),
      ],
      controller.signal,
    );

    expect(ended).toBe(reason);
    expect(lines).toEqual([expect.stringMatching(/^✗ apply/)]);
  });
});
