import { describe, expect, it } from "vitest";
import { domain } from "../../domain/domain.ts";
import {
  capitalized,
  ingestionStackName,
  isSizeRouted,
  LARGE_API,
  LOG_METRICS_NAMESPACE,
  METRICS_NAMESPACE,
  namesOf,
  pathsOf,
  SHARED_PATH,
  SMALL_API,
} from "../../domain/names.ts";

const { collection, noun } = domain;

describe("names", () => {
  it("follow from the collection and its noun", () => {
    expect([SMALL_API, LARGE_API, SHARED_PATH]).toEqual([
      collection,
      `${collection}-large`,
      `/${collection}`,
    ]);
    expect(ingestionStackName("dev")).toBe(`${collection}-dev`);
    expect(METRICS_NAMESPACE).toBe(capitalized(collection));
    expect(LOG_METRICS_NAMESPACE).toBe(`${capitalized(collection)}/Logs`);
    expect(namesOf(domain)).toEqual({
      smallApi: SMALL_API,
      largeApi: LARGE_API,
      sharedPath: SHARED_PATH,
      modelName: capitalized(noun),
    });
  });

  it.each([
    ["claims", "Claims"],
    ["lab-reports", "LabReports"],
    ["lab report", "LabReport"],
    ["form-1040-schedules", "Form1040Schedules"],
  ])("have the words of %s as %s, so that a model's name has letters and digits alone", (words, name) => {
    expect(capitalized(words)).toBe(name);
  });
});

describe(pathsOf, () => {
  it("gives the two that a payload's size decides between the same path", () => {
    expect([SMALL_API, LARGE_API].map((name) => pathsOf({ name, paths: ["/elsewhere"] }))).toEqual([
      [SHARED_PATH],
      [SHARED_PATH],
    ]);
    expect([SMALL_API, LARGE_API, `${SMALL_API}-x`].map(isSizeRouted)).toEqual([true, true, false]);
  });

  it("gives every other what it names, or its own name", () => {
    expect(pathsOf({ name: "statements" })).toEqual(["/statements"]);
    expect(pathsOf({ name: "statements", paths: ["/a", "/b"] })).toEqual(["/a", "/b"]);
  });
});
