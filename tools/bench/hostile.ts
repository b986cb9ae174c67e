import { checkPayload } from "../../functions/proposals/payload/check-payload.ts";
import type { Benchmark } from "./measure.ts";
import { createPayload, timed, ways } from "./payload.ts";

const size = 10_485_760;
const text = (unit: string, more = 0) => unit.repeat(Math.floor((size - more) / unit.length));
const data = (content: string) => Buffer.from(`{"document":{"data":"${content}"}}`);

/** Ten megabytes each, made to cost their reader more than they cost their sender. */
const payloads: Readonly<Record<string, () => Buffer>> = {
  "open arrays": () => Buffer.from(text("[")),
  "strings of one character": () => Buffer.from(`[${text('"a",', 10)}1]`),
  numbers: () => Buffer.from(`[${text("1,", 10)}1]`),
  "escaped quotes": () => data(text('\\"', 100)),
  "escaped slashes": () => data(text("\\/", 100)),
  backslashes: () => data(text("\\\\", 100)),
  "escaped letters": () => data(text("\\u0041", 100)),
  "base64 that ends wrong": () => data(`${text("AAAA", 100)}A===`),
  "text beyond ASCII": () => data(text("ä", 100).slice(0, 5_000_000)),
  "many quotes, then base64": () =>
    Buffer.from(`{"a":"${'\\"'.repeat(100_000)}","b":"${"A".repeat(9_000_000)}"}`),
};

/** The whole check of hostile payloads, against the idiomatic check of a good one. */
export function hostile(): Benchmark {
  const good = createPayload();
  const idiomatic = "idiomatic: parse, zod with base64, decode, hash";
  const candidates = Object.entries(payloads).map(([what, create]) => {
    const bytes = create();
    return timed(what, () => checkPayload({ bytes }, { item: "item", maxPayloadBytes: size }));
  });
  return {
    title: "hostile payloads of 10 MB",
    unit: "ms",
    candidates: [timed(idiomatic, () => ways[idiomatic](good)), ...candidates],
    ratios: candidates.map(({ what }) => ({ of: what, to: idiomatic, target: 1.5 })),
  };
}
