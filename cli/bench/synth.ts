import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { BuildOptions } from "esbuild";
import { UserError } from "../../contract/user-error.ts";
import { ingestionStackName } from "../../domain/names.ts";
import { registeredEnvironments } from "../../env/environments.ts";
import { added, ratio } from "./compare.ts";
import type { Benchmark, Candidate } from "./measure.ts";
import { benchFolder, bundleScript, bundleTimer, timeProcess } from "./processes.ts";

/** A folder of its own: the project's may hold what Terraform has downloaded and written. */
const output = resolve(benchFolder, "cdktf.out");
const outputManifest = join(output, "manifest.json");
const bundleManifest = join(".cache", "run", "main.ts.json");
const functionBundles = join(".cache", "functions");
const variables = { CDKTF_OUTDIR: output, CHECKPOINT_DISABLE: "1", DISABLE_VERSION_CHECK: "1" };

const environmentNames = Object.keys(registeredEnvironments);

const floor = "node -e 0";
const bundledAndRun = "app, bundled and run, functions built";
const unchangedByNpm = "npm run synth, unchanged sources";
const cold = "npm run synth, cold";
const cdktfSynth = "npx cdktf synth of the same app";
const allEnvironments = "app of all environments, bundled before";
const oneEnvironment = "app of one environment, bundled before";

interface Synth {
  readonly command: readonly string[];
  /** Deleted before, and there again afterwards. */
  readonly forget?: readonly string[];
  /** There before, and the same afterwards. */
  readonly keep?: readonly string[];
  readonly environments?: readonly string[];
}

/** Packages inside, as in `cli/run.mjs`, which says why. */
const asRunBundles: BuildOptions = {
  packages: "bundle",
  external: ["esbuild", "dynalite"],
  banner: {
    js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
  },
};

const app = [process.execPath, "cli/run.mjs", "main.ts"];
const npm = ["npm", "run", "--silent", "synth"];

/** From sources to the Terraform JSON of every environment. */
export async function synth(): Promise<Benchmark> {
  const timer = await bundleTimer();
  const first = environmentNames.slice(0, 1);
  const bundled = async (name: string, names: readonly string[]) => [
    process.execPath,
    await bundleScript(name, { ...appOf(names), ...asRunBundles }),
  ];
  const ways: Readonly<Record<string, Synth>> = {
    [bundledAndRun]: { command: app, forget: [bundleManifest], keep: [functionBundles] },
    "app, unchanged sources": { command: app, keep: [bundleManifest, functionBundles] },
    [unchangedByNpm]: { command: npm, keep: [bundleManifest, functionBundles] },
    [cold]: { command: npm, forget: [bundleManifest, functionBundles, output] },
    // The target was set with ts-node below the CLI, which is slower still: this is the stricter comparison.
    [cdktfSynth]: {
      command: ["npx", "cdktf", "synth", "--quiet", "--output", output],
      keep: [bundleManifest, functionBundles],
    },
    [allEnvironments]: { command: await bundled("synth-all", environmentNames) },
    [oneEnvironment]: { command: await bundled("synth-one", first), environments: first },
  };
  // What is measured with warm caches first needs them warm.
  await timeProcess(timer, app, variables);
  const because = "it starts Node.js, as the floor does, and then works";
  const least = { value: 1, because };
  return {
    title: "synth of every environment",
    unit: "ms",
    candidates: [
      { what: floor, measure: () => timeProcess(timer, [process.execPath, "-e", "0"]) },
      ...Object.entries(ways).map(([what, way]) => synthCandidate(timer, what, way)),
    ],
    comparisons: [
      ratio(bundledAndRun, floor, { target: 20, least }),
      ratio(unchangedByNpm, floor, { target: 25, least }),
      ratio(cold, floor, { target: 50, least }),
      ratio(unchangedByNpm, cdktfSynth, { target: 0.3 }),
      ...(environmentNames.length > 1
        ? [
            added(allEnvironments, oneEnvironment, {
              per: environmentNames.length - 1,
              by: "further environment",
              target: 60,
            }),
          ]
        : []),
    ],
  };
}

/** @throws UserError from `measure` where the command has used or made something else than it should */
export function synthCandidate(timer: string, what: string, way: Synth): Candidate {
  const { command, forget = [], keep = [], environments = environmentNames } = way;
  const wrong = (problem: string) => new UserError(`"${what}" ${problem}`);
  return {
    what,
    async measure() {
      for (const path of [outputManifest, ...forget]) rmSync(path, { recursive: true, force: true });
      const before = keep.map(lastChange);
      const milliseconds = await timeProcess(timer, command, variables);
      for (const path of forget) if (!existsSync(path)) throw wrong(`did not write ${path} again.`);
      for (const [index, path] of keep.entries()) {
        if (lastChange(path) !== before[index])
          throw wrong(`wrote ${path}, which should have been there before.`);
      }
      const given = synthesized().toString();
      if (given !== environments.toString())
        throw wrong(`synthesized "${given}" instead of "${environments}".`);
      return milliseconds;
    },
  };
}

/** The environments whose stacks are in the output. */
function synthesized(): string[] {
  if (!existsSync(outputManifest)) return [];
  const { stacks } = JSON.parse(readFileSync(outputManifest, "utf8"));
  return environmentNames.filter((name) => Object.hasOwn(stacks, ingestionStackName(name)));
}

function lastChange(path: string): number {
  return existsSync(path) ? statSync(path).mtimeMs : Number.NaN;
}

/** The app, as a script that runs it with these environments alone. */
function appOf(names: readonly string[]): BuildOptions {
  return {
    stdin: {
      resolveDir: process.cwd(),
      loader: "ts",
      contents: `
        import { processContext } from "./cli/command.ts";
        import { registeredEnvironments } from "./env/environments.ts";
        import { main } from "./main.ts";
        const names = ${JSON.stringify(names)};
        const environments = Object.fromEntries(names.map((name) => [name, registeredEnvironments[name]]));
        process.exitCode = await main([], { ...processContext(), environments });`,
    },
  };
}
