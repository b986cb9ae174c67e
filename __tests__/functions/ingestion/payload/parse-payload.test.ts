import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePayload } from "../../../../functions/ingestion/payload/parse-payload.ts";
import { itHolds } from "../../../support/property.ts";

describe(parsePayload, () => {
  it("gives the value of a JSON text", () => {
    const result = parsePayload(Buffer.from('{"ä":[1,null,{"b":true}]}'));

    expect(result).toEqual({ ok: true, value: { value: { ä: [1, null, { b: true }] } } });
  });

  it("decodes a large document on the way, and keeps its text", () => {
    const bytes = Buffer.alloc(60_000, 7);
    const value = { ü: 1, document: { data: bytes.toString("base64"), fileName: "ä" } };

    const result = parsePayload(toJson(value));

    expect(result).toEqual({ ok: true, value: { value, documentBytes: bytes } });
  });

  it.each([
    ["in another place", { documents: { data: base64(60_000) } }],
    ["below another name", { document: { data: "", more: base64(60_000) } }],
    ["in an array", { document: [base64(60_000)] }],
    ["that is not canonical", { document: { data: `${base64(60_000)}A===` } }],
    ["with line breaks", { document: { data: `${base64(60_000)}\r\n` } }],
    ["with characters beyond ASCII", { document: { data: `${base64(60_000)}ääää` } }],
    ["that is short", { document: { data: base64(600) } }],
  ])("leaves a text %s to JSON.parse", (_name, value) => {
    expect(parsePayload(toJson(value))).toEqual({ ok: true, value: { value } });
  });

  it("leaves a text with escaped slashes to JSON.parse", () => {
    const value = { document: { data: base64(60_000, 0xff) } };
    const escaped = Buffer.from(JSON.stringify(value).replaceAll("/", "\\/"));

    expect(parsePayload(escaped)).toEqual({ ok: true, value: { value } });
  });

  it.each([
    ["a payload of gzip", gzipSync("{}"), "compressed"],
    ["a payload of deflate", deflateSync("{}"), "compressed"],
    ["a zip archive", Buffer.from("504b030414", "hex"), "compressed"],
    ["a payload of Zstandard", Buffer.from("28b52ffd00", "hex"), "compressed"],
    ["a payload of Brotli, which nothing marks", brotliCompressSync("{}"), "invalid_utf8"],
    ["bytes that are no UTF-8", Buffer.from([0x22, 0xff, 0x22]), "invalid_utf8"],
    ["an overlong encoding", Buffer.from([0x22, 0xc0, 0xaf, 0x22]), "invalid_utf8"],
    ["bytes that are no UTF-8 around a document", latin1(`{"ä":1,${documentText}}`), "invalid_utf8"],
    ["a byte order mark", Buffer.from("\ufeff{}"), "invalid_json"],
    ["nothing", Buffer.alloc(0), "invalid_json"],
    ["half a document", Buffer.from('{"a":'), "invalid_json"],
    ["a large text that is never closed", latin1(`{${documentText.slice(0, -2)}`), "invalid_json"],
    ["a comma too many after a document", latin1(`{${documentText},}`), "invalid_json"],
    ["nesting beyond the bound", Buffer.from("[".repeat(17) + "]".repeat(17)), "too_deep"],
    ["more values than any proposal has", toJson(Array(1002).fill(0)), "too_many_values"],
    ["__proto__", Buffer.from('{"a":{"__proto__":{"admin":true}}}'), "forbidden_key"],
    ["a property name beyond the bound", toJson({ ["k".repeat(129)]: 1 }), "forbidden_key"],
    ["a property name as long as a document", toJson({ [base64(60_000)]: 1 }), "forbidden_key"],
    ["two documents", latin1(`{${documentText},${documentText}}`), "duplicate_key"],
    ["two values beside each other", Buffer.from('{"a":1,"a":1}'), "duplicate_key"],
    [
      "a large text beside the largest",
      toJson(["a".repeat(262_200), base64(300_000)]),
      "too_large_beside_document",
    ],
  ])("refuses %s", (_name, bytes, code) => {
    expect(parsePayload(bytes)).toMatchObject({ ok: false, reasons: [{ path: "", code }] });
  });

  it("accepts nesting up to the bound", () => {
    expect(parsePayload(Buffer.from("[".repeat(16) + "]".repeat(16)))).toMatchObject({ ok: true });
  });

  it("survives nesting that exhausts every recursive walk", () => {
    const bytes = Buffer.from("[".repeat(100_000) + "]".repeat(100_000));

    expect(parsePayload(bytes)).toMatchObject({ ok: false, reasons: [{ code: "too_deep" }] });
  });

  it("never quotes the payload", () => {
    const result = parsePayload(Buffer.from('{"secret": Erika Mustermann}'));

    expect(JSON.stringify(result)).not.toMatch(/Erika|secret/);
  });

  const counts = { same: 0, cut: 0, refused: 0 };
  itHolds(
    "gives for every text what JSON.parse gives: the same value, or none",
    fc.property(aPayload, (bytes) => {
      const result = parsePayload(bytes);
      const expected = parseStrictly(bytes);

      if (result.ok) {
        expect({ value: result.value.value }).toEqual(expected);
        counts.same += 1;
        if (result.value.documentBytes) {
          const { document } = result.value.value as { document: { data: string } };
          expect(Buffer.from(result.value.documentBytes).toString("base64") === document.data).toBe(true);
          counts.cut += 1;
        }
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
      afterwards: () =>
        expect(Math.min(counts.cut, counts.same - counts.cut, counts.refused)).toBeGreaterThan(500),
    },
  );
});

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

/** Texts like proposals, most with a text that is worth cutting out, some spoilt at a few places. */
const aPayload = fc
  .record({
    data: fc.oneof(
      fc.tuple(fc.nat(3), fc.nat(255)).map(([more, byte]) => base64(24_576 + more, byte)),
      fc
        .constantFrom("A===", "AA\\/A", "\r\n", "ä", '\\"', "=", "A", "-_-_")
        .map((end) => base64(24_576) + end),
      fc.base64String(),
    ),
    name: fc.constantFrom("document", "\\u0064ocument", "documents"),
    field: fc.constantFrom("data", "dat\\u0061", "name"),
    other: fc.json({ maxDepth: 3, noUnicodeString: false }),
    otherFirst: fc.boolean(),
    blank: fc.constantFrom("", " ", "\n\t"),
    spoil: fc.option(
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
        minLength: 1,
        maxLength: 3,
      }),
      {
        freq: 2,
      },
    ),
  })
  .map(({ data, name, field, other, otherFirst, blank, spoil }) => {
    const document = `"${name}"${blank}:${blank}{${blank}"${field}":${blank}"${data}"${blank}}`;
    const parts = otherFirst ? [`"other":${other}`, document] : [document, `"other":${other}`];
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
