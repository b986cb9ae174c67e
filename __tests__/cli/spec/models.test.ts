import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { domainDocuments } from "../../../cli/spec/models/domain-documents.ts";
import { writeModels } from "../../../cli/spec/models.ts";
import { formatDocument } from "../../../openapi/format-document.ts";
import { type JsonObject, objectAt } from "../../../openapi/json.ts";
import { parseDocument } from "../../../openapi/parse-document.ts";
import { invoices } from "../../support/invoices.ts";

const [small = "", large = ""] = domainDocuments(invoices).map(({ file }) => file);
const whole = domainDocuments(invoices).map(({ document }) => formatDocument(document));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "models-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (file: string) => readFileSync(join(folder, file), "utf8");
const write = () => writeModels(invoices, { folder, check: false });
const check = () => writeModels(invoices, { folder, check: true });

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

    expect(results.map(({ isNew, changed }) => ({ isNew, changed }))).toEqual([
      { isNew: false, changed: [] },
      { isNew: false, changed: [] },
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

    const [, result] = write();
    const document = parseDocument(read(large), large);

    expect(result?.changed.toSorted()).toEqual([
      "/components/schemas/UnpaidInvoice/properties/scan",
      "/paths/~1unpaid-invoices~1{number}~1files~1{fileId}/post/requestBody/content/image~1png",
    ]);
    expect(document).toMatchObject({
      info: { description: "Ours." },
      components: { schemas: { Ours: { type: "string" } } },
      paths: { "/unpaid-invoices/{number}/files/{fileId}": { post: { description: "Our file." } } },
    });
    expect(check().every(({ changed }) => changed.length === 0)).toBe(true);
  });

  it("tells of operations that an owner took away, and does not bring them back", () => {
    write();
    edit(small, (document) => {
      delete objectAt(objectAt(document, "paths"), "/unpaid-invoices/{number}")["delete"];
    });
    edit(large, (document) => {
      delete objectAt(document, "paths")["/unpaid-invoices/{number}/files/{fileId}"];
    });
    const edited = [small, large].map(read);

    const results = write();

    expect(results.map(({ withoutOperations }) => withoutOperations)).toEqual([
      ["DELETE /unpaid-invoices/{number}"],
      ["POST /unpaid-invoices/{number}/files/{fileId}"],
    ]);
    expect([small, large].map(read)).toEqual(edited);
  });

  it("writes nothing in a check, and names what is missing and what differs", () => {
    write();
    rmSync(join(folder, large));
    edit(small, (document) => {
      objectAt(objectAt(objectAt(document, "components"), "schemas"), "Record")["description"] = "Other.";
    });
    const edited = read(small);

    const results = check();

    expect(results.map(({ file, isNew, changed }) => ({ file, isNew, changed }))).toEqual([
      { file: small, isNew: false, changed: ["/components/schemas/Record/description"] },
      { file: large, isNew: true, changed: [] },
    ]);
    expect(read(small)).toBe(edited);
    expect(readdirSync(folder)).toEqual([small]);
  });

  it("refuses a document that is none, and writes nothing over it", () => {
    writeFileSync(join(folder, small), "{");

    expect(write).toThrow(`specs/${small} is not JSON`);
    expect(read(small)).toBe("{");
  });
});
