import { isJsonObject, type JsonObject } from "./json.ts";
import { jsonPointer } from "./json-pointer.ts";
import { jsonTextProblems } from "./json-text.ts";
import type { OpenApiDocument, Problem } from "./openapi-document.ts";
import { OpenApiError } from "./openapi-error.ts";

/**
 * The document in a text. `source` names it in errors.
 * @throws OpenApiError where the text is no JSON or no OpenAPI 3.0 document
 */
export function parseDocument(given: string, source: string): OpenApiDocument {
  const text = given.replace(/^\uFEFF/, "");
  const value = readJson(text, source);
  const problems = [...jsonTextProblems(text), ...shapeProblems(value)];
  if (problems.length > 0 || !isDocument(value)) {
    throw new OpenApiError(`${source} is not an OpenAPI 3.0 document`, problems);
  }
  return value;
}

function readJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const problem = { rule: "document-json", pointer: "", message: `${message}${lineOf(text, message)}` };
    throw new OpenApiError(`${source} is not JSON`, [problem], { cause });
  }
}

/** Where V8's message gives an offset but no line (before Node 22), the line is worked out. */
function lineOf(text: string, message: string): string {
  const offset = /at position (\d+)$/.exec(message)?.[1];
  if (offset === undefined) return "";
  const before = text.slice(0, Number(offset)).split("\n");
  return ` (line ${before.length} column ${(before.at(-1)?.length ?? 0) + 1})`;
}

function shapeProblems(value: unknown): Problem[] {
  const rule = "document-shape";
  if (!isJsonObject(value)) return [{ rule, pointer: "", message: "expected an object" }];

  const problems: Problem[] = [];
  if (!isVersion(value)) {
    const got =
      "swagger" in value ? `swagger ${JSON.stringify(value["swagger"])}` : JSON.stringify(value["openapi"]);
    const message = `expected version 3.0.x, got ${got}; if it is an export, import it first: npm run spec -- import`;
    problems.push({ rule, pointer: jsonPointer("openapi"), message });
  }
  if (!isJsonObject(value["paths"]) || Object.keys(value["paths"]).length === 0) {
    problems.push({
      rule,
      pointer: jsonPointer("paths"),
      message: "expected an object with at least one path",
    });
  }
  return problems;
}

function isVersion(value: JsonObject): boolean {
  return typeof value["openapi"] === "string" && /^3\.0\.\d+$/.test(value["openapi"]);
}

function isDocument(value: unknown): value is OpenApiDocument {
  return isJsonObject(value) && isVersion(value) && isJsonObject(value["paths"]);
}
