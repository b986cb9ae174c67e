import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { domain } from "../../domain/domain.ts";
import { LARGE_API, SHARED_PATH, SMALL_API } from "../../domain/names.ts";
import { formatDocument } from "../../openapi/format-document.ts";
import { type JsonObject, objectAt } from "../../openapi/json.ts";
import { parseDocument } from "../../openapi/parse-document.ts";
import { type CheckOut, copyProject, useFixtureEnvironments } from "../support/check-out.ts";
import { npmRun } from "../support/npm-run.ts";

let project: CheckOut | undefined;
afterEach(() => project?.remove());

const record = `${SHARED_PATH}/{${domain.key}}`;

function at(document: JsonObject, ...keys: readonly string[]): JsonObject {
  return keys.reduce((parent, key) => objectAt(parent, key), document);
}

/** Edits a document of the copy as its owner would. */
function edit({ folder }: CheckOut, api: string, change: (document: JsonObject) => void): void {
  const path = join(folder, "specs", `${api}.openapi.json`);
  const document = parseDocument(readFileSync(path, "utf8"), path);
  change(document);
  writeFileSync(path, formatDocument(document));
}

/** The texts of both, and a field of an answer. */
function editTexts(copy: CheckOut): void {
  for (const api of [SMALL_API, LARGE_API]) {
    edit(copy, api, (document) => {
      objectAt(document, "info")["description"] = "Ours.";
      at(document, "paths", record, "post")["description"] = "Ours.";
      at(document, "components", "schemas", "Submission", "properties")["costCentre"] = { type: "string" };
    });
  }
}

/** What S3's answers become, and a header that goes into the metadata of an object. */
function editMapping(copy: CheckOut): void {
  edit(copy, LARGE_API, (document) => {
    const post = at(document, "paths", record, "post");
    const integration = objectAt(post, "x-amazon-apigateway-integration");
    const [busy, taken] = ["503", "2[0-9]{2}"].map((status) => at(integration, "responses", status));
    const body = { type: "about:blank", title: "Busy", status: 503, detail: "Ours." };
    Object.assign(busy ?? {}, { responseTemplates: { "application/json": JSON.stringify(body) } });
    const accepted = String(objectAt(taken ?? {}, "responseTemplates")["application/json"]);
    const more = accepted.replace('"status":"accepted"', '"status":"accepted","more":"ours"');
    Object.assign(taken ?? {}, { responseTemplates: { "application/json": more } });
    const header = { name: "x-cost-centre", in: "header", schema: { type: "string" } };
    post["parameters"] = [post["parameters"] ?? [], header].flat();
    objectAt(integration, "requestParameters")["integration.request.header.x-amz-meta-cost-centre"] =
      "method.request.header.x-cost-centre";
  });
}

/** An API that has nothing of the domain's: its answers, methods and texts are its own (docs/import-an-api.md). */
async function importAnother(copy: CheckOut): Promise<void> {
  const args = ["__tests__/fixtures/exports/cors-mock-oas30.json", "specs/parcels.openapi.json"];
  const { code, text } = await npmRun(copy.folder, ["spec", "import", ...args]);
  expect(code, text).toBe(0);
}

describe("documents edited as the guides say", () => {
  it("pass the tests: texts, models and answers, a header in the metadata, and a document of another API", async () => {
    const copy = copyProject();
    project = copy;
    useFixtureEnvironments(copy.folder);
    editTexts(copy);
    editMapping(copy);
    await importAnother(copy);
    // It asks how long a value may be.
    copy.edit(
      "__tests__/specs/documents.test.ts",
      '"method.request.header.x-correlation-id": 128,',
      '"method.request.header.x-correlation-id": 128, "method.request.header.x-cost-centre": 10,',
    );

    expect(await npmRun(copy.folder, ["spec", "models", "--check"])).toMatchObject({ code: 0 });
    const { code, text } = await npmRun(copy.folder, ["test:fast", "__tests__/specs", "__tests__/cli/spec"]);
    expect(code, text).toBe(0);
  });
});
