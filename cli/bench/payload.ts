import { ratio } from "./compare.ts";
import type { Benchmark } from "./measure.ts";
import { timed } from "./timed.ts";
import { createPayload, idiomatic, physical, plain, project, sha256, ways } from "./ways.ts";

/** Targets differ by the speed of each runtime's own JSON.parse. */
const newest = Number(process.versions.node.split(".")[0]) >= 24;

/** What one large payload costs until its document can be stored. */
export async function payload(): Promise<Benchmark> {
  const { bytes, document } = createPayload();
  const base64 = document.toString("base64");
  const hash = sha256(document);
  const problemOf = (given: string) =>
    given === base64 || given === hash
      ? undefined
      : `gave ${given.slice(0, 200)}, which is not the document.`;
  return {
    title: "a payload of 9.5 MB",
    unit: "ms",
    candidates: Object.entries(ways).map(([what, way]) =>
      timed({ what, work: () => way(bytes), problemOf, before: () => ways[idiomatic](bytes) }),
    ),
    comparisons: [
      ratio(project, physical, {
        target: 1.35,
        least: { value: 0.5, because: "it does all that the physical way does, and checks it" },
      }),
      ratio(project, plain, { target: newest ? 0.65 : 0.3 }),
      ratio(project, idiomatic, { target: newest ? 0.35 : 0.22 }),
      ratio(idiomatic, plain, {
        least: { value: 0.8, because: "the idiomatic way begins with the plain one" },
      }),
    ],
  };
}
