import { gzipSync } from "node:zlib";
import { itself } from "./compare.ts";
import { unpackFunctions } from "./function-files.ts";
import type { Benchmark } from "./measure.ts";

/** Smaller is no function, but something that was built wrong. */
const least = { value: 1, because: "a handler with its SDK has many kilobytes" };

/** The code of each function, which is read at a start, and the zip of them all, which is downloaded. */
export async function bundleSize(): Promise<Benchmark> {
  const { zip, code } = await unpackFunctions();
  const files = Object.entries(code).map(([name, content]) => ({
    name,
    gzip: `${name}, gzip`,
    content,
  }));
  return {
    title: "size of the functions' code",
    unit: "kB",
    isConstant: true,
    candidates: [
      ...files.flatMap(({ name, gzip, content }) => [
        { what: name, measure: () => content.length / 1000 },
        { what: gzip, measure: () => gzipSync(content).length / 1000 },
      ]),
      { what: "functions.zip, all of them", measure: () => zip.length / 1000 },
    ],
    comparisons: files.flatMap(({ name, gzip }) => [
      itself(name, { target: 520, least }),
      itself(gzip, { target: 160, least }),
    ]),
  };
}
