import { crc32, deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { unpackPart } from "../../../../functions/ingestion/payload/unpack-part.ts";

const content = Buffer.from("content ".repeat(9));
const part = {
  name: "a",
  compression: 8,
  isEncrypted: false,
  packed: deflateRawSync(content),
  sizeBytes: content.length,
  checksum: crc32(content),
};

describe(unpackPart, () => {
  it("gives what was packed, and what was stored", () => {
    expect(unpackPart(part)).toEqual(content);
    expect(unpackPart({ ...part, compression: 0, packed: content })).toEqual(content);
  });

  it("gives a part of nothing", () => {
    const nothing = { ...part, packed: deflateRawSync(""), sizeBytes: 0, checksum: 0 };

    expect(unpackPart(nothing)).toEqual(Buffer.alloc(0));
  });

  it.each([
    [content.length - 1, content.length],
    [1_000, 60_000_000],
  ])("stops at the size of %i bytes that a part says it has, though it becomes %i", (sizeBytes, length) => {
    const packed = deflateRawSync(Buffer.alloc(length), { level: 9 });

    // Of zlib, which gives up where its room ends; once all were unpacked, the sizes would be compared.
    expect(() => unpackPart({ ...part, packed, sizeBytes })).toThrow(
      expect.objectContaining({ code: "ERR_BUFFER_TOO_LARGE" }),
    );
  });

  it.each([
    ["a smaller size", { compression: 0, packed: content, sizeBytes: 3 }],
    ["a larger size", { sizeBytes: content.length + 1 }],
    ["another checksum", { checksum: 7 }],
  ])("refuses a part that says %s", (_what, changes) => {
    expect(() => unpackPart({ ...part, ...changes })).toThrow(
      'the part "a" does not match the directory of its archive',
    );
  });
});
