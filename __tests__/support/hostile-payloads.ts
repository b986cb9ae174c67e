import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { aDocument, aProposal, pdfBytes, toBytes } from "./function-payloads.ts";

/** What a payload does, its bytes, and the code of its first reason; "stored" where it is a proposal after all. */
export type HostilePayload = readonly [name: string, bytes: () => Buffer, code: string];

const maxBytes = 10_485_760;
const text = (value: string) => () => Buffer.from(value);
const json = (value: () => unknown) => () => toBytes(value());
const repeated = (unit: string, count: number) => () => Buffer.from(unit.repeat(count));

/** A proposal with this text for its document's base64. */
const withData = (data: () => string) =>
  json(() => aProposal({ document: { ...aDocument(), data: data() } }));
const withoutHash = (data: () => string) =>
  json(() => {
    const { sha256: _, ...document } = aDocument();
    return aProposal({ document: { ...document, data: data() } });
  });
const pdfOf = (size: number) =>
  Buffer.concat([pdfBytes, Buffer.alloc(size - pdfBytes.length, "padding ")]).toString("base64");
/** A document whose base64 is nothing but slashes. */
const slashes = () => {
  const { sha256: _, ...document } = aDocument();
  return { ...document, data: Buffer.alloc(3_000_000, 0xff).toString("base64") };
};
const proposalText = JSON.stringify(aProposal());

/** What a payload may do to whoever reads it: depth, width, wrong types, every kind of wrong base64, lengths, encodings. */
export const hostilePayloads: readonly HostilePayload[] = [
  ["nothing", text(""), "invalid_json"],
  ["one blank", text(" "), "invalid_json"],
  ["null", text("null"), "invalid_type"],
  ["a number", text("1e999"), "invalid_type"],
  ["an array for the proposal", text("[]"), "invalid_type"],
  ["10 MB of blanks", repeated(" ", maxBytes), "too_large_beside_document"],
  ["10 MB of zero bytes", () => Buffer.alloc(maxBytes), "too_large_beside_document"],
  ["10 MB of digits", repeated("1", maxBytes), "too_large_beside_document"],
  ["5 million levels of arrays", repeated("[", 5_000_000), "too_large_beside_document"],
  ["100,000 levels of arrays", text("[".repeat(100_000) + "]".repeat(100_000)), "too_deep"],
  ["100,000 levels of objects, cut off", repeated('{"a":', 50_000), "invalid_json"],
  ["17 levels of objects", text(`${'{"a":'.repeat(17)}1${"}".repeat(17)}`), "too_deep"],
  [
    "2 million numbers in an array",
    () => Buffer.from(`[${"1,".repeat(2_000_000)}1]`),
    "too_large_beside_document",
  ],
  ["100,000 numbers in an array", () => Buffer.from(`[${"1,".repeat(100_000)}1]`), "too_many_values"],
  [
    "100,000 properties",
    json(() => Object.fromEntries(Array.from({ length: 12_000 }, (_, index) => [`property-${index}`, 0]))),
    "too_many_values",
  ],
  [
    "900 properties that nobody knows",
    json(() => ({
      ...aProposal(),
      ...Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`p${i}`, 0])),
    })),
    "unrecognized_keys",
  ],
  ["a property name of 7 MB", json(() => ({ ["k".repeat(7_000_000)]: 1 })), "forbidden_key"],
  [
    "a property name of 200 characters",
    json(() => ({ ...aProposal(), ["k".repeat(200)]: 1 })),
    "forbidden_key",
  ],
  ["duplicate names", text(`{"clientId":"a",${proposalText.slice(1)}`), "duplicate_key"],
  ["an escaped duplicate", text(`{"\\u0063lientId":"a",${proposalText.slice(1)}`), "duplicate_key"],
  ["__proto__", text(`{"__proto__":{"admin":true},${proposalText.slice(1)}`), "forbidden_key"],
  [
    "constructor.prototype",
    text(`{"constructor":{"prototype":{"a":1}},${proposalText.slice(1)}`),
    "unrecognized_keys",
  ],
  ["a byte order mark", text(`\ufeff${proposalText}`), "invalid_json"],
  ["UTF-16", () => Buffer.from(proposalText, "utf16le"), "invalid_utf8"],
  ["Latin 1", () => Buffer.from(proposalText.replace("client-1", "cliént"), "latin1"), "invalid_utf8"],
  ["a lone surrogate in UTF-8", () => Buffer.from('{"clientId":"\xed\xa0\x80"}', "latin1"), "invalid_utf8"],
  ["an escaped lone surrogate", text(proposalText.replace("client-1", "\\ud800")), "invalid_format"],
  [
    "an escaped zero in the file name",
    text(proposalText.replace("Anlageprofil", "\\u0000")),
    "invalid_format",
  ],
  ["comments", text(`/* hello */${proposalText}`), "invalid_json"],
  ["two values", text(`${proposalText}${proposalText}`), "invalid_json"],
  ["NaN", text(proposalText.replace('"horizonYears":12', '"horizonYears":NaN')), "invalid_json"],
  ["a huge number", text(proposalText.replace('"horizonYears":12', '"horizonYears":1e308')), "too_big"],
  [
    "an infinite number",
    text(proposalText.replace('"horizonYears":12', '"horizonYears":1e400')),
    "invalid_type",
  ],
  [
    "a number of 200,000 digits",
    text(proposalText.replace('"horizonYears":12', `"horizonYears":${"9".repeat(200_000)}`)),
    "invalid_type",
  ],
  [
    "wrong types everywhere",
    json(() => ({ clientId: [], profile: "x", proposal: 1, document: null })),
    "invalid_type",
  ],
  ["a client id of 200 kB", json(() => aProposal({ clientId: "c".repeat(200_000) })), "too_big"],
  ["a client id of 9 MB", json(() => aProposal({ clientId: "c".repeat(9_000_000) })), "too_big"],
  ["a client id of 9 MB of base64", json(() => aProposal({ clientId: pdfOf(6_750_000) })), "too_big"],
  ["10 MB of escaped quotes", withData(() => '"'.repeat(5_000_000)), "too_large_beside_document"],
  ["10 MB of backslashes", withData(() => "\\".repeat(5_000_000)), "too_large_beside_document"],
  [
    "9.6 MB of unicode escapes",
    text(proposalText.replace(/"data":"[^"]*"/, () => `"data":"${"\\u0041".repeat(1_600_000)}"`)),
    "content_type_mismatch",
  ],
  [
    "9 MB of base64 whose slashes are escaped",
    () => Buffer.from(JSON.stringify(aProposal({ document: slashes() })).replaceAll("/", "\\/")),
    "content_type_mismatch",
  ],
  ["base64 with line breaks", withData(() => pdfOf(3_000_000).replace(/.{76}/g, "$&\r\n")), "invalid_base64"],
  [
    "base64 with raw line breaks",
    text(proposalText.replace(/"data":"([^"]*)"/, '"data":"$1\n"')),
    "invalid_json",
  ],
  ["base64 without padding", withData(() => pdfOf(3_000_001).replace(/=+$/, "")), "invalid_base64"],
  ["base64 of URLs", withData(() => `${pdfOf(3_000_000).slice(0, -4)}-_-_`), "invalid_base64"],
  ["base64 with padding inside", withData(() => `YQ==${pdfOf(3_000_000)}`), "invalid_base64"],
  [
    "base64 with bits that no byte has",
    withData(() => `${pdfOf(3_000_000).slice(0, -4)}YR==`),
    "invalid_base64",
  ],
  ["base64 beyond ASCII", withData(() => `${pdfOf(3_000_000).slice(0, -4)}ŁŁŁŁ`), "invalid_base64"],
  ["base64 with a blank at the end", withData(() => `${pdfOf(3_000_000)}    `), "invalid_base64"],
  ["base64 of nothing but padding", withData(() => "====".repeat(100_000)), "invalid_base64"],
  ["no base64 at all, 9 MB", withData(() => "ä".repeat(4_500_000)), "invalid_base64"],
  ["base64 of 4,472,656 characters", withoutHash(() => pdfOf(3_354_492)), "stored"],
  ["base64 of 4,472,660 characters", withoutHash(() => pdfOf(3_354_495)), "stored"],
  ["base64 of 10,484,000 characters", withoutHash(() => pdfOf(7_862_700)), "stored"],
  ["another hash", withData(() => pdfOf(3_000_000)), "sha256_mismatch"],
  [
    "bytes of another type",
    withoutHash(() => Buffer.alloc(3_000_000, 1).toString("base64")),
    "content_type_mismatch",
  ],
  ["gzip", () => gzipSync(proposalText), "compressed"],
  ["a bomb of gzip", () => gzipSync(Buffer.alloc(200_000_000)), "compressed"],
  ["deflate", () => deflateSync(proposalText), "compressed"],
  ["Brotli", () => brotliCompressSync(Buffer.from(proposalText)), "invalid_utf8"],
  [
    "a zip archive",
    () => Buffer.concat([Buffer.from("504b0304", "hex"), Buffer.alloc(1_000_000)]),
    "compressed",
  ],
];
