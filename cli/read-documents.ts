import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { collectProblems, throwProblems } from "../contract/user-error.ts";
import type { OpenApiDocument } from "../openapi/openapi-document.ts";
import { parseDocument } from "../openapi/parse-document.ts";
import { decodeText } from "./decode-text.ts";

/**
 * The OpenAPI documents of specs/, by file name.
 * @throws UserError with the problems of all invalid documents
 */
export function readDocuments(projectRoot: string): Record<string, OpenApiDocument> {
  const files = readdirSync(join(projectRoot, "specs")).filter((file) => file.endsWith(".openapi.json"));
  const { results, problems } = collectProblems(files, (file) => {
    const name = `specs/${file}`;
    const text = decodeText(readFileSync(join(projectRoot, name)), name);
    return [file, parseDocument(text, name)] as const;
  });
  throwProblems(problems);
  return Object.fromEntries(results);
}
