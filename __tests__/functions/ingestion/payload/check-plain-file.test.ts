import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { MAX_ENCODED_FILE_NAME_LENGTH } from "../../../../contract/limits.ts";
import { domain } from "../../../../domain/domain.ts";
import { DOCX, type MediaType, PDF, PNG, WEBP, XLSX } from "../../../../domain/media-types.ts";
import { createFile } from "../../../../domain/sample.ts";
import { payloadTooLarge } from "../../../../functions/ingestion/payload/check-payload.ts";
import { checkPlainFile } from "../../../../functions/ingestion/payload/check-plain-file.ts";
import { firstFile, sha256Hex } from "../../../support/function-payloads.ts";

const pdf = createFile(PDF, "a report");
const options = {
  item: "item-1",
  fileId: "report.pdf",
  contentType: "application/pdf",
  fileName: undefined,
  maxPayloadBytes: 1000,
  mediaTypes: [PDF, PNG, WEBP, DOCX, XLSX],
};

function reasonsOf(changes: Partial<Parameters<typeof checkPlainFile>[1]>, bytes: Buffer = pdf) {
  const result = checkPlainFile({ bytes }, { ...options, ...changes });
  return result.ok ? [] : result.reasons;
}

describe(checkPlainFile, () => {
  it("gives the file and what is kept of it", () => {
    const result = checkPlainFile(
      { bytes: pdf },
      { ...options, fileName: "Bericht%20f%C3%BCr%20M%C3%A4rz.pdf" },
    );

    expect(result).toEqual({
      ok: true,
      value: {
        bytes: pdf,
        metadata: {
          fileName: "Bericht für März.pdf",
          contentType: "application/pdf",
          sha256: sha256Hex(pdf),
          sizeBytes: pdf.length,
        },
      },
    });
  });

  it("takes the media types of the domain where it is told no others", () => {
    const { bytes, part } = firstFile();
    const { mediaTypes: _, ...rest } = options;
    const withoutTypes = { ...rest, contentType: part.contentType };

    expect(checkPlainFile({ bytes }, withoutTypes).ok).toBe(true);
    expect(checkPlainFile({ bytes }, { ...withoutTypes, contentType: "text/html" })).toMatchObject({
      reasons: [{ message: `Must be one of: ${domain.mediaTypes.map(({ name }) => name).join(", ")}.` }],
    });
  });

  it("calls a file by its id where no name was sent", () => {
    expect(checkPlainFile({ bytes: pdf }, options)).toMatchObject({
      value: { metadata: { fileName: "report.pdf" } },
    });
  });

  it.each(["Application/PDF", "application/pdf; charset=binary", " application/pdf ;a=b"])(
    "understands the content type %j",
    (contentType) => {
      expect(checkPlainFile({ bytes: pdf }, { ...options, contentType })).toMatchObject({
        value: { metadata: { contentType: "application/pdf" } },
      });
    },
  );

  it.each([undefined, "", "text/html", "application/pdfx", "application"])(
    "refuses the content type %j, and tells the allowed ones",
    (contentType) => {
      const result = checkPlainFile({ bytes: pdf }, { ...options, contentType });

      expect(result).toMatchObject({
        reasons: [
          {
            path: "contentType",
            code: "invalid_value",
            message: expect.stringContaining("application/pdf, image/png, image/webp, application/vnd."),
          },
        ],
      });
    },
  );

  it.each([
    ["half an escape", "%C3", "invalid_format"],
    ["an escape of no digits", "100%.pdf", "invalid_format"],
    ["Latin 1", "M%E4rz.pdf", "invalid_format"],
    ["a folder", "..%2Fa.pdf", "invalid_format"],
    ["a line break", "a%0Ab.pdf", "invalid_format"],
    ["nothing", "", "too_small"],
    ["256 characters", "a".repeat(256), "too_big"],
    ["characters as they are", "März.pdf", "invalid_format"],
    ["a blank as it is", "a report.pdf", "invalid_format"],
    ["the form in which S3 gives other characters back", "=?UTF-8?B?TcOkcnoucGRm?=", "invalid_format"],
  ])("refuses the name of %s", (_name, fileName, code) => {
    expect(reasonsOf({ fileName })).toContainEqual(expect.objectContaining({ path: "fileName", code }));
    expect(JSON.stringify(reasonsOf({ fileName }))).not.toMatch(/rz\.pdf|aaaa/);
  });

  it("bounds a name as it is sent, of which the metadata of an object has no more room", () => {
    const longest = "%C3%A4".repeat(Math.floor(MAX_ENCODED_FILE_NAME_LENGTH / 6));

    expect(reasonsOf({ fileName: longest })).toEqual([]);
    expect(reasonsOf({ fileName: `${longest}%C3%A4` })).toEqual([
      {
        path: "fileName",
        code: "too_big",
        message: `Must be at most ${MAX_ENCODED_FILE_NAME_LENGTH} characters long when percent-encoded.`,
      },
    ]);
  });

  it("tells what is wrong with type and name at once", () => {
    expect(reasonsOf({ contentType: "text/html", fileName: "%" }).map(({ path }) => path)).toEqual([
      "contentType",
      "fileName",
    ]);
  });

  it.each<MediaType>([DOCX, XLSX])("takes a document for $name, and no archive of an executable", (type) => {
    const changes = { contentType: type.name, fileName: "a" };
    const archive = Buffer.from(zipSync({ "setup.exe": Buffer.from("MZ") }));

    expect(reasonsOf(changes, createFile(type, "a"))).toEqual([]);
    expect(reasonsOf(changes, archive)).toMatchObject([{ path: "", code: "content_type_mismatch" }]);
  });

  it.each([
    ["..", "invalid_format"],
    ["invoice.exe", "file_name_mismatch"],
    ["%3Dcmd%7C'%20%2FC%20calc'!A0", "invalid_format"],
  ])("refuses the name %s, and says what is wrong without it", (fileName, code) => {
    const reasons = reasonsOf({ fileName });

    expect(reasons).toMatchObject([{ path: "fileName", code, message: expect.stringMatching(/^Must /) }]);
    expect(JSON.stringify(reasons)).not.toMatch(/exe|cmd|calc/);
  });

  it("holds the id of a file to the same rules where it is the name", () => {
    expect(reasonsOf({ fileId: "report.exe" })).toMatchObject([{ code: "file_name_mismatch" }]);
    expect(reasonsOf({ fileId: "con" })).toMatchObject([{ path: "fileName", code: "invalid_format" }]);
    expect(reasonsOf({ fileId: "report.exe", fileName: "report.pdf" })).toEqual([]);
  });

  it.each([
    ["a zip archive that is called a PDF", Buffer.from("504b030414000000", "hex"), PDF],
    ["gzip that is called a PDF", Buffer.from("1f8b0800", "hex"), PDF],
    ["sound that is called a picture", Buffer.from("RIFF\x24\x00\x00\x00WAVEfmt ", "latin1"), WEBP],
    ["a PDF that is called a picture", pdf, PNG],
  ])("refuses %s", (_name, bytes, { name }) => {
    expect(reasonsOf({ contentType: name, fileName: "a" }, bytes)).toMatchObject([
      { path: "", code: "content_type_mismatch" },
    ]);
  });

  it("refuses an empty file", () => {
    expect(reasonsOf({}, Buffer.alloc(0))).toMatchObject([{ path: "", code: "empty_file" }]);
  });

  it("refuses one byte too many, and not exactly the limit", () => {
    expect(reasonsOf({ maxPayloadBytes: pdf.length })).toEqual([]);
    expect(reasonsOf({ maxPayloadBytes: pdf.length - 1 })).toEqual([payloadTooLarge(pdf.length - 1)]);
  });

  it.each([
    ["gzip", ["compressed"]],
    ["aws-chunked, gzip", ["compressed"]],
    ["Identity", []],
  ])("answers a Content-Encoding of %s with %j", (contentEncoding, codes) => {
    const result = checkPlainFile({ bytes: pdf, contentEncoding }, options);

    expect(result.ok ? [] : result.reasons.map(({ code }) => code)).toEqual(codes);
  });

  it.each([
    [{ item: "a/b" }, domain.key],
    [{ fileId: "..%2F" }, "fileId"],
  ])("refuses ids outside their pattern: %j", (changes, path) => {
    expect(reasonsOf(changes)).toMatchObject([{ path, code: "invalid_item" }]);
  });
});
