import { parseDocument as parseYaml } from "yaml";
import { isJsonObject, type Json, type JsonObject, objectEntries } from "../json.ts";
import { jsonPointer, walk } from "../json-pointer.ts";
import type { Problem } from "../openapi-document.ts";
import { OpenApiError } from "../openapi-error.ts";

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
  const value = parseText(text, source);
  const problems = shapeProblems(value);
  if (problems.length > 0 || !isJsonObject(value)) {
    throw new OpenApiError(`${source} is no export of a REST API`, problems);
  }
  return { kind: "swagger" in value ? "swagger" : "openapi", value };
}

/** JSON is YAML too, but its own parser is the faster one. Keys become texts, so that 200 and "200" are one status. */
function parseText(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const document = parseYaml(text);
    const [error] = document.errors;
    if (error) {
      throw new OpenApiError(`${source} is neither JSON nor YAML`, [
        { rule: "export-text", pointer: "", message: error.message.split("\n")[0] ?? "" },
      ]);
    }
    return document.toJS() as unknown;
  }
}

function shapeProblems(value: unknown): Problem[] {
  const problem = (pointer: string, message: string): Problem => ({ rule: "export-shape", pointer, message });
  if (!isJsonObject(value)) return [problem("", "expected an object")];
  const version = "swagger" in value ? value["swagger"] : value["openapi"];
  const known = "swagger" in value ? /^2\.0$/ : /^3\.0\.\d+$/;
  const place = "swagger" in value ? "swagger" : "openapi";
  if (!known.test(String(version))) {
    const got = JSON.stringify(version) ?? "nothing";
    return [
      problem(jsonPointer(place), `expected OpenAPI 3.0 or Swagger 2.0, got ${got}; export it as oas30`),
    ];
  }
  if (!isJsonObject(value["paths"]) || Object.keys(value["paths"]).length === 0) {
    return [problem(jsonPointer("paths"), "expected an object with at least one path")];
  }
  const httpApi = signOfHttpApi(value);
  if (httpApi !== undefined) {
    const message =
      "this belongs to an HTTP API, which is another product than a REST API and can't be imported as one";
    return [problem(httpApi, message)];
  }
  return numberProblems(value as JsonObject);
}

/** Where an export shows that it is one of an HTTP API (API Gateway v2). */
function signOfHttpApi(value: JsonObject): string | undefined {
  const top = ["x-amazon-apigateway-importexport-version", "x-amazon-apigateway-cors"].find(
    (key) => key in value,
  );
  if (top !== undefined) return jsonPointer(top);
  const stage = objectEntries(value, "paths").find(([path]) => path === "/$default" || path === "$default");
  if (stage !== undefined) return jsonPointer("paths", stage[0]);
  return [...walk(value)].find(
    ({ segments }) =>
      segments.at(-1) === "payloadFormatVersion" && segments.at(-2) === "x-amazon-apigateway-integration",
  )?.pointer;
}

/** An account id that YAML took for a number has lost its leading zeros. */
function numberProblems(value: JsonObject): Problem[] {
  return [...walk(value)].flatMap(
    ({
      pointer,
      segments,
      value: number,
    }: {
      pointer: string;
      segments: (string | number)[];
      value: Json;
    }) => {
      const inExtension = segments.some((segment) => String(segment).startsWith("x-amazon-"));
      if (!inExtension || typeof number !== "number" || Math.abs(number) < 1e9) return [];
      return [{ rule: "export-shape", pointer, message: `${number} may be an account id; put it in quotes` }];
    },
  );
}
