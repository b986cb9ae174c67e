import { describe, expect, it } from "vitest";
import * as z from "zod/mini";
import { domainDocuments } from "../../../cli/spec/models/domain-documents.ts";
import { domain as activeDomain } from "../../../domain/domain.ts";
import { PDF, TIFF } from "../../../domain/media-types.ts";
import { defineDomain, exampleFile, file } from "../../../domain/seam.ts";
import { formatDocument } from "../../../openapi/format-document.ts";
import { importDocument } from "../../../openapi/import/import-document.ts";
import { resolvePointer } from "../../../openapi/json-pointer.ts";
import { lintDocument } from "../../../openapi/lint-document.ts";
import { operationsOf } from "../../../openapi/operations.ts";
import { claims } from "../../fixtures/domain/claims.ts";
import { invoices } from "../../support/invoices.ts";

const [small, large] = domainDocuments(invoices).map(({ document }) => document);
const at = (document: typeof small, pointer: string) => resolvePointer(document ?? null, pointer);

describe(domainDocuments, () => {
  it("names the documents by the collection", () => {
    expect(domainDocuments(invoices).map(({ file }) => file)).toEqual([
      "unpaid-invoices.openapi.json",
      "unpaid-invoices-large.openapi.json",
    ]);
  });

  it.each([invoices, claims, activeDomain].flatMap(domainDocuments))(
    "gives a canonical document that breaks no rule: $file",
    ({ document }) => {
      const text = formatDocument(document);

      expect(lintDocument(document)).toEqual([]);
      expect(formatDocument(importDocument(text, { source: "it" }).document)).toBe(text);
    },
  );

  // Documents of specs/ are their owner's: what makes them is held by those of a domain that nobody deploys.
  it.each(domainDocuments(claims))("makes the documents on record: $file", async ({ file, document }) => {
    const builder =
      "What cli/spec/models/ makes has changed. Is it meant so? Then record it with vitest -u, and bring it into specs/ by hand: npm run spec -- models leaves that to the owner of a document.";

    await expect(formatDocument(document), builder).toMatchFileSnapshot(`../../fixtures/documents/${file}`);
  });

  it.each(domainDocuments(invoices))(
    "has the key in its paths, and no operation's id twice: $file",
    ({ document }) => {
      const ids = operationsOf(document).map(({ value }) => value["operationId"]);

      expect(new Set(ids).size).toBe(ids.length);
      expect(Object.keys(document.paths)).toContain("/unpaid-invoices/{number}/files/{fileId}");
    },
  );

  it("speaks of the noun", () => {
    expect(at(large, "/paths/~1unpaid-invoices~1{number}/post")).toMatchObject({
      description: "Accepts an unpaid invoice for later processing. The submission gives the outcome.",
      operationId: "submitUnpaidInvoice",
    });
    expect(at(small, "/paths/~1unpaid-invoices/get/description")).toBe(
      "The stored unpaid invoices of one supplier, page by page.",
    );
  });

  it("has metadata where files stand in a stored record, also in lists", () => {
    const properties = at(small, "/components/schemas/Record/properties");
    const metadata = {
      type: "object",
      required: ["fileName", "contentType", "sha256", "sizeBytes", "path"],
      properties: { contentType: { type: "string", enum: ["application/pdf"] } },
    };

    expect(properties).toMatchObject({
      scan: metadata,
      pages: {
        type: "array",
        items: { ...metadata, properties: { contentType: { enum: ["image/png", "image/jpeg"] } } },
      },
      files: { type: "array" },
    });
    expect(JSON.stringify(properties)).not.toContain('"data"');
    expect(at(small, "/components/schemas/Record/required")).toEqual([
      "number",
      "supplier",
      "scan",
      "submissionId",
      "receivedAt",
    ]);
  });

  it("has a new media type in every place that names them", () => {
    const mediaTypes = [PDF, TIFF] as const;
    const withTiff = defineDomain({
      ...common,
      contract: z.strictObject({ supplier: supplier(), scan: file(mediaTypes) }),
      mediaTypes,
      plainFiles: true,
    });
    const [small, large] = domainDocuments(withTiff).map(({ document }) => document);
    const schemas = "/components/schemas";

    for (const [document, pointer] of [
      [small, `${schemas}/Invoice/properties/scan/properties/contentType/enum`],
      [large, `${schemas}/Invoice/properties/scan/properties/contentType/enum`],
      [small, `${schemas}/Record/properties/scan/properties/contentType/enum`],
      [small, `${schemas}/StoredFile/properties/contentType/enum`],
    ] as const) {
      expect(at(document, pointer), pointer).toEqual(["application/pdf", "image/tiff"]);
    }
    expect(
      Object.keys(at(large, "/paths/~1invoices~1{id}~1files~1{fileId}/post/requestBody/content") ?? {}),
    ).toEqual(["application/pdf", "image/tiff"]);
  });

  it("has nothing of plain files where the domain has none", () => {
    const mediaTypes = [PDF] as const;
    const without = defineDomain({
      ...common,
      contract: z.strictObject({ supplier: supplier(), scan: file(mediaTypes) }),
      mediaTypes,
      plainFiles: false,
    });

    for (const { document } of domainDocuments(without)) {
      expect(JSON.stringify(document)).not.toMatch(/\/files|"files"|fileId|StoredFile|x-file-name/);
      expect(lintDocument(document)).toEqual([]);
    }
  });
});

const supplier = () => z.string().check(z.minLength(1), z.maxLength(9));
const common = {
  collection: "invoices",
  noun: "invoice",
  key: "id",
  files: ["scan"],
  listedBy: "supplier",
  checks: [],
  example: { supplier: "s", scan: exampleFile(PDF, "scan") },
} as const;
