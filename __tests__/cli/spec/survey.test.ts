import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatSurvey, isWrong, totalsOf } from "../../../cli/spec/survey/format-survey.ts";
import { leftLiterals } from "../../../cli/spec/survey/left-literals.ts";
import { mayBeLeftOut } from "../../../cli/spec/survey/may-be-left-out.ts";
import { type Surveyed, surveyExport } from "../../../cli/spec/survey/survey-export.ts";
import { surveyFolder } from "../../../cli/spec/survey/survey-folder.ts";
import { runSurvey } from "../../../cli/spec/survey.ts";
import { type ImportedDocument, importDocument } from "../../../openapi/import/import-document.ts";
import type { Json, JsonObject } from "../../../openapi/json.ts";
import { lintDocument } from "../../../openapi/lint-document.ts";
import { OpenApiError } from "../../../openapi/openapi-error.ts";
import { callCommand } from "../../support/call-command.ts";

const fixtures = "__tests__/fixtures/exports";
const validator = "1 body-validator";
const variable = "1 stage-variable";

/** Lint errors and warnings of each fixture; all else is as it should be everywhere. */
const found: Readonly<Record<string, readonly [errors: string, warnings: string]>> = {
  "api-key-oas30.json": ["0", "0"],
  "bakery-orders-oas30.json": ["0", validator],
  "bakery-orders-oas30.yaml": ["0", validator],
  "bakery-orders-swagger.json": ["0", validator],
  "bakery-orders-swagger.yaml": ["0", validator],
  "binary-types-oas30.json": ["0", "0"],
  "branch-directory-lambda-oas30.json": ["0", "0"],
  "china-oas30.json": ["0", "0"],
  "cognito-oas30.json": ["0", "0"],
  "cors-mock-oas30.json": ["0", "0"],
  "documentation-parts-oas30.json": ["0", "0"],
  "dynamodb-oas30.json": ["0", "0"],
  "eventbridge-oas30.json": ["0", "0"],
  "gateway-responses-oas30.json": ["0", "0"],
  "govcloud-oas30.json": ["0", "0"],
  "greedy-any-oas30.json": ["0", "0"],
  "http-proxy-oas30.json": ["0", "0"],
  "kinesis-oas30.json": ["0", "0"],
  "lambda-alias-oas30.json": ["0", variable],
  "lambda-authorizers-oas30.json": ["0", "0"],
  "private-endpoint-oas30.json": ["0", "0"],
  "s3-two-buckets-oas30.json": ["0", "0"],
  "sns-oas30.json": ["0", "0"],
  "sqs-oas30.json": ["0", "0"],
  "stage-variables-oas30.json": ["0", variable],
  "statement-upload-s3-oas30.json": ["1 s3-error-as-success", "1 s3-bucket-owner"],
  "step-functions-oas30.json": ["0", "0"],
  "validators-and-models-oas30.json": ["0", validator],
  "vpc-link-oas30.json": ["0", variable],
  "vpc-link-v2-oas30.json": ["0", "0"],
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "survey-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const survey = (...args: string[]) => callCommand(runSurvey, args, { INIT_CWD: process.cwd() });
const fixture = (name: string) => readFileSync(join(fixtures, name), "utf8");

describe("spec survey", () => {
  it("has a row for every fixture, and the totals", async () => {
    const { code, stdout, stderr } = await survey(fixtures);

    expect(stdout.split("\n")).toEqual([
      "| export | import | literals left | equal when bound | idempotent | JSON = YAML | lint errors | lint warnings |",
      "| --- | --- | --- | --- | --- | --- | --- | --- |",
      ...Object.entries(found).map(
        ([file, cells]) => `| ${[file, "imported", "0", "yes", "yes", "yes", ...cells].join(" | ")} |`,
      ),
      "",
      "Files: 30. Imported: 30, refused: 0, wrong: 0.",
      "Lint errors: 1 s3-error-as-success. Lint warnings: 5 body-validator, 3 stage-variable, 1 s3-bucket-owner.",
      "",
    ]);
    expect(stderr).toBe("25 of 30 files …\n");
    expect(code).toBe(0);
  });

  it("prints the same for programs with --json", async () => {
    const { code, stdout } = await survey(fixtures, "--json");

    const { totals, surveys } = JSON.parse(stdout);
    expect(totals).toMatchObject({ files: 30, imported: 30, refused: 0, wrong: 0 });
    expect(surveys).toHaveLength(30);
    expect(surveys[0]).toEqual({
      file: "api-key-oas30.json",
      outcome: "imported",
      left: [],
      isIdempotent: true,
      isSameInYaml: true,
      errors: {},
      warnings: {},
    });
    expect(code).toBe(0);
  });

  it("explains itself", async () => {
    const { code, stdout, stderr } = await survey("--help");

    expect(stdout).toMatch(/^usage: npm run spec -- survey <folder>/);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  it.each([
    [[], 2, "Name a folder."],
    [["a", "b"], 2, 'Unknown argument: "b".'],
    [[fixtures, "--yaml"], 2, "Unknown option '--yaml'"],
    [["no-such-folder"], 1, "There is no folder no-such-folder."],
    [["package.json"], 1, "There is no folder package.json."],
  ])("refuses %j", async (args, wanted, message) => {
    const { code, stdout, stderr } = await survey(...args);

    expect({ code, stdout }).toEqual({ code: wanted, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^${message.replaceAll("?", "\\?")}`));
  });

  it("refuses a folder that holds no exports", async () => {
    writeFileSync(join(folder, "readme.txt"), "{}");

    const { code, stderr } = await survey(folder);

    expect({ code, stderr }).toEqual({ code: 1, stderr: `${folder} has no .json, .yaml or .yml files.\n` });
  });

  it("refuses files of every other kind, with a reason and without their values", async () => {
    const depth = 100_000;
    const broken: Readonly<Record<string, string | Uint8Array>> = {
      "bytes.json": new Uint8Array([0, 255, 254, 1, 128]),
      "empty.json": "",
      "http-api.json": JSON.stringify({
        openapi: "3.0.1",
        paths: { "/": {} },
        "x-amazon-apigateway-importexport-version": "1.0",
      }),
      "list.json": "[]",
      "nested.json": '{"a":'.repeat(depth),
      "nested.yaml": "- ".repeat(depth),
      "nested-more.yaml": Array.from({ length: 700 }, (_, level) => `${" ".repeat(level)}a:`).join("\n"),
      "openapi-31.json": JSON.stringify({ openapi: "hunter2", paths: { "/": {} } }),
      "text.json": 'password: "hunter2',
      "twice.json": '{"openapi": "3.0.1", "openapi": "3.0.1", "paths": {"/hunter2": {}}}',
    };
    for (const [name, content] of Object.entries(broken)) writeFileSync(join(folder, name), content);
    mkdirSync(join(folder, "below", "deeper.json"), { recursive: true });
    writeFileSync(join(folder, "below", "deeper.json", "scalar.yml"), "42");
    symlinkSync("/dev/null", join(folder, "device.json"));
    symlinkSync(join(folder, "nowhere"), join(folder, "dangling.json"));

    const { code, stdout } = await survey(folder, "--json");

    const { totals, surveys } = JSON.parse(stdout);
    expect(surveys.filter(({ outcome }: { outcome: string }) => outcome !== "refused")).toEqual([]);
    expect(totals).toMatchObject({ files: 13, refused: 13, wrong: 0 });
    expect(surveys).toContainEqual(expect.objectContaining({ file: "device.json", reason: "is not a file" }));
    expect(stdout).not.toContain("hunter2");
    expect(code).toBe(0);
  });

  it("refuses what it has no right to read, and goes on", () => {
    mkdirSync(join(folder, "closed"));
    for (const file of ["a.json", "b.json"]) writeFileSync(join(folder, file), fixture("sqs-oas30.json"));
    const entries = [
      ["a.json", false],
      ["b.json", false],
      ["closed", true],
    ] as const;
    const denied = () => {
      throw Object.assign(new Error("permission denied"), { code: "EACCES" });
    };

    const surveys = surveyFolder(folder, undefined, {
      list: (path) => (path === folder ? entries.map(([name, is]) => dirent(name, is)) : denied()),
      read: (path) => (path.endsWith("a.json") ? denied() : readFileSync(path, "utf8")),
    });

    const refused = { outcome: "refused", reason: "cannot be read (EACCES)", problems: 1 };
    expect(surveys).toMatchObject([
      { file: "a.json", ...refused },
      { file: "b.json", outcome: "imported" },
      { file: "closed", ...refused },
    ]);
  });

  it("hides the values that a refusal of the import quotes", () => {
    const text = fixture("sqs-oas30.json").replace("690418257713/", "111122223333/");

    const result = surveyExport("a.json", text);

    expect(result).toMatchObject({ outcome: "refused" });
    expect(JSON.stringify(result)).not.toMatch(/\d{12}|arn:/);
  });
});

function dirent(name: string, isFolder: boolean) {
  return { name, isDirectory: () => isFolder } as ReturnType<
    NonNullable<Parameters<typeof surveyFolder>[2]>["list"]
  >[number];
}

describe(surveyExport, () => {
  const text = fixture("sqs-oas30.json");
  const run = (change: Partial<Surveyed>) =>
    surveyExport("a.json", text, { importDocument, lintDocument, ...change });
  /** An import that goes wrong in what it makes of one form of the text. */
  const importWith =
    (change: (imported: ImportedDocument) => ImportedDocument, isMeant = (_: string) => true) =>
    (form: string, options: { readonly source: string }) => {
      const imported = importDocument(form, options);
      return isMeant(form) ? change(imported) : imported;
    };
  const edited = (from: string | RegExp, to: string) => (imported: ImportedDocument) => ({
    ...imported,
    document: JSON.parse(JSON.stringify(imported.document).replace(from, to)),
  });
  const isCanonical = (form: string) => form.includes("{{account}}");
  const isYaml = (form: string) => !form.trimStart().startsWith("{");

  it("takes templates for what they are in YAML, whatever blanks their lines begin with", () => {
    const template = `#set($a = $input.body)\n{\n \n    #foreach($b in $a)\n    "$b": "1"\n    #end\n    \n}\n`;
    const value = JSON.parse(text, (key, entry) =>
      key === "requestTemplates" ? { "application/json": template } : entry,
    );

    const result = surveyExport("a.json", JSON.stringify(value), { importDocument, lintDocument });

    expect(result).toMatchObject({ isSameInYaml: true });
  });

  it("finds nothing wrong with an import that is right", () => {
    expect(run({})).toMatchObject({ left: [], isIdempotent: true, isSameInYaml: true });
    expect(run({})).not.toHaveProperty("difference");
  });

  it("shows literals that an import has left", () => {
    const result = run({ importDocument: importWith(edited("{{account}}", "690418257713")) });

    const pointer = "/paths/~1returns/post/x-amazon-apigateway-integration/uri";
    expect(result).toMatchObject({
      left: [
        { what: "ARN", pointer },
        { what: "account", pointer },
      ],
    });
    expect(cells(result)).toContain("2 LEFT");
    expect(isWrong(result)).toBe(true);
  });

  it.each([
    ["says something else", edited('"httpMethod":"POST"', '"httpMethod":"PUT"'), "/httpMethod"],
    ["has lost something", edited(/"credentials":"[^"]*",/, ""), "/credentials"],
    [
      "leaves something out that it may not, and says so",
      ({ document, ...imported }: ImportedDocument) => ({
        ...imported,
        document: { ...document, paths: {} },
        dropped: [...imported.dropped, { pointer: "/paths/~1returns", why: "it is empty" }],
      }),
      "/paths/~1returns",
    ],
    [
      "reports another literal than there was",
      (imported: ImportedDocument) => ({
        ...imported,
        literals: imported.literals.map((literal) => ({ ...literal, text: "other" })),
      }),
      "/",
    ],
  ])("shows where a document %s", (_, change, place) => {
    const result = run({ importDocument: importWith(change) });

    expect(result).toMatchObject({ difference: expect.stringContaining(place) });
    expect(cells(result)[3]).toBe("NO");
    expect(isWrong(result)).toBe(true);
  });

  it("shows a second import that gives another text", () => {
    const change = edited('"httpMethod":"POST"', '"httpMethod":"PUT"');

    const result = run({ importDocument: importWith(change, isCanonical) });

    expect(result).toMatchObject({ isIdempotent: false, isSameInYaml: true });
    expect(cells(result)[4]).toBe("NO");
    expect(isWrong(result)).toBe(true);
  });

  it("shows a second import that is refused", () => {
    const result = run({
      importDocument: importWith(() => {
        throw new OpenApiError("no", [{ rule: "any", pointer: "/paths", message: "no" }]);
      }, isCanonical),
    });

    expect(result).toMatchObject({ outcome: "imported", isIdempotent: false });
  });

  it("shows YAML that gives another text than JSON", () => {
    const change = edited('"httpMethod":"POST"', '"httpMethod":"PUT"');

    const result = run({ importDocument: importWith(change, isYaml) });

    expect(result).toMatchObject({ isIdempotent: true, isSameInYaml: false });
    expect(cells(result)[5]).toBe("NO");
    expect(isWrong(result)).toBe(true);
  });

  it("counts what lint finds by rule, and takes none of it for wrong", () => {
    const finding = (rule: string, severity: "error" | "warning") => ({
      rule,
      severity,
      pointer: "/paths",
      message: "",
    });

    const result = run({
      lintDocument: () => [finding("one", "error"), finding("two", "warning"), finding("two", "warning")],
    });

    expect(cells(result).slice(6)).toEqual(["1 one", "2 two"]);
    expect(isWrong(result)).toBe(false);
  });

  it("takes an import that breaks for wrong, and says no more than the kind of the error", () => {
    const result = run({
      importDocument: () => {
        throw new TypeError("hunter2");
      },
    });

    expect(result).toEqual({ file: "a.json", outcome: "broken", reason: "TypeError" });
    expect(formatSurvey([result])).toContain("a.json: the import failed with the error TypeError");
    expect(totalsOf([result])).toMatchObject({ files: 1, imported: 0, refused: 0, wrong: 1 });
  });
});

function cells(result: ReturnType<typeof surveyExport>): string[] {
  return (formatSurvey([result])[2] ?? "").slice(2, -2).split(" | ");
}

describe(leftLiterals, () => {
  const inPlace = (text: string) => ({
    openapi: "3.0.1",
    paths: { "/a": { get: { "x-amazon-apigateway-integration": { uri: text } } } },
  });
  const whatOf = (document: JsonObject) => leftLiterals(document).map(({ what }) => what);

  it.each([
    ["arn:{{partition}}:sqs:{{region}}:690418257713:orders", ["ARN", "account"]],
    ["arn:aws:s3:::orders", ["partition"]],
    ["arn%3Aaws%3Asns%3A{{region}}%3A{{account}}%3Aorders", ["partition"]],
    ["'cafe-690418257713'", ["account"]],
    ["vpce-0a1b2c3d4e5f60718", ["VPC endpoint"]],
    ["arn:{{partition}}:apigateway:{{region}}:s3:path//orders/{key}", ["bucket"]],
    ["arn:{{partition}}:apigateway:{{region}}:sqs:path/{{account}}/orders", ["queue"]],
    ["arn:{{partition}}:apigateway:{{region}}:sqs:path//orders", ["queue"]],
    ["region=eu-west-1", ["region"]],
    ["region=us-gov-west-1", ["region"]],
    ["eu-west-1_AbCdEfGhI", ["region"]],
    ["https://cognito-idp.{{region}}.amazonaws.com/eu-west-1_AbCdEfGhI", ["region"]],
    ["https://sqs.eu-west-1.amazonaws.com/", ["host"]],
    ["https://k7c2m9x4qe.execute-api.{{region}}.amazonaws.com/", ["host"]],
    ["https://orders.elasticbeanstalk.com/", ["host"]],
    ["https://orders.auth.{{region}}.amazoncognito.com/", ["host"]],
  ])("finds what is left in %s", (text, wanted) => {
    expect(whatOf(inPlace(text))).toEqual(wanted);
  });

  it.each([
    "arn:{{partition}}:sqs:{{region}}:{{account}}:{{queue.orders}}",
    "https://sqs.{{region}}.amazonaws.com/{{account}}/{{queue.orders}}",
    "https://api.example.com/eu/west/1",
    "'1234567890123'",
    "'3f2b8c1d-1a2b-3c4d-5e6f-123456789012'",
  ])("finds nothing in %s", (text) => {
    expect(whatOf(inPlace(text))).toEqual([]);
  });

  it("looks at paths, and not at descriptions", () => {
    const described: Json = { get: { description: "690418257713", responses: {} } };

    expect(whatOf({ openapi: "3.0.1", paths: { "/orders": described } })).toEqual([]);
    expect(whatOf({ openapi: "3.0.1", paths: { "/690418257713": {} } })).toEqual(["account"]);
  });
});

describe(mayBeLeftOut, () => {
  const integration = ["paths", "/a", "get", "x-amazon-apigateway-integration"];

  it.each([
    [["servers"], []],
    [["tags", 0], {}],
    [["paths", "/a", "servers"], []],
    [["components", "schemas", "Empty"], {}],
    [["components", "schemas", "MODEL0a1b2c"], {}],
    [[...integration, "responseTransferMode"], "BUFFERED"],
    [[...integration, "cacheNamespace"], "a1b2c3"],
    [["paths", "/a", "get", "responses", "200", "content"], {}],
  ])("lets %j go", (segments, value) => {
    expect(mayBeLeftOut(segments, value)).toBe(true);
  });

  it.each([
    [["paths"], {}],
    [["security"], []],
    [["paths", "/a"], {}],
    [["components", "schemas", "Order"], {}],
    [["components", "securitySchemes", "Empty"], {}],
    [[...integration, "responseTransferMode"], "STREAM"],
    [[...integration, "uri"], ""],
    [["paths", "/a", "get", "responses", "200", "content"], { "application/json": {} }],
  ])("keeps %j", (segments, value) => {
    expect(mayBeLeftOut(segments, value)).toBe(false);
  });
});
