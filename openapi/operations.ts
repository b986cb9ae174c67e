import {
  isJsonObject,
  type Json,
  type JsonObject,
  objectEntries,
  stringAt,
  stringEntries,
  stringsAt,
} from "./json.ts";
import { jsonPointer, resolvePointer } from "./json-pointer.ts";
import { methods } from "./methods.ts";
import type { OpenApiDocument } from "./openapi-document.ts";

const integrationKey = "x-amazon-apigateway-integration";

/** One method of a path, with what API Gateway does for it. */
export interface Operation {
  path: string;
  method: string;
  pointer: string;
  value: JsonObject;
  /** Declared parameters as `in.name`, those of the path included. */
  parameters: ReadonlySet<string>;
  integration: Integration | undefined;
}

export interface Integration {
  pointer: string;
  value: JsonObject;
  type: string;
  uri: string;
  requestParameters: Mapping[];
  requestTemplates: Mapping[];
  responses: IntegrationResponse[];
}

/** One choice of the integration's answer: a pattern for the status and what becomes of it. */
export interface IntegrationResponse {
  pattern: string;
  pointer: string;
  value: JsonObject;
  status: string;
  parameters: Mapping[];
  templates: Mapping[];
}

/** One entry of a map from names to expressions or templates. */
export interface Mapping {
  name: string;
  source: string;
  pointer: string;
}

export function operationsOf(document: OpenApiDocument): Operation[] {
  return objectEntries(document, "paths").flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const value = item[method];
      if (!isJsonObject(value)) return [];
      const pointer = jsonPointer("paths", path, method);
      const parameters = new Set(
        [item, value].flatMap((owner) => parameterNames(document, owner["parameters"])),
      );
      return [{ path, method, pointer, value, parameters, integration: integrationOf(value, pointer) }];
    }),
  );
}

export type IntegratedOperation = Operation & { integration: Integration };

/** The operations that have an integration, of whatever type. */
export function integratedOperations(document: OpenApiDocument): IntegratedOperation[] {
  return operationsOf(document).flatMap(({ integration, ...operation }) =>
    integration === undefined ? [] : [{ ...operation, integration }],
  );
}

/** Those whose templates and responses API Gateway applies: proxy integrations pass both on as they are. */
export function mappedOperations(document: OpenApiDocument): IntegratedOperation[] {
  return integratedOperations(document).filter(({ integration }) => !integration.type.endsWith("_proxy"));
}

/** The templates that API Gateway runs, of requests and of responses. */
export function appliedTemplates(document: OpenApiDocument): Mapping[] {
  return mappedOperations(document).flatMap(({ integration }) => [
    ...integration.requestTemplates,
    ...integration.responses.flatMap(({ templates }) => templates),
  ]);
}

export function binaryMediaTypesOf(document: OpenApiDocument): string[] {
  return stringsAt(document, "x-amazon-apigateway-binary-media-types");
}

function parameterNames(document: OpenApiDocument, parameters: Json | undefined): string[] {
  if (!Array.isArray(parameters)) return [];
  return parameters.flatMap((entry) => {
    const reference = isJsonObject(entry) ? stringAt(entry, "$ref") : undefined;
    const parameter = reference === undefined ? entry : resolvePointer(document, reference.slice(1));
    return isJsonObject(parameter) ? [`${parameter["in"]}.${parameter["name"]}`] : [];
  });
}

function integrationOf(operation: JsonObject, operationPointer: string): Integration | undefined {
  const value = operation[integrationKey];
  if (!isJsonObject(value)) return undefined;
  const pointer = `${operationPointer}${jsonPointer(integrationKey)}`;
  return {
    pointer,
    value,
    // API Gateway takes both spellings, "aws_proxy" and "AWS_PROXY".
    type: (stringAt(value, "type") ?? "").toLowerCase(),
    uri: stringAt(value, "uri") ?? "",
    requestParameters: mappings(value, pointer, "requestParameters"),
    requestTemplates: mappings(value, pointer, "requestTemplates"),
    responses: objectEntries(value, "responses").map(([pattern, response]) =>
      integrationResponse(pattern, response, `${pointer}${jsonPointer("responses", pattern)}`),
    ),
  };
}

function integrationResponse(pattern: string, value: JsonObject, pointer: string): IntegrationResponse {
  return {
    pattern,
    pointer,
    value,
    status: String(value["statusCode"] ?? ""),
    parameters: mappings(value, pointer, "responseParameters"),
    templates: mappings(value, pointer, "responseTemplates"),
  };
}

function mappings(owner: JsonObject, pointer: string, key: string): Mapping[] {
  return stringEntries(owner, key).map(([name, source]) => ({
    name,
    source,
    pointer: `${pointer}${jsonPointer(key, name)}`,
  }));
}
