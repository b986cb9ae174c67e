import { walkPlaces } from "../document-places.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { jsonPointer } from "../json-pointer.ts";
import { jsonTextProblems } from "../json-text.ts";
import type { Problem } from "../openapi-document.ts";
import { OpenApiError } from "../openapi-error.ts";
import { readYaml } from "./read-yaml.ts";
import { signOfHttpApi } from "./sign-of-http-api.ts";

/** An export of API Gateway as it came: OpenAPI 3.0 or Swagger 2.0. */
export interface ApiExport {
  readonly kind: "openapi" | "swagger";
  readonly value: JsonObject;
}

/**
 * Reads JSON or YAML. `source` names the text in errors.
 * @throws OpenApiError where it is neither, or no export of a REST API
 */
export function parseExport(text: string, source: string): ApiExport {
  const { value, problems: unreadable } = readText(text.replace(/^\uFEFF/, ""));
  if (unreadable.length > 0)
    throw new OpenApiError(`${source} is neither valid JSON nor valid YAML`, unreadable);
  const problems = shapeProblems(value);
  if (problems.length > 0 || !isJsonObject(value)) {
    throw new OpenApiError(`${source} is not an export of a REST API`, problems);
  }
  return { kind: "swagger" in value ? "swagger" : "openapi", value };
}

/** JSON is YAML too, but its own parser is the faster one. Keys become texts, so that 200 and "200" are one status. */
function readText(text: string): { value: unknown; problems: Problem[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return readYaml(text);
  }
  return { value, problems: jsonTextProblems(text) };
}

function shapeProblems(value: unknown): Problem[] {
  if (!isJsonObject(value)) return [problem("", "expected an object")];
  const version = versionFault(value);
  if (version !== undefined) return [version];
  if (!isJsonObject(value["paths"]) || Object.keys(value["paths"]).length === 0) {
    return [problem(jsonPointer("paths"), "expected an object with at least one path")];
  }
  const httpApi = signOfHttpApi(value);
  if (httpApi !== undefined) {
    const message = "this is a part of an HTTP API; only exports of REST APIs can be imported";
    return [problem(httpApi, message)];
  }
  return numberProblems(value);
}

/** To YAML, `swagger: 2.0` without quotes is the number 2, whose meaning is clear. `openapi: 3.0` is not a version. */
function versionFault(value: JsonObject): Problem | undefined {
  if ("swagger" in value) {
    const version = value["swagger"];
    if (version === "2.0" || version === 2) return undefined;
    return problem(jsonPointer("swagger"), expected(version));
  }
  const version = value["openapi"];
  if (typeof version === "string" && /^3\.0\.\d+$/.test(version)) return undefined;
  const isShort = version === 3 || version === "3.0";
  const advice = 'a version of OpenAPI 3.0 has three parts: write "3.0.1", in quotes';
  return problem(jsonPointer("openapi"), isShort ? advice : expected(version));
}

function expected(version: unknown): string {
  const got = JSON.stringify(version) ?? "nothing";
  return `expected OpenAPI 3.0 or Swagger 2.0, got ${got}; export the API again as oas30`;
}

function problem(pointer: string, message: string): Problem {
  return { rule: "export-shape", pointer, message };
}

/** YAML reads an account id without quotes as a number, without its leading zeros. */
function numberProblems(value: JsonObject): Problem[] {
  const read: ReadonlySet<string> = new Set(["extension", "integration", "integrationResponse"]);
  return [...walkPlaces(value)].flatMap(({ value: number, place }) => {
    const isRead = read.has(place.kind) || read.has(place.within);
    if (!isRead || typeof number !== "number" || Math.abs(number) < 1e9) return [];
    return [problem(place.pointer, `${number} may be an account id; put it in quotes`)];
  });
}
