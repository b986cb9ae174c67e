import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { UserError } from "../../contract/user-error.ts";
import { JPEG, PDF, PNG } from "../../domain/media-types.ts";
import { defineDomain, exampleFile, file, timestamp } from "../../domain/seam.ts";
import { claims } from "../fixtures/domain/claims.ts";

const text = () => z.string().check(z.maxLength(64));
const few = <Element extends z.ZodMiniType>(element: Element) => z.array(element).check(z.maxLength(9));
const contract = z.strictObject({
  patientId: text(),
  ward: z.optional(text()),
  bed: z.int(),
  scans: z.array(file([PNG, JPEG])).check(z.maxLength(20)),
  report: z.strictObject({
    summary: text(),
    pages: z.array(z.strictObject({ page: file([PDF]) })).check(z.maxLength(20)),
  }),
  consent: z.optional(file([PDF])),
});
const labReports = {
  collection: "lab-reports",
  noun: "lab report",
  key: "reportId",
  contract,
  files: ["scans.*", "report.pages.*.page", "consent"],
  mediaTypes: [PDF, PNG, JPEG],
  listedBy: "patientId",
  checks: [],
  plainFiles: false,
  example: {
    patientId: "p-1",
    bed: 3,
    scans: [exampleFile(PNG, "lung")],
    report: { summary: "nothing found", pages: [] },
  },
} as const satisfies Parameters<typeof defineDomain<typeof contract>>[0];

const refusing = (...problems: readonly string[]) =>
  new UserError(`The domain "lab-reports" can't be used:\n  ${problems.join("\n  ")}`);

describe(defineDomain, () => {
  it("takes a domain with files in objects, in lists, and in lists of objects", () => {
    expect(defineDomain(labReports)).toBe(labReports);
    expect(defineDomain({ ...labReports, files: [...labReports.files] })).toEqual(labReports);
    expect(claims.files).toEqual(["report", "photos.*"]);
  });

  describe("does not compile, and refuses where it is loaded,", () => {
    it("a place that holds no file", () => {
      // @ts-expect-error: a text
      expect(() => defineDomain({ ...labReports, files: [...labReports.files, "patientId"] })).toThrow(
        refusing(
          'files: the contract has no file(…) at "patientId". It has files at: scans.*, report.pages.*.page, consent',
        ),
      );
      // @ts-expect-error: an object around the place
      expect(() => defineDomain({ ...labReports, files: [...labReports.files, "report"] })).toThrow(
        /no file\(…\) at "report"/,
      );
      // @ts-expect-error: no field
      expect(() => defineDomain({ ...labReports, files: [...labReports.files, "scan.*"] })).toThrow(
        /no file\(…\) at "scan\.\*"/,
      );
      // @ts-expect-error: below a file
      expect(() => defineDomain({ ...labReports, files: [...labReports.files, "consent.data"] })).toThrow(
        /no file\(…\) at "consent\.data"/,
      );
    });

    it("a list without the sign for each of it", () => {
      // @ts-expect-error: scans.*
      const files: typeof labReports.files = ["scans", "report.pages.*.page", "consent"];

      expect(() => defineDomain({ ...labReports, files })).toThrow(
        refusing(
          'files: the contract has no file(…) at "scans". It has files at: scans.*, report.pages.*.page, consent',
          'files: add "scans.*", where the contract has a file',
        ),
      );
    });

    it("no place at all", () => {
      // @ts-expect-error: at least one
      expect(() => defineDomain({ ...labReports, files: [] })).toThrow(/files: add "scans\.\*"/);
    });

    it("a grouping that is no field", () => {
      // @ts-expect-error: no field
      expect(() => defineDomain({ ...labReports, listedBy: "patient" })).toThrow(
        refusing('listedBy: the contract has no field "patient"'),
      );
    });
  });

  it("does not compile with a grouping that is no text, or that a record may lack", () => {
    const groupings: (typeof labReports.listedBy)[] = [
      "patientId",
      // @ts-expect-error: optional
      "ward",
      // @ts-expect-error: a number
      "bed",
      // @ts-expect-error: an object
      "report",
    ];

    expect(groupings.filter((name) => contract.shape[name] instanceof z.ZodMiniString)).toEqual([
      "patientId",
    ]);
  });

  it("does not compile with an example or a check that does not fit the contract", () => {
    expect(() =>
      defineDomain({
        ...labReports,
        // @ts-expect-error: no bed
        example: { patientId: "p-1", scans: labReports.example.scans, report: labReports.example.report },
        // @ts-expect-error: no such field
        checks: [{ path: "bed", message: "Must be free.", holds: ({ beds }) => beds > 0 }],
      }),
    ).toThrow(refusing('example: does not match the contract at "bed": invalid_type'));
  });

  it("refuses what is named twice, a check of no field, and an example without a file", () => {
    const check = { path: "bad.field", message: "Must be.", holds: () => true };
    const example = { ...labReports.example, scans: [] };

    expect(() =>
      defineDomain({
        ...labReports,
        files: [...labReports.files, "consent"],
        mediaTypes: [PDF, PNG, JPEG, PNG],
        checks: [check],
      }),
    ).toThrow(
      refusing(
        'checks: the path "bad.field" must begin with a field of the contract',
        'files: "consent" is listed twice',
        "mediaTypes: image/png is listed twice",
      ),
    );
    expect(() => defineDomain({ ...labReports, example })).toThrow(
      refusing("example: must have at least one file; add it with exampleFile(…)"),
    );
  });

  it("refuses a check that its own example does not keep", () => {
    const checks = [{ path: "bed", message: "Must be free.", holds: () => false }];

    expect(() => defineDomain({ ...labReports, checks })).toThrow(
      refusing('example: does not pass the check of "bed"'),
    );
  });

  it.each([
    [
      "a media type of no bytes",
      [],
      "mediaTypes: a signature of application/pdf has no bytes and matches every file; add its bytes",
    ],
    [
      "a signature of no bytes",
      [{ at: 0, bytes: [] }],
      "mediaTypes: a signature of application/pdf has no bytes and matches every file; add its bytes",
    ],
  ])("refuses %s", (_what, marks, problem) => {
    const pdf = { ...PDF, signatures: [marks] } as const;

    expect(() => defineDomain({ ...labReports, mediaTypes: [pdf, PNG, JPEG] })).toThrow(refusing(problem));
  });

  it("refuses a media type that no request could name", () => {
    const odd = { ...PDF, name: "Application/X-Odd" };

    expect(() => defineDomain({ ...labReports, mediaTypes: [PDF, PNG, JPEG, odd] })).toThrow(
      refusing('mediaTypes: "Application/X-Odd" must be a media type in lower case, such as application/pdf'),
    );
  });

  it.each([
    [
      "files that are not named",
      { files: ["consent"] },
      [
        'files: add "scans.*", where the contract has a file',
        'files: add "report.pages.*.page", where the contract has a file',
      ],
    ],
    [
      "media types that are missing",
      { mediaTypes: [PDF, PNG] },
      ['mediaTypes: add image/jpeg, which the contract allows at "scans.*"'],
    ],
    [
      "a collection in capitals",
      { collection: "labReports" },
      [
        'collection: must be 1 to 30 lower-case letters, digits and single hyphens, such as lab-reports, got "labReports"',
      ],
    ],
    [
      "a collection of another stack's name",
      { collection: "delivery" },
      ['collection: "delivery" is the name of another stack; choose another name'],
    ],
    [
      "a noun with a hyphen",
      { noun: "lab-report" },
      ['noun: must be lower-case words, such as lab report, got "lab-report"'],
    ],
    [
      "a noun of another model",
      { noun: "stored file" },
      ['noun: every API already has a model "stored file"; choose another noun'],
    ],
    ["a key that is no name", { key: "report-id" }, ['key: must be a name such as claimId, got "report-id"']],
    [
      "a key that answers have already",
      { key: "submissionId" },
      ['key: answers and paths already use the name "submissionId"; choose another name'],
    ],
    [
      "a key that answers of files have already",
      { key: "sha256" },
      ['key: answers and paths already use the name "sha256"; choose another name'],
    ],
    [
      "a key that paths in S3 have",
      { key: "caller" },
      ['key: "caller" is the name of the calling application; choose another name'],
    ],
    [
      "a key that is a field",
      { key: "patientId" },
      ['key: "patientId" is a field of the contract; choose another name'],
    ],
  ])("refuses %s", (_what, change, problems) => {
    const { collection } = { ...labReports, ...change };

    expect(() => defineDomain({ ...labReports, ...change } as typeof labReports)).toThrow(
      new UserError(`The domain "${collection}" can't be used:\n  ${problems.join("\n  ")}`),
    );
  });

  it("refuses collections that are empty, too long, or begin or end with what is no word", () => {
    for (const collection of ["", "a".repeat(31), "-a", "a-", "a--b", "1a", "a/b", "a\n"]) {
      expect(() => defineDomain({ ...labReports, collection }), collection).toThrow(/collection: must be/);
    }
    expect(defineDomain({ ...labReports, collection: "a".repeat(30) })).toBeDefined();
  });

  it("tells of all problems at once", () => {
    const change = { noun: "Report", key: "files", mediaTypes: [PNG, JPEG] } as const;

    expect(() => defineDomain({ ...labReports, ...change })).toThrow(
      refusing(
        'noun: must be lower-case words, such as lab report, got "Report"',
        'key: answers and paths already use the name "files"; choose another name',
        'mediaTypes: add application/pdf, which the contract allows at "report.pages.*.page"',
        'mediaTypes: add application/pdf, which the contract allows at "consent"',
      ),
    );
  });
});

describe("a contract", () => {
  const page = { page: file([PDF]) };
  const shape = { group: text(), page: file([PDF]) };
  const define =
    (fields: z.core.$ZodLooseShape, object: typeof z.strictObject = z.strictObject, more: object = {}) =>
    () =>
      defineDomain({
        ...labReports,
        contract: object({ ...shape, ...fields }),
        files: ["page"],
        listedBy: "group",
        example: { group: "g", page: exampleFile(PDF, "a"), ...more },
      } as unknown as typeof labReports);

  it("is not listed by a parameter that every list has", () => {
    const limited = z.strictObject({ limit: text(), page: file([PDF]) });
    const example = { limit: "a", page: exampleFile(PDF, "a") };

    expect(() =>
      defineDomain({ ...labReports, contract: limited, files: ["page"], listedBy: "limit", example }),
    ).toThrow(refusing('listedBy: every list already has the query parameter "limit"; rename the field'));
  });

  it("may use for itself what only lists and submissions name", () => {
    const more = { items: "a", status: "b", path: "c" };

    expect(define({ items: text(), status: text(), path: text() }, z.strictObject, more)).not.toThrow();
  });

  it("may have a time, a list, a choice and null", () => {
    const fields = { at: timestamp(), list: few(z.int()), kind: z.enum(["a"]), none: z.nullable(text()) };
    const more = { at: "2026-01-01T00:00:00+01:00", list: [1], kind: "a", none: null };

    expect(define(fields, z.strictObject, more)).not.toThrow();
  });

  it.each([
    [
      "a name of answers",
      define({ receivedAt: text() }),
      ['contract: answers already have a field "receivedAt"; rename the field of the contract'],
    ],
    [
      "unknown fields",
      define({}, z.object),
      ["contract: must be a z.strictObject({…}), which refuses unknown fields"],
    ],
    [
      "unknown fields further inside",
      define({ list: few(z.optional(z.looseObject({ a: text() }))) }),
      ['contract: "list.*": must be a z.strictObject({…}), which refuses unknown fields'],
    ],
    [
      "a file in one of two shapes",
      define({ either: z.union([z.strictObject(page), text()]) }),
      [
        'contract: the file at "either.page" is inside a union, which `files` can\'t address; use an object or a list',
      ],
    ],
    [
      "files by name",
      define({ byName: z.record(text(), file([PDF])) }),
      [
        'contract: the file at "byName" is inside a record, which `files` can\'t address; use an object or a list',
      ],
    ],
    [
      "a file beside others in a tuple",
      define({ pair: z.tuple([text(), file([PDF])]) }),
      [
        'contract: the file at "pair" is inside a tuple, which `files` can\'t address; use an object or a list',
      ],
    ],
    [
      "a file in what holds itself",
      define({ tree: z.lazy(() => tree) }),
      [
        'contract: "tree.branch": must not contain itself: a contract can\'t be recursive',
        'contract: the file at "tree.leaf" is inside a lazy, which `files` can\'t address; use an object or a list',
      ],
    ],
    [
      "a field of any type",
      define({ list: few(z.unknown()), any: z.any() }),
      [
        'contract: "list.*": must have a type: values of z.any() and z.unknown() are stored unchecked',
        'contract: "any": must have a type: values of z.any() and z.unknown() are stored unchecked',
      ],
    ],
    [
      "a name that a place could not tell from another",
      define({ "scan.pdf": file([PDF]), list: z.strictObject({ "*": text() }) }),
      [
        'contract: the field name "scan.pdf" must be letters, digits, - and _, with a letter or _ first',
        'contract: "list": the field name "*" must be letters, digits, - and _, with a letter or _ first',
        'files: add "scan.pdf", where the contract has a file',
      ],
    ],
    [
      "texts and lists without an end",
      define({ name: z.string(), list: z.array(z.int()), at: z.iso.datetime(), mail: z.email() }),
      [
        'contract: "name": the string needs a maximum length: add z.maxLength(…), also beside a pattern',
        'contract: "list": the list needs a maximum length: add z.maxLength(…)',
        'contract: "at": the string needs a maximum length: add z.maxLength(…), also beside a pattern',
        'contract: "mail": the string needs a maximum length: add z.maxLength(…), also beside a pattern',
      ],
    ],
    [
      "a date that is no JSON",
      define(
        {
          day: z.pipe(
            z.iso.date(),
            z.transform((day) => new Date(day)),
          ),
        },
        z.strictObject,
        {
          day: "2026-01-01",
        },
      ),
      ['contract: "day" must return a JSON value; a Date, a Set or a bigint can\'t be stored'],
    ],
    [
      "a set and a large number that are no JSON",
      define(
        {
          set: z.pipe(
            few(text()),
            z.transform((list) => new Set(list)),
          ),
          list: few(
            z.pipe(
              text(),
              z.transform((digits) => BigInt(digits)),
            ),
          ),
        },
        z.strictObject,
        { set: ["a"], list: ["1", "2"] },
      ),
      [
        'contract: "set" must return a JSON value; a Date, a Set or a bigint can\'t be stored',
        'contract: "list.0" must return a JSON value; a Date, a Set or a bigint can\'t be stored',
        'contract: "list.1" must return a JSON value; a Date, a Set or a bigint can\'t be stored',
      ],
    ],
    [
      "a grouping whose end another type hides",
      define({
        group: z.pipe(
          z.string(),
          z.transform((group) => group.trim()),
        ),
      }),
      ['listedBy: "group" must be a z.string() with z.maxLength(256) or less, or a z.enum([…])'],
    ],
    [
      "a file with a field of its own",
      define({ page: z.extend(file([PDF]), { title: text() }) }),
      ['contract: the file at "page" must have the fields of file(…) only; move other fields out of it'],
    ],
    [
      "a grouping without an end",
      define({ group: z.string() }),
      ['listedBy: "group" must be a z.string() with z.maxLength(256) or less, or a z.enum([…])'],
    ],
    [
      "a grouping that is longer than a key",
      define({ group: z.string().check(z.maxLength(257)) }),
      ['listedBy: "group" must be a z.string() with z.maxLength(256) or less, or a z.enum([…])'],
    ],
  ])("is refused with %s", (_what, defining, problems) => {
    expect(defining).toThrow(refusing(...problems));
  });

  it("still has its file where a check or null was added to it", () => {
    const named = file([PDF]).check(z.refine(({ fileName }) => fileName.endsWith(".pdf")));

    expect(define({ page: named })).not.toThrow();
    expect(define({ page: z.nullable(named) })).not.toThrow();
    expect(define({ second: named })).toThrow(refusing('files: add "second", where the contract has a file'));
  });
});

const tree: z.ZodMiniObject = z.strictObject({
  leaf: file([PDF]),
  branch: z.optional(z.lazy(() => tree)),
});

describe(file, () => {
  const schema = file([PDF, PNG]);
  const part = { fileName: "a.pdf", contentType: "application/pdf", data: "JVBE" };

  it("takes what says its name, its media type and its bytes, and the hash if it is known", () => {
    expect(schema.parse(part)).toEqual(part);
    expect(schema.parse({ ...part, sha256: "aB".repeat(32) })).toBeDefined();
  });

  it.each([
    ["another media type", { contentType: "image/jpeg" }],
    ["a folder", { fileName: "../a.pdf" }],
    ["no name", { fileName: "" }],
    ["a name of 256 characters", { fileName: "a".repeat(256) }],
    ["no bytes", { data: "" }],
    ["more bytes than any request has", { data: "A".repeat(10_485_764) }],
    ["half a hash", { sha256: "a".repeat(32) }],
    ["another field", { title: "a" }],
  ])("refuses %s", (_what, change) => {
    expect(schema.safeParse({ ...part, ...change }).success).toBe(false);
  });
});
