import { ratio } from "./compare.ts";
import { createPayload } from "./large-payload.ts";
import type { Benchmark, Candidate } from "./measure.ts";
import { timed } from "./timed.ts";
import { idiomatic, physical, plain, project, sha256, ways } from "./ways.ts";

/** Targets differ by the speed of each runtime's own JSON.parse. */
const newest = Number(process.versions.node.split(".")[0]) >= 24;

/** The same bytes in many documents. */
export const manyDocuments = 20;
export const ofMany = (way: string) => `${way}, ${manyDocuments} documents`;

/** What one large payload costs until its documents can be stored. */
export async function payload(): Promise<Benchmark> {
  const one = createPayload();
  const many = createPayload(manyDocuments);
  const before = () => ways[idiomatic](one.bytes);
  const candidate = (what: string, way: keyof typeof ways, { bytes, documents }: typeof one): Candidate => {
    const expected = documents.map((each) => (way === plain ? each.toString("base64") : sha256(each))).join();
    const problemOf = (given: readonly string[]) =>
      given.join() === expected
        ? undefined
        : `gave ${given.join().slice(0, 200)}, but the document has other bytes.`;
    return timed({ what, work: () => ways[way](bytes), problemOf, before });
  };
  return {
    title: "a payload of 9.5 MB",
    unit: "ms",
    candidates: [
      ...([plain, idiomatic, physical, project] as const).map((way) => candidate(way, way, one)),
      candidate(ofMany(project), project, many),
    ],
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
      ratio(ofMany(project), project, { target: 1.15 }),
    ],
  };
}
