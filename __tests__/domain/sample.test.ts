import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { domain } from "../../domain/domain.ts";
import { filesOf, isFilePath } from "../../domain/files.ts";
import { DOCX, JPEG, PDF, WEBP, XLSX } from "../../domain/media-types.ts";
import { createFile, createSample } from "../../domain/sample.ts";
import { isOfType } from "../../functions/ingestion/payload/is-of-type.ts";

const sha256Of = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe(createSample, () => {
  it.each([{}, { mark: "m-1" }, { bodyBytes: 3_000_000, mark: "größer" }])(
    "keeps the contract and the checks beside it: %j",
    (options) => {
      const { body } = createSample(options);
      const parsed = domain.contract.parse(JSON.parse(body));

      expect(domain.checks.filter(({ holds }) => !holds(parsed))).toEqual([]);
    },
  );

  it("says of each file what stands in the body: where, its bytes, their hash and their type", () => {
    const { record, files, body } = createSample({ bodyBytes: 50_000, mark: "a" });

    expect(JSON.parse(body)).toEqual(record);
    expect(files.length).toBeGreaterThan(0);
    expect(filesOf(record, domain.files)).toEqual(
      expect.arrayContaining(files.map(({ path, part }) => ({ path, file: part }))),
    );
    for (const { path, bytes, sha256, part } of files) {
      const mediaType = domain.mediaTypes.find(({ name }) => name === part.contentType);
      expect(isFilePath(path, domain.files)).toBe(true);
      expect(Buffer.from(part.data, "base64")).toEqual(bytes);
      expect([sha256, part.sha256]).toEqual([sha256Of(bytes), sha256Of(bytes)]);
      expect(mediaType && isOfType(bytes, mediaType)).toBe(true);
      expect(part.fileName).toMatch(new RegExp(`\\.${mediaType?.extensions[0]}$`));
    }
  });

  it.each([20_000, 1_000_000, 6_000_000, 10_000_000])(
    "is about %i bytes long where that is asked",
    (bodyBytes) => {
      const { body, files } = createSample({ bodyBytes });

      expect(Math.abs(Buffer.byteLength(body) - bodyBytes)).toBeLessThan(1_000 + files.length * 100);
      expect(new Set(files.map(({ bytes }) => bytes.length)).size).toBe(1);
    },
  );

  it("is the same for the same mark, and of other bytes in every file for another", () => {
    const hashes = (mark?: string) =>
      createSample(mark === undefined ? {} : { mark }).files.map((file) => file.sha256);
    const all = [...hashes(), ...hashes("a"), ...hashes("b")];

    expect(hashes("a")).toEqual(hashes("a"));
    expect(new Set(all).size).toBe(all.length);
  });

  it("takes files that are made elsewhere", () => {
    const asked: string[] = [];
    const { files } = createSample({
      mark: "m",
      contentOf: (mediaType, title, sizeBytes) => {
        asked.push(title);
        return Buffer.concat([createFile(mediaType, title, sizeBytes), Buffer.from("made elsewhere")]);
      },
    });

    const titles = files.map(({ path, part }) => `${part.fileName} ${path.join(".")} m`);
    expect(asked.toSorted()).toEqual(titles.toSorted());
    for (const { bytes } of files) expect(bytes.toString()).toMatch(/made elsewhere$/);
  });
});

describe(createFile, () => {
  it("holds the title behind the signature, as long as it is asked for", () => {
    expect(createFile(PDF, "title").toString()).toBe("%PDF- title\n");
    expect(createFile(PDF, "title", 5_000)).toHaveLength(5_000);
    expect(createFile(JPEG, "title").subarray(3).toString()).toBe(" title\n");
  });

  it.each([DOCX, XLSX])("makes a package of $name, as long as it is asked for and a little more", (type) => {
    const file = createFile(type, "title", 5_000);

    expect(isOfType(file, type)).toBe(true);
    expect(file.length - 5_000).toBeGreaterThan(0);
    expect(file.length - 5_000).toBeLessThan(1_000);
    expect(createFile(type, "title", 5_000)).toEqual(file);
    expect(createFile(type, "another", 5_000)).not.toEqual(file);
  });

  it.each([PDF, DOCX])("fills $name with what it is given", (type) => {
    const file = createFile(type, "title", 50_000, (size) => Buffer.alloc(size, "x"));

    expect(file.toString("latin1")).toMatch(/ title\nx{40000}/);
    expect(isOfType(file, type)).toBe(true);
  });

  it("leaves blanks between the marks of one signature", () => {
    expect(createFile(WEBP, "title").toString()).toBe("RIFF    WEBP title\n");
  });
});
