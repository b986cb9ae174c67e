import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { parseJson } from "../../../functions/proposals/parse-json.ts";

describe(parseJson, () => {
  it("gives the value of a JSON text", () => {
    const result = parseJson(Buffer.from('{"ä":[1,null,{"b":true}]}'));

    expect(result).toEqual({ ok: true, value: { ä: [1, null, { b: true }] } });
  });

  it.each([
    ["a compressed payload", gzipSync("{}"), "compressed"],
    ["bytes that are no UTF-8", Buffer.from([0x22, 0xff, 0x22]), "invalid_utf8"],
    ["a byte order mark", Buffer.from("\ufeff{}"), "invalid_json"],
    ["nothing", Buffer.alloc(0), "invalid_json"],
    ["half a document", Buffer.from('{"a":'), "invalid_json"],
    ["nesting beyond the bound", Buffer.from("[".repeat(17) + "]".repeat(17)), "too_deep"],
    ["more values than any proposal has", toJson(Array(1001).fill(0)), "too_many_values"],
    ["__proto__", Buffer.from('{"a":{"__proto__":{"admin":true}}}'), "forbidden_key"],
    ["an escaped __proto__", Buffer.from('{"\\u005f_proto__":1}'), "forbidden_key"],
    ["a property name beyond the bound", toJson({ ["k".repeat(129)]: 1 }), "forbidden_key"],
  ])("refuses %s", (_name, bytes, code) => {
    expect(parseJson(bytes)).toMatchObject({ ok: false, reasons: [{ path: "", code }] });
  });

  it("accepts nesting up to the bound", () => {
    expect(parseJson(Buffer.from("[".repeat(16) + "]".repeat(16)))).toMatchObject({ ok: true });
  });

  it("survives nesting that exhausts every recursive walk", () => {
    const bytes = Buffer.from("[".repeat(1_000_000) + "]".repeat(1_000_000));

    expect(parseJson(bytes)).toMatchObject({ ok: false, reasons: [{ code: "too_deep" }] });
  });

  it("never quotes the payload", () => {
    const result = parseJson(Buffer.from('{"secret": Erika Mustermann}'));

    expect(JSON.stringify(result)).not.toMatch(/Erika|secret/);
  });
});

function toJson(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
