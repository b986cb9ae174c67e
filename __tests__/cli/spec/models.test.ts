import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { domainDocuments } from "../../../cli/spec/models/domain-documents.ts";
import { type ModelsResult, writeModels } from "../../../cli/spec/models.ts";
import { CALLER_HEADER } from "../../../contract/keys.ts";
import { domain as activeDomain } from "../../../domain/domain.ts";
import type { Domain } from "../../../domain/seam.ts";
import { formatDocument } from "../../../openapi/format-document.ts";
import { isJsonObject, type JsonObject, objectAt } from "../../../openapi/json.ts";
import type { OpenApiDocument } from "../../../openapi/openapi-document.ts";
import { operationsOf } from "../../../openapi/operations.ts";
import { parseDocument } from "../../../openapi/parse-document.ts";
import { main } from "../../../tools/spec.ts";
import { callCommand } from "../../support/call-command.ts";
import { invoices } from "../../support/invoices.ts";

const [small = "", large = ""] = domainDocuments(invoices).map(({ file }) => file);
const whole = domainDocuments(invoices).map(({ document }) => formatDocument(document));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "models-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const withoutPlainFiles: Domain = { ...invoices, plainFiles: false };
const renamed: Domain = { ...invoices, noun: "open bill" };

const read = (file: string) => readFileSync(join(folder, file), "utf8");
const write = (domain: Domain = invoices) => writeModels(domain, { folder, check: false });
const check = (domain: Domain = invoices) => writeModels(domain, { folder, check: true });

/** What was found in each document, by kind and pointer. */
const found = (results: readonly ModelsResult[]) =>
  results.map(({ changes }) => changes.map(({ is, pointer }) => `${is}: ${pointer}`).toSorted());

/** Edits a document as its owner would. */
function edit(file: string, change: (document: JsonObject) => void): void {
  const document = parseDocument(read(file), file);
  change(document);
  writeFileSync(join(folder, file), formatDocument(document));
}

describe(writeModels, () => {
  it("writes documents that are not there as a whole, and nothing else", () => {
    const results = write();

    expect(results.map(({ file, isNew }) => [file, isNew])).toEqual([
      [small, true],
      [large, true],
    ]);
    expect([small, large].map(read)).toEqual(whole);
    expect(readdirSync(folder).toSorted()).toEqual([small, large].toSorted());
  });

  it("does not touch what says it all already, in whatever form", () => {
    write();
    const compact = JSON.stringify(JSON.parse(read(small)));
    writeFileSync(join(folder, small), compact);
    const longAgo = new Date("2020-01-01T00:00:00Z");
    for (const file of [small, large]) utimesSync(join(folder, file), longAgo, longAgo);

    const results = write();

    expect(results.map(({ isNew, changes }) => ({ isNew, changes }))).toEqual([
      { isNew: false, changes: [] },
      { isNew: false, changes: [] },
    ]);
    expect(read(small)).toBe(compact);
    expect([small, large].map((file) => statSync(join(folder, file)).mtime)).toEqual([longAgo, longAgo]);
  });

  it("brings back what the domain determines, and leaves what the owner changed", () => {
    write();
    edit(large, (document) => {
      objectAt(document, "info")["description"] = "Ours.";
      const { post } = objectAt(objectAt(document, "paths"), "/unpaid-invoices/{number}/files/{fileId}");
      const content = objectAt(objectAt(post as JsonObject, "requestBody"), "content");
      delete content["image/png"];
      (post as JsonObject)["description"] = "Our file.";
      const schemas = objectAt(objectAt(document, "components"), "schemas");
      schemas["Ours"] = { type: "string" };
      delete objectAt(objectAt(schemas, "UnpaidInvoice"), "properties")["scan"];
    });

    const results = write();
    const document = parseDocument(read(large), large);

    expect(found(results)).toEqual([
      [],
      [
        "missing: /components/schemas/UnpaidInvoice/properties/scan",
        "missing: /paths/~1unpaid-invoices~1{number}~1files~1{fileId}/post/requestBody/content/image~1png",
      ],
    ]);
    expect(document).toMatchObject({
      info: { description: "Ours." },
      components: { schemas: { Ours: { type: "string" } } },
      paths: { "/unpaid-invoices/{number}/files/{fileId}": { post: { description: "Our file." } } },
    });
    expect(found(check())).toEqual([[], []]);
  });

  it("tells of operations that an owner took away, and does not bring them back", () => {
    write();
    edit(small, (document) => {
      delete objectAt(objectAt(document, "paths"), "/unpaid-invoices/{number}")["delete"];
    });
    edit(large, (document) => {
      delete objectAt(document, "paths")["/unpaid-invoices/{number}/documents/{sha256}"];
    });
    const edited = [small, large].map(read);

    const results = write();

    expect(results.map(({ withoutOperations }) => withoutOperations)).toEqual([
      ["DELETE /unpaid-invoices/{number}"],
      [
        "GET /unpaid-invoices/{number}/documents/{sha256}",
        "HEAD /unpaid-invoices/{number}/documents/{sha256}",
      ],
    ]);
    expect([small, large].map(read)).toEqual(edited);
  });

  /** Documents as they were before callers: an owner has edited them since. */
  function takeCallersAway(document: JsonObject): void {
    delete document["x-amazon-apigateway-request-validator"];
    delete document["x-amazon-apigateway-request-validators"];
    for (const operation of operationsOf(document as OpenApiDocument)) {
      const { parameters } = operation.value;
      operation.value["parameters"] = Array.isArray(parameters)
        ? parameters.filter((each) => isJsonObject(each) && each["name"] !== CALLER_HEADER)
        : [];
      const integration = objectAt(operation.value, "x-amazon-apigateway-integration");
      integration["uri"] = String(integration["uri"]).replace("{caller}", "shared");
      const mappings = objectAt(integration, "requestParameters");
      for (const name of Object.keys(mappings)) {
        if (/caller|bucket-owner/.test(name)) delete mappings[name];
      }
    }
  }

  it("brings callers into documents from before them, and says so of each operation", () => {
    write();
    for (const file of [small, large]) edit(file, takeCallersAway);
    const before = [small, large].map(read);
    const [ofSmall = [], ofLarge = []] = found(check());

    expect([small, large].map(read)).toEqual(before);
    expect(ofSmall.filter((change) => /^different: .*\/parameters$/.test(change))).toHaveLength(15);
    for (const [place, is] of [
      ["/x-amazon-apigateway-request-validator", "missing"],
      ["/parameters", "different"],
      ["/requestParameters/integration.request.path.caller", "missing"],
      ["/requestParameters/integration.request.header.x-amz-meta-caller-id", "missing"],
      ["/requestParameters/integration.request.header.x-amz-expected-bucket-owner", "missing"],
      ["/uri", "different"],
    ] as const) {
      expect(
        ofLarge.filter((change) => change.startsWith(`${is}: `) && change.endsWith(place)),
        place,
      ).not.toEqual([]);
    }

    expect(found(write())).toEqual([ofSmall, ofLarge]);
    expect([small, large].map(read)).toEqual(whole);
    expect(found(check())).toEqual([[], []]);
  });

  const record = "/unpaid-invoices/{number}";

  it("does not let an owner's edits take a caller out of an operation", () => {
    write();
    edit(large, (document) => {
      const post = objectAt(objectAt(objectAt(document, "paths"), record), "post");
      const own = (post["parameters"] as JsonObject[]).find(({ name }) => name === CALLER_HEADER);
      Object.assign(own ?? {}, { required: false, description: "Ours." });
      const integration = objectAt(post, "x-amazon-apigateway-integration");
      const { uri } = integration;
      integration["uri"] = String(uri)
        .replace("bucket.intake", "bucket.ours")
        .replace("{caller}", "{number}");
      const mappings = objectAt(integration, "requestParameters");
      mappings["integration.request.path.caller"] = "'shared'";
      mappings["integration.request.header.x-amz-meta-ours"] = "context.requestId";
      document["x-amazon-apigateway-request-validators"] = {
        parameters: { validateRequestBody: true, validateRequestParameters: false },
      };
    });

    const at = "/paths/~1unpaid-invoices~1{number}/post";
    const [, changes] = found(write());
    const post = objectAt(objectAt(parseDocument(read(large), large).paths, record), "post");

    expect(changes).toEqual(
      [
        `${at}/parameters`,
        `${at}/x-amazon-apigateway-integration/requestParameters/integration.request.path.caller`,
        `${at}/x-amazon-apigateway-integration/uri`,
        "/x-amazon-apigateway-request-validators/parameters/validateRequestParameters",
      ].map((pointer) => `different: ${pointer}`),
    );
    expect(post["parameters"]).toContainEqual(
      expect.objectContaining({ name: CALLER_HEADER, required: true, description: "Ours." }),
    );
    expect(post["x-amazon-apigateway-integration"]).toMatchObject({
      uri: expect.stringMatching(/s3:path\/\{\{bucket\.ours\}\}\/incoming\/\{caller\}\/\{number\}\/payload/),
      requestParameters: { "integration.request.header.x-amz-meta-ours": "context.requestId" },
    });
    expect(parseDocument(read(large), large)).toMatchObject({
      "x-amazon-apigateway-request-validators": { parameters: { validateRequestBody: true } },
    });
  });

  it("leaves it to an owner where the caller is declared, which validator requires it, and what is no S3", () => {
    write();
    edit(large, (document) => {
      const item = objectAt(objectAt(document, "paths"), record);
      const post = objectAt(item, "post");
      const parameters = (post["parameters"] as JsonObject[]).filter(({ name }) => name !== CALLER_HEADER);
      post["parameters"] = parameters;
      item["parameters"] = [{ $ref: "#/components/parameters/Caller" }];
      objectAt(document, "components")["parameters"] = {
        Caller: { name: CALLER_HEADER, in: "header", required: true, schema: { type: "string" } },
      };
      delete document["x-amazon-apigateway-request-validator"];
      document["x-amazon-apigateway-request-validators"] = { ours: { validateRequestParameters: true } };
      for (const { value } of operationsOf(document as OpenApiDocument)) {
        value["x-amazon-apigateway-request-validator"] = "ours";
      }
      objectAt(post, "x-amazon-apigateway-integration")["uri"] =
        "arn:{{partition}}:apigateway:{{region}}:lambda:path/2015-03-31/functions/{{function.ours}}/invocations";
    });
    const edited = read(large);

    expect(found(write())).toEqual([[], []]);
    expect(read(large)).toBe(edited);
  });

  const plainFiles = [
    "/components/schemas/StoredFile",
    "/components/schemas/StoredFilePage",
    "/components/schemas/Submission/properties/fileId",
    "/paths/~1unpaid-invoices~1{number}~1files/get",
    "/paths/~1unpaid-invoices~1{number}~1files/head",
    "/paths/~1unpaid-invoices~1{number}~1files~1{fileId}/delete",
    "/paths/~1unpaid-invoices~1{number}~1files~1{fileId}/get",
    "/paths/~1unpaid-invoices~1{number}~1files~1{fileId}/head",
    "/paths/~1unpaid-invoices~1{number}~1files~1{fileId}~1submissions~1{submissionId}/get",
    "/paths/~1unpaid-invoices~1{number}~1files~1{fileId}~1submissions~1{submissionId}/head",
  ];
  const largePlainFiles = [
    "/components/schemas/Submission/properties/fileId",
    "/paths/~1unpaid-invoices~1{number}~1files~1{fileId}/post",
    "/paths/~1unpaid-invoices~1{number}~1files~1{fileId}~1documents~1{sha256}/get",
    "/paths/~1unpaid-invoices~1{number}~1files~1{fileId}~1documents~1{sha256}/head",
  ];
  const filesOfRecord = "/components/schemas/Record/properties/files";

  it("adds what belongs to plain files where the domain has come to take them", () => {
    write(withoutPlainFiles);
    const expected = [[filesOfRecord, ...plainFiles], largePlainFiles].map((pointers) =>
      pointers.map((pointer) => `missing: ${pointer}`).toSorted(),
    );

    expect(found(check())).toEqual(expected);
    expect(found(write())).toEqual(expected);

    expect([small, large].map(read)).toEqual(whole);
    expect(found(check())).toEqual([[], []]);
  });

  it("removes what belongs to plain files where the domain takes them no more", () => {
    write(withoutPlainFiles);
    const without = [small, large].map(read);
    for (const file of [small, large]) rmSync(join(folder, file));
    write();
    const expected = [[filesOfRecord, ...plainFiles], largePlainFiles].map((pointers) =>
      pointers.map((pointer) => `left over: ${pointer}`).toSorted(),
    );

    expect(found(check(withoutPlainFiles))).toEqual(expected);
    expect(found(write(withoutPlainFiles))).toEqual(expected);

    expect([small, large].map(read)).toEqual(without);
    expect(found(check(withoutPlainFiles))).toEqual([[], []]);
  });

  it("leaves what the owner made of plain files and beside them", () => {
    const files = "/unpaid-invoices/{number}/files/{fileId}";
    write();
    edit(small, (document) => {
      const item = objectAt(objectAt(document, "paths"), files);
      objectAt(item, "get")["description"] = "Ours.";
      delete item["delete"];
      item["options"] = { responses: { 200: { description: "Ours too." } } };
    });
    write();
    const kept = objectAt(parseDocument(read(small), small).paths, files);
    edit(small, (document) => {
      const { schemas } = objectAt(document, "components");
      (schemas as JsonObject)["Ours"] = { items: { $ref: "#/components/schemas/StoredFilePage" } };
    });

    write(withoutPlainFiles);
    const { paths, ...without } = parseDocument(read(small), small);

    expect(kept).toMatchObject({
      get: { description: "Ours." },
      delete: { operationId: expect.any(String) },
    });
    expect(Object.keys(objectAt(paths, files))).toEqual(["options"]);
    expect(Object.keys(objectAt(objectAt(without, "components"), "schemas"))).toEqual(
      expect.arrayContaining(["StoredFile", "StoredFilePage", "Ours"]),
    );
  });

  it("removes models that it wrote for another noun, unless something refers to them", () => {
    write();
    const left = "left over: /components/schemas/UnpaidInvoice";
    edit(large, (document) => {
      const { schemas } = objectAt(document, "components");
      (schemas as JsonObject)["Ours"] = { items: { $ref: "#/components/schemas/UnpaidInvoice" } };
    });

    const checked = found(check(renamed));
    const written = found(write(renamed));
    const models = [small, large].map((file) =>
      Object.keys(objectAt(objectAt(parseDocument(read(file), file), "components"), "schemas")),
    );

    expect(written).toEqual(checked);
    expect(checked[0]).toContain(left);
    expect(checked[1]).not.toContain(left);
    for (const names of models) expect(names).toContain("OpenBill");
    expect(models.map((names) => names.includes("UnpaidInvoice"))).toEqual([false, true]);
    expect(found(check(renamed))).toEqual([[], []]);
  });

  it("refuses documents of another key, and writes nothing over them", () => {
    write();
    const before = [small, large].map(read);

    const rewrite = () => write({ ...invoices, key: "reference" });

    expect(rewrite).toThrow(`specs/${small}: /paths/~1unpaid-invoices~1{number}`);
    expect(rewrite).toThrow(`specs/${large}: /paths/~1unpaid-invoices~1{number}`);
    expect(rewrite).toThrow('does not fit the domain, whose key is "reference"');
    expect([small, large].map(read)).toEqual(before);
  });

  it("writes nothing in a check, and names what is missing and what differs", () => {
    write();
    rmSync(join(folder, large));
    edit(small, (document) => {
      objectAt(objectAt(objectAt(document, "components"), "schemas"), "Record")["description"] = "Other.";
    });
    const edited = read(small);

    const results = check();

    expect(results.map(({ file, isNew }) => ({ file, isNew }))).toEqual([
      { file: small, isNew: false },
      { file: large, isNew: true },
    ]);
    expect(found(results)).toEqual([["different: /components/schemas/Record/description"], []]);
    expect(read(small)).toBe(edited);
    expect(readdirSync(folder)).toEqual([small]);
  });

  it("refuses a document that is none, and writes nothing over it", () => {
    writeFileSync(join(folder, small), "{");

    expect(write).toThrow(`specs/${small} is not JSON`);
    expect(read(small)).toBe("{");
  });
});

describe("npm run spec -- models", () => {
  const other: Domain = { ...activeDomain, plainFiles: !activeDomain.plainFiles };
  const files = domainDocuments(activeDomain).map(({ file }) => `specs/${file}`);
  const found = activeDomain.plainFiles ? "is missing" : "is not in the domain";
  const done = activeDomain.plainFiles ? "was added" : "was removed";
  const models = (...options: readonly string[]) => callCommand(main, ["models", ...options]);
  beforeEach(() => {
    vi.spyOn(process, "cwd").mockReturnValue(folder);
  });
  afterEach(() => vi.restoreAllMocks());

  it("fails in a check, and names what is missing or left over by document and pointer", async () => {
    writeModels(other, { folder: join(folder, "specs"), check: false });

    const { code, stdout } = await models("--check");

    expect(code).toBe(1);
    for (const file of files) {
      expect(stdout).toMatch(new RegExp(`^${file}: /paths/\\S+~1files~1{fileId}/(post|get) ${found}$`, "m"));
      expect(stdout).toContain(`${file}: run npm run spec -- models, and review the changes.\n`);
    }
  });

  it("tells what it added and removed, and leaves nothing to say", async () => {
    writeModels(other, { folder: join(folder, "specs"), check: false });

    const written = await models();
    const checked = await models("--check");

    expect(written.code).toBe(0);
    for (const file of files) {
      expect(written.stdout).toContain(`${file} was updated.\n`);
      expect(written.stdout).toMatch(
        new RegExp(`^${file}: /paths/\\S+~1files~1{fileId}/(post|get) ${done}$`, "m"),
      );
    }
    expect(checked).toMatchObject({
      code: 0,
      stdout: files.map((file) => `${file} is up to date.\n`).join(""),
    });
  });
});
