import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { domain } from "../../domain/domain.ts";
import { MAX_FILES } from "../../functions/ingestion/payload/check-files.ts";
import { toBytes } from "./function-payloads.ts";
import {
  contractCode,
  copies,
  dataOf,
  fullDataSize,
  fullRecord,
  groupedText,
  maxPayloadBytes,
  numberedText,
  properties,
  record,
  recordText,
  recordWith,
  smallFile,
  textWith,
  withList,
} from "./hostile-records.ts";

/** What a payload does, its bytes, and the code of its first reason; "stored" where it keeps the contract after all. */
export type HostilePayload = readonly [name: string, bytes: () => Buffer, code: string];

const { listedBy } = domain;
const text = (value: string) => () => Buffer.from(value);
const json = (value: () => unknown) => () => toBytes(value());
const repeated = (unit: string, count: number) => () => Buffer.from(unit.repeat(count));
const withData = (data: () => string) => json(() => recordWith(data()));
const withToken = (token: () => string) => () => Buffer.from(textWith(token()));

/** Depth, width, wrong types, lengths and encodings. */
const wrongTexts: readonly HostilePayload[] = [
  ["nothing", text(""), "invalid_json"],
  ["one blank", text(" "), "invalid_json"],
  ["null", text("null"), "invalid_type"],
  ["a number", text("1e999"), "invalid_type"],
  ["an array for the record", text("[]"), "invalid_type"],
  ["a string of 10 MB for the record", json(() => "a".repeat(maxPayloadBytes - 2)), "invalid_type"],
  ["10 MB of blanks", repeated(" ", maxPayloadBytes), "too_large_beside_files"],
  ["10 MB of zero bytes", () => Buffer.alloc(maxPayloadBytes), "too_large_beside_files"],
  ["10 MB of digits", repeated("1", maxPayloadBytes), "too_large_beside_files"],
  ["5 million levels of arrays", repeated("[", 5_000_000), "too_large_beside_files"],
  ["100,000 levels of arrays", text("[".repeat(100_000) + "]".repeat(100_000)), "too_deep"],
  ["100,000 levels of objects, cut off", repeated('{"a":', 50_000), "invalid_json"],
  ["17 levels of objects", text(`${'{"a":'.repeat(17)}1${"}".repeat(17)}`), "too_deep"],
  ["2 million numbers in an array", text(`[${"1,".repeat(2_000_000)}1]`), "too_large_beside_files"],
  ["100,000 numbers in an array", text(`[${"1,".repeat(100_000)}1]`), "too_many_values"],
  ["12,000 properties", json(() => properties(12_000)), "too_many_values"],
  ["900 properties that nobody knows", json(() => ({ ...record, ...properties(900) })), "unrecognized_keys"],
  ["duplicate names", text(`{"${listedBy}":"a",${recordText.slice(1)}`), "duplicate_key"],
  [
    "an escaped duplicate",
    text(`{"\\u00${listedBy.charCodeAt(0).toString(16)}${listedBy.slice(1)}":"a",${recordText.slice(1)}`),
    "duplicate_key",
  ],
  ["__proto__", text(`{"__proto__":{"admin":true},${recordText.slice(1)}`), "forbidden_key"],
  [
    "constructor.prototype",
    text(`{"constructor":{"prototype":{"a":1}},${recordText.slice(1)}`),
    "unrecognized_keys",
  ],
  ["a byte order mark", text(`\ufeff${recordText}`), "invalid_json"],
  ["UTF-16", () => Buffer.from(groupedText('"é"'), "utf16le"), "invalid_utf8"],
  ["Latin 1", () => Buffer.from(groupedText('"é"'), "latin1"), "invalid_utf8"],
  [
    "a lone surrogate in UTF-8",
    () => Buffer.from(`{"${listedBy}":"\xed\xa0\x80"}`, "latin1"),
    "invalid_utf8",
  ],
  ["an escaped lone surrogate", text(groupedText('"\\ud800"')), "invalid_format"],
  [
    "an escaped zero in a file's name",
    json(() => recordWith(dataOf(0), { fileName: "\0" })),
    "invalid_format",
  ],
  ["comments", text(`/* hello */${recordText}`), "invalid_json"],
  ["two values", text(`${recordText}${recordText}`), "invalid_json"],
  ["NaN", text(groupedText("NaN")), "invalid_json"],
  [
    "null for everything",
    json(() => Object.fromEntries(Object.keys(record).map((name) => [name, null]))),
    "invalid_type",
  ],
  ["gzip", () => gzipSync(recordText), "compressed"],
  ["a bomb of gzip", () => gzipSync(Buffer.alloc(200_000_000)), "compressed"],
  ["deflate", () => deflateSync(recordText), "compressed"],
  ["Brotli", () => brotliCompressSync(Buffer.from(recordText)), "invalid_utf8"],
  [
    "a zip archive",
    () => Buffer.concat([Buffer.from("504b0304", "hex"), Buffer.alloc(1_000_000)]),
    "compressed",
  ],
];

/** What a domain without numbers has no place for. */
const wrongNumbers = (
  [
    ["a huge number", "1e308", "too_big"],
    ["an infinite number", "1e400", "invalid_type"],
    ["a number of 200,000 digits", "9".repeat(200_000), "invalid_type"],
  ] as const
).flatMap<HostilePayload>(([name, digits, code]) => {
  const numbered = numberedText(digits);
  return numbered === undefined ? [] : [[name, text(numbered), code]];
});

/** Every kind of wrong base64, and some that only look so. */
const wrongBase64: readonly HostilePayload[] = [
  ["10 MB of escaped quotes", withData(() => '"'.repeat(5_000_000)), "too_large_beside_files"],
  ["10 MB of backslashes", withData(() => "\\".repeat(5_000_000)), "too_large_beside_files"],
  ["9.6 MB of unicode escapes", withToken(() => `"${"\\u0041".repeat(1_600_000)}"`), "content_type_mismatch"],
  [
    "9 MB of base64 whose slashes are escaped",
    withToken(() => `"${Buffer.alloc(3_000_000, 0xff).toString("base64").replaceAll("/", "\\/")}"`),
    "content_type_mismatch",
  ],
  [
    "base64 with line breaks",
    withData(() => dataOf(3_000_000).replace(/.{76}/g, "$&\r\n")),
    "invalid_base64",
  ],
  ["base64 with raw line breaks", withToken(() => `"${dataOf(3_000_000)}\n"`), "invalid_json"],
  ["base64 without padding", withData(() => dataOf(3_000_001).replace(/=+$/, "")), "invalid_base64"],
  ["base64 of URLs", withData(() => `${dataOf(3_000_000).slice(0, -4)}-_-_`), "invalid_base64"],
  ["base64 with padding inside", withData(() => `YQ==${dataOf(3_000_000)}`), "invalid_base64"],
  [
    "base64 with bits that no byte has",
    withData(() => `${dataOf(3_000_000).slice(0, -4)}YR==`),
    "invalid_base64",
  ],
  ["base64 beyond ASCII", withData(() => `${dataOf(3_000_000).slice(0, -4)}ŁŁŁŁ`), "invalid_base64"],
  ["base64 with a blank at the end", withData(() => `${dataOf(3_000_000)}    `), "invalid_base64"],
  ["base64 of nothing but padding", withData(() => "====".repeat(100_000)), "invalid_base64"],
  ["no base64 at all, 9 MB", withData(() => "ä".repeat(4_500_000)), "invalid_base64"],
  ["base64 of 4,472,656 characters", withData(() => dataOf(3_354_492)), "stored"],
  ["base64 of 4,472,660 characters", withData(() => dataOf(3_354_495)), "stored"],
  ["base64 that fills the payload", withData(() => dataOf(fillingSize())), "stored"],
  ["another hash", json(() => recordWith(dataOf(3_000_000), { sha256: "0".repeat(64) })), "sha256_mismatch"],
  [
    "bytes of another type",
    withData(() => Buffer.alloc(3_000_000, 1).toString("base64")),
    "content_type_mismatch",
  ],
];

function fillingSize(): number {
  return Math.floor((maxPayloadBytes - toBytes(recordWith("")).length) / 4) * 3;
}

/** As many files as the contract takes, all of them wrong, or each alike. */
const full = (data: () => string, changes = {}) => json(() => fullRecord(data(), changes));
const fullOf = (character: string) =>
  full(() => `${dataOf(fullDataSize(), smallFile).slice(0, -4)}${character}`);
const fullFiles: readonly HostilePayload[] = [
  ["the same file as often as may be, 10 MB", full(() => dataOf(fullDataSize(), smallFile)), "stored"],
  ["the same file as often as may be, small", full(() => dataOf(0, smallFile)), "stored"],
  ["as many files as may be, all empty", full(() => ""), "too_small"],
  ["as many files as may be, all of other types", full(() => "AAAA".repeat(9000)), "content_type_mismatch"],
  [
    "as many files as may be, all of other hashes",
    full(() => dataOf(9000, smallFile), { sha256: "0".repeat(64) }),
    "sha256_mismatch",
  ],
  ["as many files as may be, all wrong at the end", fullOf("A==="), "invalid_base64"],
  ["as many files as may be, all beyond ASCII at the end", fullOf("ŁŁŁŁ"), "invalid_base64"],
  [
    "as many files as may be, all escaped at the end",
    () => Buffer.from(fullOf("@@@@")().toString("latin1").replaceAll("@@@@", "A\\u0041AA")),
    "stored",
  ],
];

/** More files, and more long strings, than anybody sends. */
const manyPlaces: readonly HostilePayload[] = [
  ...[2, MAX_FILES, MAX_FILES + 1, 300].map<HostilePayload>((count) => [
    `${count} files in a list, 9 MB together`,
    json(() =>
      withList(copies(count, { ...smallFile, data: dataOf(Math.floor(6_700_000 / count), smallFile) })),
    ),
    listCode(count),
  ]),
  ["300 empty files", json(() => withList(copies(300, { ...smallFile, data: "" }))), listCode(300, "")],
  [
    "900 empty objects for files",
    json(() => withList(copies(900, {}))),
    contractCode(withList(copies(900, {}))) ?? "stored",
  ],
  ["3,000 files of 2 kB", json(() => withList(copies(3000, { data: "A".repeat(2000) }))), "too_many_values"],
  [
    "lists of lists of files",
    json(() => withList(copies(9, copies(20, { data: dataOf(30_000) })))),
    contractCode(withList([[]])) ?? "stored",
  ],
  [
    "a file in place of base64",
    withToken(() => JSON.stringify({ ...smallFile, data: dataOf(6_700_000) })),
    "invalid_type",
  ],
  [
    "a file of 9 MB where none belongs",
    json(() => ({ ...record, more: { ...smallFile, data: dataOf(6_700_000) } })),
    "unrecognized_keys",
  ],
  [
    "a file of 9 MB for a text",
    json(() => ({ ...record, [listedBy]: { ...smallFile, data: dataOf(6_700_000) } })),
    "invalid_type",
  ],
  [
    "a file's name of 9 MB of base64",
    json(() => recordWith(dataOf(0), { fileName: dataOf(6_700_000) })),
    "too_big",
  ],
  ["a text of 200 kB", json(() => ({ ...record, [listedBy]: "c".repeat(200_000) })), "too_big"],
  ["a text of 9 MB", json(() => ({ ...record, [listedBy]: "c".repeat(9_000_000) })), "too_big"],
  ["a text of 9 MB of base64", json(() => ({ ...record, [listedBy]: dataOf(6_700_000) })), "too_big"],
  [
    "900 texts of 10 kB that nobody knows",
    json(() => ({ ...record, ...properties(900, "c".repeat(10_000)) })),
    "unrecognized_keys",
  ],
  [
    "900 texts of 10 kB of escapes",
    json(() => ({ ...record, ...properties(900, "\u0001".repeat(1_600)) })),
    "unrecognized_keys",
  ],
  [
    "900 texts of 5 kB of escaped quotes",
    json(() => ({ ...record, ...properties(900, '"'.repeat(2_500)) })),
    "too_large_beside_files",
  ],
  [
    "900 texts beyond ASCII",
    json(() => ({ ...record, ...properties(900, "ä".repeat(5_000)) })),
    "unrecognized_keys",
  ],
  ["10,000 texts of 1 kB", json(() => copies(10_000, "c".repeat(1_024))), "too_many_values"],
  [
    "9 MB of texts that are just too short",
    json(() => copies(9_000, "c".repeat(1_000))),
    "too_large_beside_files",
  ],
  [
    "a line break in the last of 900 texts",
    text(`[${copies(900, `"${"c".repeat(10_000)}"`).join()},"${"c".repeat(10_000)}\n"]`),
    "invalid_json",
  ],
  [
    "no UTF-8 in the last of 900 texts",
    () => Buffer.from(`[${copies(900, `"${"c".repeat(10_000)}"`).join()},"${"é".repeat(10_000)}"]`, "latin1"),
    "invalid_utf8",
  ],
  [
    "a text that is never closed after 900 others",
    text(`[${copies(900, `"${"c".repeat(10_000)}"`).join()},"${"c".repeat(10_000)}`),
    "invalid_json",
  ],
  ["a property name of 7 MB", json(() => ({ ["k".repeat(7_000_000)]: 1 })), "forbidden_key"],
  ["900 property names of 10 kB", json(() => properties(900, 0, "k".repeat(10_000))), "forbidden_key"],
  ["a property name of 200 characters", json(() => ({ ...record, ["k".repeat(200)]: 1 })), "forbidden_key"],
];

/** Of a list of so many files. */
function listCode(count: number, data = smallFile.data): string {
  const code = contractCode(withList(copies(count, { ...smallFile, data })));
  return code ?? (count > MAX_FILES ? "too_many_files" : "stored");
}

/** What a payload may do to whoever reads it. */
export const hostilePayloads: readonly HostilePayload[] = [
  ...wrongTexts,
  ...wrongNumbers,
  ...wrongBase64,
  ...fullFiles,
  ...manyPlaces,
];
