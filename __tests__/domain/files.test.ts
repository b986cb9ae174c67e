import { describe, expect, it } from "vitest";
import type { FilePart } from "../../domain/files.ts";
import { filesOf, isFilePath, isJson, replaceFiles } from "../../domain/files.ts";

const part = (fileName: string): FilePart => ({ fileName, contentType: "application/pdf", data: "JVBERg==" });
const places = ["photos.*", "report.pages.*.page", "consent"];
const record = {
  name: "a",
  photos: [part("1"), part("2")],
  report: {
    pages: [
      { page: part("3"), number: 1 },
      { number: 2, page: part("4") },
    ],
    notes: ["x", null],
  },
  consent: part("5"),
};

describe(isFilePath, () => {
  it.each([[["consent"]], [["photos", 0]], [["photos", 19]], [["report", "pages", 7, "page"]]])(
    "knows %j as a place of a file",
    (path) => {
      expect(isFilePath(path, places)).toBe(true);
    },
  );

  it.each([
    [[]],
    [["photos"]],
    [["photos", "0"]],
    [["photos", 0, "data"]],
    [["consent", 0]],
    [["report", "pages", 7]],
    [["report", 0, "pages", "page"]],
    [["photo", 0]],
  ])("knows %j as none", (path) => {
    expect(isFilePath(path, places)).toBe(false);
  });
});

describe(filesOf, () => {
  it("finds the files place by place, in the order of their lists", () => {
    expect(filesOf(record, places)).toEqual([
      { path: ["photos", 0], file: part("1") },
      { path: ["photos", 1], file: part("2") },
      { path: ["report", "pages", 0, "page"], file: part("3") },
      { path: ["report", "pages", 1, "page"], file: part("4") },
      { path: ["consent"], file: part("5") },
    ]);
  });

  it("finds none where what is optional is missing, null or empty", () => {
    expect(filesOf({ photos: [] }, places)).toEqual([]);
    expect(filesOf({ photos: undefined, report: undefined, consent: null }, places)).toEqual([]);
    expect(filesOf({ report: { pages: [] } }, places)).toEqual([]);
  });
});

describe(isJson, () => {
  it.each([[null], ["a"], [1], [true], [[1, "a"]], [{ a: 1 }], [undefined]])("takes %j", (value) => {
    expect(isJson(value)).toBe(true);
  });

  it.each([
    [new Date(0)],
    [new Set([1])],
    [new Map()],
    [1n],
    [Number.NaN],
    [Infinity],
    [() => 1],
    [Symbol("a")],
  ])("knows %s as no JSON", (value) => {
    expect(isJson(value)).toBe(false);
  });
});

describe(replaceFiles, () => {
  it("fails rather than lose what is no JSON, and names the place alone", () => {
    const lost = { list: [{ day: new Date(0) }] };

    expect(() => replaceFiles(lost, [], () => null)).toThrow(
      new TypeError('"list.0.day" is not a JSON value'),
    );
  });

  it("puts what is given where the files stood, and leaves everything else", () => {
    const replaced = replaceFiles(record, places, ({ fileName }, path) => ({ fileName, at: path.join(".") }));

    expect(replaced).toEqual({
      name: "a",
      photos: [
        { fileName: "1", at: "photos.0" },
        { fileName: "2", at: "photos.1" },
      ],
      report: {
        pages: [
          { page: { fileName: "3", at: "report.pages.0.page" }, number: 1 },
          { number: 2, page: { fileName: "4", at: "report.pages.1.page" } },
        ],
        notes: ["x", null],
      },
      consent: { fileName: "5", at: "consent" },
    });
  });

  it("changes nothing of what it was given, and keeps the order of names", () => {
    const before = structuredClone(record);
    const replaced = replaceFiles(record, places, () => null);

    expect(record).toEqual(before);
    expect(Object.keys(replaced)).toEqual(Object.keys(record));
    expect(replaced["photos"]).toEqual([null, null]);
  });

  it("replaces no file outside its place", () => {
    expect(replaceFiles({ other: part("1"), photos: [] }, places, () => null)).toEqual({
      other: part("1"),
      photos: [],
    });
  });
});
