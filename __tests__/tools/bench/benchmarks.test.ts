import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bundleSize } from "../../../cli/bench/bundle-size.ts";
import { checkHandler } from "../../../cli/bench/cold-start.ts";
import { hostilePayloads, outcomeOf } from "../../../cli/bench/hostile.ts";
import { createPayload } from "../../../cli/bench/large-payload.ts";
import { manyDocuments, ofMany, payload } from "../../../cli/bench/payload.ts";
import { benchFolder, bundleTimer, timeProcess } from "../../../cli/bench/processes.ts";
import { synthCandidate } from "../../../cli/bench/synth.ts";
import { idiomatic, physical, plain, project, sha256, ways } from "../../../cli/bench/ways.ts";
import { UserError } from "../../../contract/user-error.ts";

describe("the benchmarks", () => {
  it.each([1, manyDocuments])("time ways that all find the %i documents of a payload", (count) => {
    const { bytes, documents } = createPayload(count);
    const hashes = documents.map(sha256);

    expect(documents).toHaveLength(count);
    expect(ways[plain](bytes)).toEqual(documents.map((each) => each.toString("base64")));
    expect(([idiomatic, physical, project] as const).map((way) => ways[way](bytes))).toEqual([
      hashes,
      hashes,
      hashes,
    ]);
  });

  it("hold the whole check to its targets", async () => {
    const newest = Number(process.versions.node.split(".")[0]) >= 24;

    const { comparisons } = await payload();

    expect(comparisons).toMatchObject([
      { what: `${project} / ${physical}`, target: 1.35 },
      { what: `${project} / ${plain}`, target: newest ? 0.65 : 0.3 },
      { what: `${project} / ${idiomatic}`, target: newest ? 0.35 : 0.22 },
      { what: `${idiomatic} / ${plain}`, least: { value: 0.8 } },
      { what: `${ofMany(project)} / ${project}`, target: 1.15 },
    ]);
  });

  it.each(Object.entries(hostilePayloads))("bring %s to the end it is made for, of 10 MB", (_, payload) => {
    const bytes = payload.bytes();

    expect(outcomeOf(bytes)).toBe(payload.outcome);
    expect(bytes.length).toBeGreaterThan(9_960_000);
    expect(bytes.length).toBeLessThanOrEqual(10_485_760);
  });

  it("hold the code of every function to its limit", async () => {
    const { candidates, comparisons } = await bundleSize();

    const functions = ["api.js", "queue.js", "sweep.js", "notify.js"];
    const limited = functions.flatMap((name) => [
      [name, 520],
      [`${name}, gzip`, 160],
    ]);
    expect(comparisons.map(({ what, target }) => [what, target])).toEqual(limited);
    expect(candidates.map(({ what }) => what)).toEqual(expect.arrayContaining(limited.map(([name]) => name)));
  });
});

describe(checkHandler, () => {
  it("refuses a file that would start as fast as an empty one, for want of a handler", async () => {
    mkdirSync(benchFolder, { recursive: true });
    const file = join(benchFolder, "no-handler.cjs");
    writeFileSync(file, "exports.handle = async () => {};");

    await expect(checkHandler(file)).rejects.toThrow(
      new UserError(`The handler of ${file} is undefined, not a function.`),
    );
  });
});

describe(synthCandidate, () => {
  it("refuses the time of a command that has synthesized nothing", async () => {
    const { measure } = synthCandidate(await bundleTimer(), "ours", {
      command: [process.execPath, "-e", "0"],
      environments: ["dev"],
    });

    await expect(measure()).rejects.toThrow(new UserError('"ours" synthesized "" instead of "dev".'));
  });

  it("refuses as cold what has not built anew, and as unchanged what has", async () => {
    mkdirSync(benchFolder, { recursive: true });
    const timer = await bundleTimer();
    const path = join(benchFolder, "kept.txt");
    writeFileSync(path, "");
    const write = `fs.writeFileSync(${JSON.stringify(path)}, "anew")`;
    const measured = (script: string, caches: { forget?: string[]; keep?: string[] }) =>
      synthCandidate(timer, "ours", { command: [process.execPath, "-e", script], ...caches }).measure();

    await expect(measured(write, { keep: [path] })).rejects.toThrow(
      `wrote ${path}, which should have been there`,
    );
    await expect(measured("0", { forget: [path] })).rejects.toThrow(`did not write ${path} again.`);
  });
});

describe(timeProcess, () => {
  it("takes no time from a process that failed, and says what it said", async () => {
    const timer = await bundleTimer();
    const failing = [process.execPath, "-e", "console.error('no such stack'); process.exitCode = 3;"];

    expect(await timeProcess(timer, [process.execPath, "-e", "0"])).toBeGreaterThan(0);
    await expect(timeProcess(timer, failing)).rejects.toThrow("no such stack");
  });
});
