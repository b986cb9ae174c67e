import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { UserError } from "../../contract/user-error.ts";
import { handlerBuildOptions } from "../../functions/build-bundle.ts";
import { ratio } from "./compare.ts";
import { functionFolder, functionVariables, unpackFunctions } from "./function-files.ts";
import type { Benchmark } from "./measure.ts";
import { bundleTimer, outputOf, timeProcess } from "./processes.ts";

const empty = "a handler that does nothing";
const external = "queue.js, SDK not bundled";

/** Loading each function's code in a new process, against a handler that does nothing, and with the SDK left outside. */
export async function coldStart(): Promise<Benchmark> {
  const { code } = await unpackFunctions();
  writeFileSync(join(functionFolder, "empty.js"), "exports.handler = async () => {};\n");
  await buildWithoutSdk(join(functionFolder, "external.js"));
  const functions = Object.keys(code);
  const files: Readonly<Record<string, string>> = {
    [empty]: "empty.js",
    ...Object.fromEntries(functions.map((name) => [name, name])),
    [external]: "external.js",
  };
  for (const file of Object.values(files)) await checkHandler(join(functionFolder, file));
  const timer = await bundleTimer();
  const because = "it starts as the empty handler does, and then loads code";
  return {
    title: "start of a function",
    unit: "ms",
    candidates: Object.entries(files).map(([what, file]) => ({
      what,
      measure: () => timeProcess(timer, [process.execPath, join(functionFolder, file)], functionVariables),
    })),
    comparisons: [
      ...functions.map((name) => ratio(name, empty, { target: 2.5, least: { value: 1, because } })),
      ratio("queue.js", external, { target: 0.8 }),
      ratio(external, empty, { least: { value: 1, because } }),
    ],
  };
}

/**
 * A file without a handler would start as fast as an empty one.
 * @throws UserError where there is none
 */
export async function checkHandler(file: string): Promise<void> {
  const script = `process.stdout.write(typeof require(${JSON.stringify(resolve(file))}).handler)`;
  const kind = await outputOf(["-e", script], functionVariables);
  if (kind !== "function") throw new UserError(`The handler of ${file} is ${kind}, not a function.`);
}

/** The function as it is deployed, but for the SDK. */
async function buildWithoutSdk(outfile: string): Promise<void> {
  await build({
    ...handlerBuildOptions,
    entryPoints: ["functions/ingestion/queue.ts"],
    external: ["@aws-sdk/*"],
    alias: {},
    outfile,
    write: true,
  });
}
