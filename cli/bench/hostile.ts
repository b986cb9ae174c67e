import { checkPayload } from "../../functions/ingestion/payload/check-payload.ts";
import { ratio } from "./compare.ts";
import { listBombs, longLists, manyParts, officePayload } from "./hostile-packages.ts";
import { benchDomain, createPayload, payloadText } from "./large-payload.ts";
import type { Benchmark, Candidate } from "./measure.ts";
import { timed } from "./timed.ts";
import { idiomatic, sha256, ways } from "./ways.ts";

const size = 10_485_760;
/** What a payload has beside its document's text, and some. */
const beside = 1000;
const text = (unit: string, more = 0) => unit.repeat(Math.floor((size - more) / unit.length));
const data = (content: string) => Buffer.from(payloadText(content));
/** The first bytes of a PDF, so that what follows is checked to its end. */
const pdf = "JVBERi0x";
const otherField = (value: string, content: string) =>
  Buffer.from(`{"a":${value},${payloadText(content).slice(1)}`);

/** So many documents, which together fill the payload. */
const many = (count: number, content: (bytes: number) => string) =>
  Buffer.from(payloadText(...Array.from({ length: count }, () => content(Math.floor(size / count) - 200))));
const base64 = (bytes: number) => pdf + "AAAA".repeat(Math.floor((bytes - pdf.length) / 4));
/** So many texts that nobody knows, which together fill the payload. */
const texts = (count: number, unit: string) => {
  const each = unit.repeat(Math.floor((size - beside - 4 * count) / count / Buffer.byteLength(unit)));
  return otherField(`[${Array.from({ length: count }, () => `"${each}"`).join()}]`, "");
};

interface HostilePayload {
  readonly bytes: () => Buffer;
  /** The code of its refusal; "accepted" where it keeps the contract all the same. */
  readonly outcome: string;
}

/** Ten megabytes each, made to cost their reader more than they cost their sender. */
export const hostilePayloads: Readonly<Record<string, HostilePayload>> = {
  "open arrays": { bytes: () => Buffer.from(text("[")), outcome: "too_large_beside_files" },
  "strings of one character": {
    bytes: () => Buffer.from(`[${text('"a",', 10)}1]`),
    outcome: "too_large_beside_files",
  },
  numbers: { bytes: () => Buffer.from(`[${text("1,", 10)}1]`), outcome: "too_large_beside_files" },
  "escaped quotes": { bytes: () => data(text('\\"', beside)), outcome: "too_large_beside_files" },
  backslashes: { bytes: () => data(text("\\\\", beside)), outcome: "too_large_beside_files" },
  "escaped slashes": { bytes: () => data(pdf + text("\\/\\/\\/\\/", beside)), outcome: "accepted" },
  "escaped letters": { bytes: () => data(pdf + text("\\u0041".repeat(4), beside)), outcome: "accepted" },
  "base64 that ends wrong": { bytes: () => data(`${text("AAAA", beside)}A===`), outcome: "invalid_base64" },
  "base64 that ends escaped": {
    bytes: () => data(`${pdf}${text("AAAA", beside)}AAA\\u0041`),
    outcome: "accepted",
  },
  "text beyond ASCII": {
    bytes: () => data(text("ä", beside).slice(0, 5_000_000)),
    outcome: "invalid_base64",
  },
  "base64 with one character beyond Latin 1": {
    bytes: () => data(`${text("AAAA", beside)}Ł`),
    outcome: "invalid_base64",
  },
  "200 kB of escaped quotes, then base64": {
    bytes: () => otherField(`"${'\\"'.repeat(100_000)}"`, text("AAAA", 250_000)),
    outcome: "unrecognized_keys",
  },
  "200 kB of objects, then base64": {
    bytes: () => otherField(`[${"{},".repeat(66_000)}{}]`, text("AAAA", 250_000)),
    outcome: "too_many_values",
  },
  "20 documents": { bytes: () => many(20, base64), outcome: "accepted" },
  "100 documents": { bytes: () => many(100, base64), outcome: "accepted" },
  "300 documents": { bytes: () => many(300, base64), outcome: "too_big" },
  "100 documents that end escaped": {
    bytes: () => many(100, (bytes) => `${base64(bytes - 12)}AAA\\u0041`),
    outcome: "accepted",
  },
  "100 documents that end wrong": {
    bytes: () => many(100, (bytes) => `${base64(bytes - 12)}A===`),
    outcome: "invalid_base64",
  },
  "3,000 documents": { bytes: () => many(3000, base64), outcome: "too_many_values" },
  "900 texts": { bytes: () => texts(900, "a"), outcome: "too_small" },
  "900 texts of escapes": { bytes: () => texts(900, "\\u0001"), outcome: "too_small" },
  "900 texts beyond ASCII": { bytes: () => texts(900, "ä"), outcome: "too_small" },
  "9,000 texts": { bytes: () => texts(9000, "a"), outcome: "too_many_values" },
  "900 names of properties": {
    bytes: () => Buffer.from(`{${Array.from({ length: 900 }, () => `"${"k".repeat(11_600)}":1`).join()}}`),
    outcome: "forbidden_key",
  },
  "an office document of 6,000 parts": {
    bytes: () => officePayload(manyParts(5_900, 600)),
    outcome: "content_type_mismatch",
  },
  "an archive of 40,000 parts": {
    bytes: () => officePayload(manyParts(40_000, 50)),
    outcome: "content_type_mismatch",
  },
  "100 office documents with long lists": {
    bytes: () => officePayload(...longLists(19_000)),
    outcome: "accepted",
  },
  "100 office documents whose lists are bombs": {
    bytes: () => officePayload(...listBombs()),
    outcome: "content_type_mismatch",
  },
};

/** The whole check of hostile payloads, against the idiomatic check of a good one. */
export async function hostile(): Promise<Benchmark> {
  const { bytes, documents } = createPayload();
  const checkGoodOne = () => ways[idiomatic](bytes);
  const hashes = documents.map(sha256).join();
  const names = Object.keys(hostilePayloads);
  return {
    title: "hostile payloads of 10 MB",
    unit: "ms",
    candidates: [
      timed({
        what: idiomatic,
        work: checkGoodOne,
        problemOf: (given) => (given.join() === hashes ? undefined : "has another hash than the document."),
        before: checkGoodOne,
      }),
      ...Object.entries(hostilePayloads).map(([what, payload]) => candidate(what, payload, checkGoodOne)),
    ],
    comparisons: names.map((what) => ratio(what, idiomatic, { target: 1.5 })),
  };
}

function candidate(
  what: string,
  { bytes: create, outcome }: HostilePayload,
  before: () => unknown,
): Candidate {
  const bytes = create();
  const problemOf = (given: string) => (given === outcome ? undefined : `is ${given}. Expected: ${outcome}.`);
  return timed({ what, work: () => outcomeOf(bytes), problemOf, before });
}

/** What the check makes of a payload: the code of the first reason, or "accepted". */
export function outcomeOf(bytes: Buffer): string {
  const result = checkPayload({ bytes }, { item: "item", maxPayloadBytes: size, domain: benchDomain });
  return result.ok ? "accepted" : (result.reasons[0]?.code ?? "refused without a reason");
}
