import { readFileSync } from "node:fs";
import { UserError } from "../../../contract/user-error.ts";
import { parseEnvironment } from "../../../env/load-environment.ts";
import type { Environment, EnvironmentApi } from "../../../env/schema.ts";
import { parseDocument } from "../../../openapi/parse-document.ts";
import { loadEnvironment } from "../../support/environments.ts";
import { readDocuments, synthesize } from "../../support/synthesize.ts";

export const source = readFileSync("__tests__/fixtures/third-api/branches.openapi.json", "utf8");
export const branches: EnvironmentApi = {
  name: "branches",
  document: "branches.openapi.json",
  stage: "v1",
  paths: ["/branches", "/portraits"],
  stageVariables: { folder: "approved" },
  throttling: { rateLimit: 10, burstLimit: 20 },
  bindings: {
    "function.branches": { kind: "existing", name: "branch-api" },
    "bucket.portraits": { kind: "existing", name: "branch-portraits" },
    "role.portraitReader": { kind: "existing", name: "portrait-reader" },
  },
};

/** The fixture's document, with texts replaced. */
export function documentWith(...replacements: [string, string][]) {
  const text = replacements.reduce((all, [from, to]) => {
    if (!all.includes(from)) throw new Error(`the document has no ${from}`);
    return all.replaceAll(from, () => to);
  }, source);
  return parseDocument(text, "branches");
}

export function synthesizeWith(
  changes: Partial<EnvironmentApi> = {},
  document = documentWith(),
  environment: Environment = loadEnvironment("prod"),
) {
  const changed = { ...environment, apis: [...environment.apis, { ...branches, ...changes }] };
  return synthesize(parseEnvironment(environment.name, changed), {
    ...readDocuments(),
    "branches.openapi.json": document,
  });
}

export function problemsWith(changes: Partial<EnvironmentApi>, document = documentWith()): string[] {
  try {
    synthesizeWith(changes, document);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message.split("\n");
  }
}

export const prefix = 'env/prod.ts, API "branches" of specs/branches.openapi.json: ';
