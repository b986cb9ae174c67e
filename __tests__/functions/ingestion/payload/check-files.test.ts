import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import type { FilePart } from "../../../../domain/files.ts";
import { DOCX, JPEG, type MediaType, PDF, PNG, TIFF, WEBP, XLSX } from "../../../../domain/media-types.ts";
import { createFile } from "../../../../domain/sample.ts";
import { checkFiles, MAX_FILES } from "../../../../functions/ingestion/payload/check-files.ts";
import { checkPayload } from "../../../../functions/ingestion/payload/check-payload.ts";
import { decodeBase64 } from "../../../../functions/ingestion/payload/decode-base64.ts";
import { MAX_BYTES_BESIDE_FILES, pathKey } from "../../../../functions/ingestion/payload/parse-payload.ts";
import { aFile, album, anAlbum } from "../../../support/album-domain.ts";
import { sha256Hex, toBytes } from "../../../support/function-payloads.ts";

const mediaTypes = [PDF, PNG, JPEG, WEBP, TIFF, DOCX, XLSX];
const options = { files: ["files.*"], mediaTypes };

function check(...files: FilePart[]) {
  return checkFiles({ files }, options, new Map());
}

function fileOf({ name }: MediaType, bytes: Buffer): FilePart {
  return { fileName: "a", contentType: name, data: bytes.toString("base64") };
}

describe(checkFiles, () => {
  it("gives the bytes of files and what is kept of them", () => {
    const file = aFile("png", "a");
    const bytes = Buffer.from(file.data, "base64");

    expect(check(file)).toEqual({
      ok: true,
      value: [
        {
          path: ["files", 0],
          bytes,
          metadata: {
            fileName: "a.png",
            contentType: "image/png",
            sha256: sha256Hex(bytes),
            sizeBytes: bytes.length,
          },
        },
      ],
    });
  });

  it("gives a file that is there twice twice", () => {
    const file = aFile("png", "a");

    const result = check(file, { ...file, fileName: "b.png" });

    expect(result).toMatchObject({
      value: [{ metadata: { fileName: "a.png" } }, { metadata: { fileName: "b.png" } }],
    });
  });

  it.each<[MediaType, string]>([
    [PDF, "255044462d312e37"],
    [PNG, "89504e470d0a1a0a0000"],
    [JPEG, "ffd8ffe0"],
    [WEBP, "52494646aabbccdd57454250"],
    [TIFF, "49492a0000"],
    [TIFF, "4d4d002a00"],
    [DOCX, createFile(DOCX, "a").toString("hex")],
    [XLSX, createFile(XLSX, "a").toString("hex")],
  ])("accepts $0.name of $1, and nothing shorter", (type, hex) => {
    const bytes = Buffer.from(hex, "hex");

    expect(check(fileOf(type, bytes)).ok).toBe(true);
    expect(check(fileOf(type, bytes.subarray(0, 2)))).toMatchObject({
      reasons: [{ path: "files.0.data", code: "content_type_mismatch" }],
    });
  });

  it("does not take sound for a picture, though both begin alike", () => {
    const wav = Buffer.from("RIFF\x24\x00\x00\x00WAVEfmt ", "latin1");

    expect(check(fileOf(WEBP, wav))).toMatchObject({ reasons: [{ code: "content_type_mismatch" }] });
  });

  it("does not take an archive with only an executable for a document", () => {
    const archive = Buffer.from(zipSync({ "setup.exe": Buffer.from("MZ") }));

    for (const type of [DOCX, XLSX]) {
      expect(check(fileOf(type, archive))).toMatchObject({ reasons: [{ code: "content_type_mismatch" }] });
    }
  });

  it("refuses a name that ends as files of another type do, at the place of the name", () => {
    const file = aFile("jpeg", "a");
    const named = (fileName: string) => ({ ...file, fileName });

    expect(check(named("a.jpeg"), named("A.JPG"), named("a"), named("v1.2")).ok).toBe(true);
    expect(check(file, named("invoice.exe"))).toEqual({
      ok: false,
      reasons: [
        {
          path: "files.1.fileName",
          code: "file_name_mismatch",
          message:
            "Must have a file extension of its content type (.jpg, .jpeg, .jpe, .jfif), or no extension.",
        },
      ],
    });
  });

  it("refuses bytes of another type than the declared one, at the place of the file", () => {
    const wrong = { ...aFile("pdf", "a"), contentType: PNG.name };

    expect(check(aFile("png", "a"), wrong, aFile("png", "b"), wrong)).toMatchObject({
      reasons: [
        { path: "files.1.data", code: "content_type_mismatch" },
        { path: "files.3.data", code: "content_type_mismatch" },
      ],
    });
  });

  it("compares the declared hash in either case", () => {
    const file = aFile("png", "a");
    const sha256 = sha256Hex(Buffer.from(file.data, "base64"));

    expect(check({ ...file, sha256: sha256.toUpperCase() }).ok).toBe(true);
    expect(check(file, { ...file, sha256: "0".repeat(64) })).toMatchObject({
      reasons: [{ path: "files.1.sha256", code: "sha256_mismatch" }],
    });
  });

  it("refuses what is no canonical base64", () => {
    const file = aFile("png", "a");

    expect(check({ ...file, data: `${file.data}A===` })).toMatchObject({
      reasons: [{ path: "files.0.data", code: "invalid_base64" }],
    });
  });

  it("takes what is known already, of the same text only", () => {
    const [first, second] = [aFile("png", "first"), aFile("png", "second")];
    const decoded = decodeBase64(Buffer.from(first.data));
    const known = new Map(decoded && [[pathKey(["files", 0]), decoded]]);
    const knownWrong = new Map([[pathKey(["files", 0]), { text: first.data }]]);

    const same = checkFiles({ files: [first] }, options, known);
    const wrong = checkFiles({ files: [first] }, options, knownWrong);
    const moved = checkFiles({ files: [second] }, options, known);

    expect(same.ok && same.value[0]?.bytes).toBe(decoded?.bytes);
    expect(wrong).toMatchObject({ reasons: [{ code: "invalid_base64" }] });
    expect(moved.ok && moved.value[0]?.bytes).toEqual(Buffer.from(second.data, "base64"));
  });

  it(`takes ${MAX_FILES} files, and no more`, () => {
    const file = aFile("png", "a");

    expect(check(...Array(MAX_FILES).fill(file)).ok).toBe(true);
    expect(check(...Array(MAX_FILES + 1).fill(file))).toEqual({
      ok: false,
      reasons: [
        { path: "", code: "too_many_files", message: `The payload has more than ${MAX_FILES} files.` },
      ],
    });
  });

  it("leaves every record within the 400 KB of an item of DynamoDB", () => {
    const photos = Array.from({ length: MAX_FILES }, (_, index) => aFile("png", `photo-${index}`, 1_000));
    const texts = photos.reduce((sum, { data }) => sum + data.length, 0);
    const rest = toBytes(anAlbum(photos, { notes: "" })).length - texts;
    const largest = toBytes(anAlbum(photos, { notes: "n".repeat(MAX_BYTES_BESIDE_FILES - rest) }));

    const result = checkPayload({ bytes: largest }, { item: "a", maxPayloadBytes: 1e7, domain: album });

    if (!result.ok) throw new Error(JSON.stringify(result.reasons));
    // Numbers may grow, as `1e99` does, to 21 bytes each, and every value may add its 4 bytes.
    const othersMayAdd = 1000 * (21 + 4);
    const besideThePayload = 4_096;
    const size = itemBytes({ M: marshall(result.value.record) });
    expect(size).toBeGreaterThan(MAX_BYTES_BESIDE_FILES);
    expect(size + othersMayAdd + besideThePayload).toBeLessThan(400 * 1024);
  });
});

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
function itemBytes(value: AttributeValue): number {
  const sum = (sizes: number[]) => sizes.reduce((total, size) => total + size, 3);
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 2;
  if (value.L !== undefined) return sum(value.L.map((each) => 1 + itemBytes(each)));
  if (value.M === undefined) return 1;
  return sum(Object.entries(value.M).map(([name, each]) => 1 + Buffer.byteLength(name) + itemBytes(each)));
}
