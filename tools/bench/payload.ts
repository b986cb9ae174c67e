import { createHash, randomBytes } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as z from "zod";
import { checkPayload } from "../../functions/proposals/payload/check-payload.ts";
import type { Benchmark, Candidate } from "./measure.ts";

const documentBytes = 7_120_000;

/** 9.5 MB: metadata with one character beyond ASCII, and one document. */
export function createPayload(): Buffer {
  const document = Buffer.concat([Buffer.from("%PDF-1.7\n"), randomBytes(documentBytes)]);
  return Buffer.from(
    JSON.stringify({
      clientId: "client-1",
      profile: { riskTolerance: "balanced", objective: "growth", horizonYears: 12, currency: "EUR" },
      proposal: { proposalType: "new", advisorId: "advisor-7", createdAt: "2026-03-01T09:30:00Z" },
      document: {
        fileName: "Anlageprofil für März.pdf",
        contentType: "application/pdf",
        data: document.toString("base64"),
      },
    }),
  );
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** As one would write it. */
const idiomaticSchema = z.object({
  clientId: z.string(),
  profile: z.record(z.string(), z.unknown()),
  proposal: z.record(z.string(), z.unknown()),
  document: z.object({ fileName: z.string(), contentType: z.string(), data: z.base64() }),
});

/** Each way from the payload's bytes to the document's bytes and their hash. */
export const ways = {
  "JSON.parse(buffer.toString())": (payload) => JSON.parse(payload.toString()),
  "idiomatic: parse, zod with base64, decode, hash": (payload) => {
    const { document } = idiomaticSchema.parse(JSON.parse(payload.toString()));
    return sha256(Buffer.from(document.data, "base64"));
  },
  "physical: find the text, decode, hash": (payload) => {
    const start = payload.indexOf('"data":"') + 8;
    return sha256(Buffer.from(payload.toString("latin1", start, payload.indexOf(0x22, start)), "base64"));
  },
  "this project: the whole check": (payload) => {
    const result = checkPayload({ bytes: payload }, { item: "item", maxPayloadBytes: 10_485_760 });
    if (!result.ok) throw new Error(JSON.stringify(result.reasons));
    return result.value.content.sha256;
  },
} as const satisfies Record<string, (payload: Buffer) => unknown>;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

export function timed(what: string, work: () => unknown): Candidate {
  return {
    what,
    measure() {
      collectGarbage();
      const start = performance.now();
      work();
      return performance.now() - start;
    },
  };
}

/** Targets differ by the speed of each runtime's own JSON.parse. */
const newest = Number(process.versions.node.split(".")[0]) >= 24;
const project = "this project: the whole check";

/** What one large payload costs until its document can be stored. */
export function payload(): Benchmark {
  const bytes = createPayload();
  return {
    title: "a payload of 9.5 MB",
    unit: "ms",
    candidates: Object.entries(ways).map(([what, way]) => timed(what, () => way(bytes))),
    ratios: [
      { of: project, to: "physical: find the text, decode, hash", target: 1.35 },
      { of: project, to: "JSON.parse(buffer.toString())", target: newest ? 0.65 : 0.3 },
      { of: project, to: "idiomatic: parse, zod with base64, decode, hash", target: newest ? 0.35 : 0.22 },
    ],
  };
}
