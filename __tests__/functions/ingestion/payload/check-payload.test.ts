import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { domain } from "../../../../domain/domain.ts";
import { type Path, replaceFiles } from "../../../../domain/files.ts";
import { createSample } from "../../../../domain/sample.ts";
import {
  checkPayload,
  DomainError,
  payloadTooLarge,
} from "../../../../functions/ingestion/payload/check-payload.ts";
import { MAX_BYTES_BESIDE_FILES } from "../../../../functions/ingestion/payload/parse-payload.ts";
import { aFile, album, anAlbum } from "../../../support/album-domain.ts";
import { aPayload, aRecord, sha256Hex, toBytes } from "../../../support/function-payloads.ts";

const options = { item: "item-1", maxPayloadBytes: 10_485_760 };

/** As BigInt does: its message holds what it could not read. */
function quote(): never {
  throw new SyntaxError("Cannot convert Jane Doe to a BigInt");
}

function checkAlbum(record: unknown) {
  return checkPayload({ bytes: toBytes(record) }, { ...options, domain: album });
}

function reasonsOf(record: unknown) {
  const result = checkAlbum(record);
  return result.ok ? [] : result.reasons;
}

describe(checkPayload, () => {
  it("gives the record with the metadata of its files, and their bytes", () => {
    const { record, files } = createSample();
    const kept = domain.contract.parse(record);

    const result = checkPayload({ bytes: aPayload() }, options);

    const filesKept = files.map(({ path, bytes, sha256, part: { fileName, contentType } }) => ({
      path,
      bytes,
      metadata: { fileName, contentType, sha256, sizeBytes: bytes.length },
    }));
    const metadataAt = (path: Path) => filesKept.find((file) => file.path.join() === path.join())?.metadata;
    expect(result).toEqual({
      ok: true,
      value: {
        record: replaceFiles(kept, domain.files, (_file, path) => metadataAt(path)),
        files: filesKept,
      },
    });
    expect(JSON.stringify(result.ok && result.value.record)).not.toContain('"data"');
  });

  it.each([
    ['the check at "group"', { checks: [{ path: "group", message: "", holds: quote }] }],
    ["the contract", { contract: z.strictObject({ group: z.pipe(z.string(), z.transform(quote)) }) }],
  ])("repeats nothing of what %s throws: it may quote the payload", (what, changes) => {
    const broken = { ...album, contract: z.strictObject({ group: z.string() }), files: [], ...changes };
    const check = () =>
      checkPayload({ bytes: toBytes({ group: "Jane Doe" }) }, { ...options, domain: broken });

    expect(check).toThrow(new DomainError(`In the domain, ${what} threw a SyntaxError`));
    expect(check).not.toThrow(/Jane/);
  });

  it("gives several files, each where it stood, short and long ones", () => {
    const [first, second, booklet] = [
      aFile("jpeg", "first", 40_000),
      aFile("webp", "second"),
      aFile("pdf", "third", 2_000),
    ];

    const result = checkAlbum(anAlbum([first, second], { booklet }));

    const bytes = [first, second, booklet].map(({ data }) => Buffer.from(data, "base64"));
    const [metadataOfFirst, metadataOfSecond, metadataOfBooklet] = [first, second, booklet].map(
      ({ fileName, contentType }, index) => ({
        fileName,
        contentType,
        sha256: sha256Hex(bytes[index] ?? Buffer.alloc(0)),
        sizeBytes: bytes[index]?.length,
      }),
    );
    expect(result).toEqual({
      ok: true,
      value: {
        record: anAlbum([], { photos: [metadataOfFirst, metadataOfSecond], booklet: metadataOfBooklet }),
        files: [
          { path: ["photos", 0], bytes: bytes[0], metadata: metadataOfFirst },
          { path: ["photos", 1], bytes: bytes[1], metadata: metadataOfSecond },
          { path: ["booklet"], bytes: bytes[2], metadata: metadataOfBooklet },
        ],
      },
    });
  });

  it("keeps a time with an offset in UTC, as the contract gives it", () => {
    const result = checkAlbum(anAlbum([aFile("png", "a")], { takenAt: "2026-03-01T00:30:00+01:00" }));

    expect(result).toMatchObject({ value: { record: { takenAt: "2026-02-28T23:30:00Z" } } });
  });

  it("refuses an id outside its pattern whatever the payload, by the name that the sender knows", () => {
    const result = checkPayload({ bytes: aPayload() }, { ...options, item: "a/b" });
    const other = checkPayload({ bytes: aPayload() }, { ...options, item: "a/b", domain: album });

    expect(result).toMatchObject({ reasons: [{ path: domain.key, code: "invalid_item" }] });
    expect(other).toMatchObject({ reasons: [{ path: "albumId", code: "invalid_item" }] });
  });

  it("refuses a payload of one byte too many, and none of exactly the limit", () => {
    const bytes = aPayload();

    const exact = checkPayload({ bytes }, { ...options, maxPayloadBytes: bytes.length });
    const over = checkPayload({ bytes }, { ...options, maxPayloadBytes: bytes.length - 1 });

    expect(exact.ok).toBe(true);
    expect(over).toEqual({ ok: false, reasons: [payloadTooLarge(bytes.length - 1)] });
  });

  it.each([
    ["gzip", "compressed"],
    ["br", "compressed"],
    ["identity, gzip", "compressed"],
    [" Identity ", undefined],
  ])("answers a Content-Encoding of %s with the reason %s, whatever the bytes", (contentEncoding, code) => {
    const result = checkPayload({ bytes: aPayload(), contentEncoding }, options);

    expect(result.ok ? undefined : result.reasons[0]?.code).toBe(code);
  });

  it("names each place that breaks the contract and what is wanted there", () => {
    const photos = [aFile("png", "a"), { ...aFile("png", "b"), fileName: "", contentType: "image/tiff" }];

    expect(reasonsOf(anAlbum(photos, { year: 1800, takenAt: 7, more: 1 }))).toMatchObject([
      { path: "takenAt", code: "invalid_type", message: "Must be of type string." },
      { path: "year", code: "too_small", message: "Must be at least 1900." },
      { path: "photos.1.fileName", code: "too_small", message: "Must be at least 1 characters long." },
      { path: "photos.1.fileName", code: "invalid_format" },
      {
        path: "photos.1.contentType",
        code: "invalid_value",
        message: "Must be one of: image/jpeg, image/png, image/webp.",
      },
      { path: "", code: "unrecognized_keys", message: "Has properties that the contract does not allow." },
    ]);
  });

  it("says of lists how many entries are wanted", () => {
    expect(reasonsOf(anAlbum([]))).toEqual([
      { path: "photos", code: "too_small", message: "Must have at least 1 entries." },
    ]);
    expect(reasonsOf(anAlbum(Array(331).fill(aFile("png", "a"))))).toEqual([
      { path: "photos", code: "too_big", message: "Must have at most 330 entries." },
    ]);
    expect(reasonsOf(anAlbum(Array(40).fill({ fileName: "a" }))).map(({ path }) => path)).toEqual(
      Array.from({ length: 20 }, (_, index) => `photos.${index >> 1}.${index % 2 ? "data" : "contentType"}`),
    );
  });

  it("tells what breaks the checks beyond the schema, together with what is wrong with files", () => {
    const broken = { ...aFile("png", "a"), contentType: "image/jpeg" };

    expect(reasonsOf(anAlbum([broken], { year: 1999, notes: "secret" }))).toEqual([
      { path: "year", code: "not_allowed", message: "Must be the year of takenAt." },
      { path: "notes", code: "not_allowed", message: "Must not be a secret." },
      {
        path: "photos.0.data",
        code: "content_type_mismatch",
        message: "The bytes are not of the declared content type.",
      },
    ]);
    expect(reasonsOf(anAlbum([aFile("png", "a")], { year: 2026 }))).toEqual([]);
  });

  it("asks the checks beyond the schema only of what keeps it", () => {
    expect(reasonsOf(anAlbum([], { year: 1999 })).map(({ path }) => path)).toEqual(["photos"]);
  });

  it("gives at most twenty reasons, of files too", () => {
    const broken = Array.from({ length: 30 }, (_, index) => ({ ...aFile("png", `${index}`), data: "AAA=" }));

    const reasons = reasonsOf(anAlbum(broken, { year: 1999 }));

    expect(reasons).toHaveLength(20);
    expect(reasons.slice(0, 2).map(({ path }) => path)).toEqual(["year", "photos.0.data"]);
  });

  it("bounds long texts that are no files, after the contract", () => {
    const beside = toBytes(anAlbum([{ ...aFile("png", "a"), data: "" }], { notes: "" })).length;
    const notes = "n".repeat(MAX_BYTES_BESIDE_FILES - beside);
    const photos = [aFile("png", "a", 300_000)];

    expect(checkAlbum(anAlbum(photos, { notes })).ok).toBe(true);
    expect(reasonsOf(anAlbum(photos, { notes: `${notes}n` }))).toMatchObject([
      { path: "", code: "too_large_beside_files" },
    ]);
    expect(reasonsOf(anAlbum(photos, { owner: "n".repeat(2_000_000) }))).toMatchObject([
      { path: "owner", code: "too_big" },
    ]);
  });

  it("puts no value and no property name of the payload into a reason", () => {
    const secrets = { owner: ["geheim"], "Konto 4711": 1, takenAt: "geheim", year: "Vermögen" };
    const photo = { ...aFile("png", "Erika Mustermann"), Vermögen: 5, sha256: "geheim" };

    const results = [
      checkAlbum(anAlbum([photo], secrets)),
      checkAlbum(anAlbum([{ ...aFile("png", "Erika"), data: "geheim" }])),
      checkAlbum(anAlbum([{ ...aFile("pdf", "Erika"), contentType: "image/png" }])),
      checkPayload({ bytes: toBytes({ ...aRecord(), [domain.listedBy]: ["Erika"], "4711": 1 }) }, options),
    ];

    expect(results.map(({ ok }) => ok)).toEqual([false, false, false, false]);
    expect(JSON.stringify(results)).not.toMatch(/Erika|4711|geheim|Vermögen/);
  });
});
