import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePayload, pathKey } from "../../../../functions/ingestion/payload/parse-payload.ts";
import { itHolds } from "../../../support/property.ts";

const places = ["document", "photos.*", "report.pages.*"];
const parse = (bytes: Uint8Array) => parsePayload(bytes, places);

describe(parsePayload, () => {
  it("gives the value of a JSON text", () => {
    const bytes = Buffer.from('{"ä":[1,null,{"b":true}]}');

    expect(parse(bytes)).toEqual({
      ok: true,
      value: {
        value: { ä: [1, null, { b: true }] },
        readData: new Map(),
        bytesBesideFiles: bytes.length,
      },
    });
  });

  it("decodes the long bytes of files on the way, wherever they stand, and keeps their text", () => {
    const bytes = [60_000, 1_000, 2_000, 60_000].map((size, index) => Buffer.alloc(size, index));
    const [document, first, second, page] = bytes.map((each) => ({ data: each.toString("base64") }));
    const value = { ü: 1, photos: [first, { data: "YQ==" }, second], document, report: { pages: [page] } };

    const result = parse(toJson(value));

    const textBytes = [document, first, second, page].map((file) => file?.data.length ?? 0);
    const decoded = [["document"], ["photos", 0], ["photos", 2], ["report", "pages", 0]].map(
      (path, index) => [pathKey(path), { text: expect.any(String), bytes: bytes[index] }] as const,
    );
    expect(result).toEqual({
      ok: true,
      value: {
        value,
        readData: new Map(decoded),
        bytesBesideFiles: toJson(value).length - textBytes.reduce((sum, length) => sum + length, 0),
      },
    });
  });

  it.each([
    ["in another place", { documents: { data: base64(60_000) } }],
    ["below another name", { document: { data: "", more: base64(60_000) } }],
    ["in a list", { document: [base64(60_000)] }],
    ["beside a list of files", { photos: { data: base64(60_000) } }],
    ["below names that only together make a place", { "report.pages": [{ data: base64(60_000) }] }],
    ["alone", base64(60_000)],
    ["below a star", { photos: { "*": { data: base64(60_000) } } }],
    ["below a name that looks like an index", { photos: { 0: { data: base64(60_000) } } }],
    ["with line breaks", { document: { data: `${base64(60_000)}\r\n` } }],
    ["that is short", { document: { data: base64(600) } }],
  ])("gives a text %s as JSON.parse does", (_name, value) => {
    expect(parse(toJson(value))).toMatchObject({ ok: true, value: { value, readData: new Map() } });
  });

  it.each([
    ["that is not canonical", { document: { data: `${base64(60_000)}A===` } }],
    ["with characters beyond ASCII", { document: { data: `${base64(60_000)}ääää` } }],
  ])("gives a file's text %s as JSON.parse does, and knows that it is no base64", (_name, value) => {
    expect(parse(toJson(value))).toMatchObject({ ok: true, value: { value } });
    expect(readDataOf(toJson(value))).toEqual([{ text: value.document.data, bytes: undefined }]);
  });

  it("gives a text with escaped slashes as JSON.parse does", () => {
    const value = { document: { data: base64(60_000, 0xff) } };
    const escaped = Buffer.from(JSON.stringify(value).replaceAll("/", "\\/"));

    expect(parse(escaped)).toMatchObject({ ok: true, value: { value, readData: new Map() } });
  });

  it("counts what is no file's bytes as beside them, and what is even where it can't be decoded", () => {
    const beside = toJson({ document: { data: "" } }).length;

    expect(parse(toJson({ document: { data: `${base64(60_000)}A` } }))).toMatchObject({
      value: { bytesBesideFiles: beside },
    });
    expect(parse(toJson({ document: "a".repeat(60_000) }))).toMatchObject({
      value: { bytesBesideFiles: 60_015 },
    });
  });

  it.each([
    ["a payload of gzip", gzipSync("{}"), "compressed"],
    ["a payload of deflate", deflateSync("{}"), "compressed"],
    ["a zip archive", Buffer.from("504b030414", "hex"), "compressed"],
    ["a payload of Zstandard", Buffer.from("28b52ffd00", "hex"), "compressed"],
    ["a payload of Brotli, which nothing marks", brotliCompressSync("{}"), "invalid_utf8"],
    ["bytes that are no UTF-8", Buffer.from([0x22, 0xff, 0x22]), "invalid_utf8"],
    ["an overlong encoding", Buffer.from([0x22, 0xc0, 0xaf, 0x22]), "invalid_utf8"],
    ["bytes that are no UTF-8 around a file", latin1(`{"ä":1,${documentText}}`), "invalid_utf8"],
    ["U+FFFD, as API Gateway writes it in place of such bytes", Buffer.from('"\ufffd"'), "invalid_utf8"],
    ["U+FFFD in a long text", toJson(["\ufffd".repeat(2000)]), "invalid_utf8"],
    ["U+FFFD and no JSON", Buffer.from("{\ufffd"), "invalid_utf8"],
    ["a payload of gzip that was decoded as text", decoded(gzipSync("{}")), "compressed"],
    ["a payload of deflate that was decoded as text", decoded(deflateSync("{}")), "compressed"],
    [
      "a payload of Zstandard that was decoded as text",
      decoded(Buffer.from("28b52ffd00", "hex")),
      "compressed",
    ],
    ["a byte order mark", Buffer.from("\ufeff{}"), "invalid_json"],
    ["nothing", Buffer.alloc(0), "invalid_json"],
    ["half a document", Buffer.from('{"a":'), "invalid_json"],
    ["a large text that is never closed", latin1(`{${documentText.slice(0, -2)}`), "invalid_json"],
    ["a comma too many after a file", latin1(`{${documentText},}`), "invalid_json"],
    ["nesting beyond the bound", Buffer.from("[".repeat(17) + "]".repeat(17)), "too_deep"],
    ["more values than any record has", toJson(Array(1002).fill(0)), "too_many_values"],
    ["__proto__", Buffer.from('{"a":{"__proto__":{"admin":true}}}'), "forbidden_key"],
    ["a property name beyond the bound", toJson({ ["k".repeat(129)]: 1 }), "forbidden_key"],
    ["a property name as long as a file", toJson({ [base64(60_000)]: 1 }), "forbidden_key"],
    ["two files at one place", latin1(`{${documentText},${documentText}}`), "duplicate_key"],
    ["two values beside each other", Buffer.from('{"a":1,"a":1}'), "duplicate_key"],
    ["a comma too many after a long text", latin1(`["${"a".repeat(2000)}",]`), "invalid_json"],
    ["a line break in a long text", latin1(`["${"a".repeat(2000)}\n"]`), "invalid_json"],
    [
      "a line break in a long text before a fault",
      latin1(`[["${"a".repeat(2000)}\n"],{"a":1,"a":2}]`),
      "invalid_json",
    ],
    [
      "a line break in a long text behind a fault",
      latin1(`[{"a":1,"a":2},"${"a".repeat(2000)}\n"]`),
      "invalid_json",
    ],
    ["a line break in a long property name", latin1(`{"${"a".repeat(2000)}\n":1}`), "invalid_json"],
    ["half an escape in a long text", latin1(`["${"a".repeat(2000)}\\u00"]`), "invalid_json"],
    ["no UTF-8 in a long text", latin1(`["${"ä".repeat(2000)}"]`), "invalid_utf8"],
    ["no UTF-8 in a long text of no JSON", latin1(`["${"ä".repeat(2000)}"`), "invalid_utf8"],
    ["a long property name before an empty one", toJson({ ["k".repeat(2000)]: 1, "": 2 }), "forbidden_key"],
    ["a long property name after an empty one", toJson({ "": 2, ["k".repeat(2000)]: 1 }), "forbidden_key"],
    [
      "much beside files",
      toJson([...Array(270).fill("a".repeat(1000)), base64(300_000)]),
      "too_large_beside_files",
    ],
  ])("refuses %s", (_name, bytes, code) => {
    expect(parse(bytes)).toMatchObject({ ok: false, reasons: [{ path: "", code }] });
  });

  it("takes U+FFFD where it is escaped, and says how", () => {
    const escaped = Buffer.from('["\\ufffd"]');

    expect(parse(escaped)).toMatchObject({ ok: true, value: { value: ["\ufffd"] } });
    expect(parse(Buffer.from('["\ufffd"]'))).toMatchObject({
      reasons: [{ message: expect.stringMatching(/U\+FFFD.* \\ufffd\.$/) }],
    });
  });

  it("accepts nesting up to the bound", () => {
    expect(parse(Buffer.from("[".repeat(16) + "]".repeat(16)))).toMatchObject({ ok: true });
  });

  it("survives nesting that exhausts every recursive walk", () => {
    const bytes = Buffer.from("[".repeat(100_000) + "]".repeat(100_000));

    expect(parse(bytes)).toMatchObject({ ok: false, reasons: [{ code: "too_deep" }] });
  });

  it("never quotes the payload", () => {
    const result = parse(Buffer.from('{"secret": Erika Mustermann}'));

    expect(JSON.stringify(result)).not.toMatch(/Erika|secret/);
  });

  const counts = { same: 0, decoded: 0, manyDecoded: 0, refused: 0 };
  itHolds(
    "gives for every text what JSON.parse gives: the same value, or none",
    fc.property(aPayload, (bytes) => {
      const result = parse(bytes);
      const expected = parseStrictly(bytes);

      if (result.ok) {
        expect({ value: result.value.value }).toEqual(expected);
        counts.same += 1;
        for (const [path, { text, bytes: decoded }] of result.value.readData) {
          const steps: (string | number)[] = JSON.parse(path);
          expect(at(result.value.value, [...steps, "data"]) === text).toBe(true);
          const canonical = Buffer.from(text, "base64");
          expect(decoded).toEqual(canonical.toString("base64") === text ? canonical : undefined);
        }
        const decoded = [...result.value.readData.values()].filter(({ bytes }) => bytes).length;
        if (decoded > 0) counts.decoded += 1;
        if (decoded > 1) counts.manyDecoded += 1;
      } else {
        const isJson = !/invalid_json|invalid_utf8|compressed/.test(result.reasons[0]?.code ?? "");
        expect(isJson).toBe(expected !== undefined);
        counts.refused += 1;
      }
    }),
    {
      seed: 11,
      numRuns: 8000,
      // So that each way is really gone.
      afterwards: () => {
        expect(Math.min(counts.decoded, counts.same - counts.decoded, counts.refused)).toBeGreaterThan(500);
        expect(counts.manyDecoded).toBeGreaterThan(500);
      },
    },
  );
});

/** Of the files of a payload that is JSON. */
function readDataOf(bytes: Buffer) {
  const result = parse(bytes);
  return result.ok ? [...result.value.readData.values()] : [];
}

function at(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, step) => Reflect.get(Object(inner), step), value);
}

function base64(size: number, byte = 7): string {
  return Buffer.alloc(size, byte).toString("base64");
}

const documentText = `"document":{"data":"${base64(60_000)}"}`;

function latin1(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

function toJson(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** The reference: undefined for what is no strict UTF-8 or no JSON. */
function parseStrictly(bytes: Uint8Array): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)) };
  } catch {
    return undefined;
  }
}

/** Around the least length that is cut out, and above; base64 or nearly. */
const aText = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.nat(3), fc.nat(255)).map(([more, byte]) => base64(1026 + more, byte)) },
  fc.tuple(fc.nat(3), fc.nat(255)).map(([more, byte]) => base64(765 + more, byte)),
  fc
    .constantFrom("A===", "AA\\/A", "\r\n", "ä", '\\"', "\\\\", "\\u0041", "\\ud800", "=", "A", "-_-_")
    .map((end) => base64(1026) + end),
  fc.constantFrom("\\u0061", "\\\\", '\\"', "ä", "😀").map((unit) => unit.repeat(400)),
  fc.base64String(),
);
const aFile = fc
  .tuple(fc.constantFrom("data", "data", "data", "dat\\u0061", "name"), aText)
  .map(([field, text]) => `{"${field}":"${text}"}`);
const files = fc.array(aFile, { minLength: 1, maxLength: 4 });

/** Of a name that may be that of a place, and of what may be there. */
const aProperty = fc.oneof(
  { weight: 4, arbitrary: aFile.map((file) => `"document":${file}`) },
  { weight: 4, arbitrary: files.map((list) => `"photos":[${list.join(",")}]`) },
  files.map((list) => `"\\u0070hotos":[[${list.join("],[")}]]`),
  files.map((list) => `"report":{"pages":[${list.join(",")}]}`),
  aFile.map((file) => `"\\u0064ocument":{"more":${file}}`),
  aFile.map((file) => `"":${file}`),
  aText.map((text) => `"text":"${text}"`),
  { weight: 1, arbitrary: aText.map((text) => `"${text}":1`) },
);

/** Texts like payloads, most with texts that are worth cutting out, some spoilt at a few places. */
const aPayload = fc
  .record({
    properties: fc.oneof(
      fc.uniqueArray(aProperty, { minLength: 1, maxLength: 4, selector: (text) => text.slice(0, 5) }),
      fc.array(aProperty, { minLength: 1, maxLength: 4 }),
    ),
    other: fc.json({ maxDepth: 3, noUnicodeString: false }),
    otherFirst: fc.boolean(),
    blank: fc.constantFrom("", " ", "\n\t"),
    spoil: fc.option(
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
        minLength: 1,
        maxLength: 3,
      }),
      {
        freq: 1,
      },
    ),
  })
  .map(({ properties, other, otherFirst, blank, spoil }) => {
    const parts = otherFirst ? [`"other":${other}`, ...properties] : [...properties, `"other":${other}`];
    const bytes = Buffer.from(`{${blank}${parts.join(`${blank},`)}}`);
    for (const [place, byte] of spoil ?? []) {
      bytes[placeOf(place, bytes.length)] = byte;
    }
    return bytes;
  });

/** Mostly near the two ends, where the structure is. */
function placeOf(place: number, length: number): number {
  const near = Math.floor((place * 10 - Math.floor(place * 10)) * Math.min(60, length));
  return place < 0.45
    ? near
    : place < 0.9
      ? length - 1 - near
      : Math.floor((length - 1) * (place - 0.9) * 10);
}

/** As API Gateway hands bytes to a function that it takes for text. */
function decoded(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString("utf8"));
}
