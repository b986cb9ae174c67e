import { mapPlaces, walkPlaces } from "../document-places.ts";
import { isJsonObject, type Json, type JsonObject, stringAt, stringsAt } from "../json.ts";
import { methods } from "../methods.ts";
import type { Problem } from "../openapi-document.ts";
import { OpenApiError } from "../openapi-error.ts";
import { isBody, moveBodies } from "./move-bodies.ts";

/** Keys that Swagger 2.0 writes into a parameter or header itself, and OpenAPI 3.0 into its schema. */
const schemaKeys = new Set([
  ...["type", "format", "items", "enum", "default", "pattern", "minLength", "maxLength"],
  ...["minimum", "maximum", "multipleOf", "uniqueItems", "minItems", "maxItems"],
]);

/**
 * Swagger 2.0 as API Gateway exports it, as the OpenAPI 3.0 that it would have exported.
 * @throws OpenApiError with what has no counterpart
 */
export function convertSwagger(given: JsonObject): JsonObject {
  const swagger = moveBodies(given);
  const problems = unsupportedParts(swagger);
  if (problems.length > 0) {
    throw new OpenApiError("this Swagger 2.0 document has parts that OpenAPI 3.0 does not have", problems);
  }
  const {
    swagger: _,
    paths,
    definitions,
    securityDefinitions,
    parameters,
    responses,
    consumes,
    produces,
    ...rest
  } = swagger;
  const types = { consumes: stringsAt(swagger, "consumes"), produces: stringsAt(swagger, "produces") };
  const components = {
    ...(isJsonObject(definitions) && { schemas: definitions }),
    ...(isJsonObject(securityDefinitions) && {
      securitySchemes: mapObjects(securityDefinitions, convertSecurityScheme),
    }),
    ...(isJsonObject(parameters) && { parameters: mapObjects(parameters, convertParameter) }),
    ...(isJsonObject(responses) && {
      responses: mapObjects(responses, (each) => convertResponse(each, types.produces)),
    }),
  };
  const converted = {
    openapi: "3.0.1",
    ...rest,
    paths: mapObjects(isJsonObject(paths) ? paths : {}, (item) => convertPathItem(item, types)),
    ...(Object.keys(components).length > 0 && { components }),
  };
  return moveReferences(converted);
}

interface MediaTypes {
  readonly consumes: readonly string[];
  readonly produces: readonly string[];
}

function unsupportedParts(swagger: JsonObject): Problem[] {
  return [...walkPlaces(swagger)].flatMap(({ value, place }) => {
    const isForm = place.within === "parameter" && place.key === "in" && value === "formData";
    const several = place.kind === "parameters" && Array.isArray(value) ? value.filter(isBody).length : 0;
    return [
      ...(isForm ? [formProblem(place.pointer)] : []),
      ...(several > 1 ? [bodyProblem(place.pointer)] : []),
    ];
  });
}

function formProblem(pointer: string): Problem {
  const message = "API Gateway ignores form parameters; remove this parameter, and describe the body instead";
  return { rule: "swagger-form", pointer, message };
}

function bodyProblem(pointer: string): Problem {
  const message = "a request has one body, and this operation has several; keep one of them";
  return { rule: "swagger-body", pointer, message };
}

function convertPathItem(item: JsonObject, types: MediaTypes): JsonObject {
  return Object.fromEntries(
    Object.entries(item).map(([key, value]): [string, Json] => {
      if (methods.includes(key) && isJsonObject(value)) return [key, convertOperation(value, types)];
      if (key === "parameters" && Array.isArray(value)) return [key, value.map(convertEntry)];
      return [key, value];
    }),
  );
}

function convertOperation(operation: JsonObject, inherited: MediaTypes): JsonObject {
  const { consumes, produces, schemes: _, parameters, responses, ...rest } = operation;
  const taken = Array.isArray(consumes) ? stringsAt(operation, "consumes") : inherited.consumes;
  const given = Array.isArray(produces) ? stringsAt(operation, "produces") : inherited.produces;
  const declared = Array.isArray(parameters) ? parameters : [];
  const body = declared.filter(isJsonObject).find(isBody);
  const others = declared.filter((parameter) => parameter !== body).map(convertEntry);
  return {
    ...rest,
    ...(others.length > 0 && { parameters: others }),
    ...(body && { requestBody: convertBody(body, taken) }),
    ...(isJsonObject(responses) && {
      responses: mapObjects(responses, (response) => convertResponse(response, given)),
    }),
  };
}

function convertBody(body: JsonObject, types: readonly string[]): JsonObject {
  const description = stringAt(body, "description");
  return {
    ...(description !== undefined && { description }),
    content: contentOf(body["schema"] ?? {}, types),
    ...(body["required"] === true && { required: true }),
  };
}

function convertEntry(parameter: Json): Json {
  return isJsonObject(parameter) ? convertParameter(parameter) : parameter;
}

function convertParameter(parameter: JsonObject): JsonObject {
  if ("$ref" in parameter) return parameter;
  const { collectionFormat: _, ...rest } = parameter;
  return withSchema(rest);
}

function convertResponse(response: JsonObject, types: readonly string[]): JsonObject {
  if ("$ref" in response) return response;
  const { schema, examples: _, headers, ...rest } = response;
  return {
    ...rest,
    ...(isJsonObject(headers) && { headers: mapObjects(headers, withSchema) }),
    ...(isJsonObject(schema) && { content: contentOf(schema, types) }),
  };
}

function contentOf(schema: Json, types: readonly string[]): JsonObject {
  const names = types.length > 0 ? types : ["application/json"];
  return Object.fromEntries(names.map((name) => [name, { schema: convertFile(schema) }]));
}

/** A response that is a file has a type of its own in Swagger 2.0. */
function convertFile(schema: Json): Json {
  if (!isJsonObject(schema) || schema["type"] !== "file") return schema;
  return { ...schema, type: "string", format: "binary" };
}

function withSchema(value: JsonObject): JsonObject {
  const entries = Object.entries(value);
  const schema = Object.fromEntries(entries.filter(([key]) => schemaKeys.has(key)));
  const rest = Object.fromEntries(entries.filter(([key]) => !schemaKeys.has(key)));
  return Object.keys(schema).length > 0 ? { ...rest, schema } : rest;
}

function convertSecurityScheme(scheme: JsonObject): JsonObject {
  if (scheme["type"] === "basic") return { ...scheme, type: "http", scheme: "basic" };
  if (scheme["type"] !== "oauth2") return scheme;
  const { flow, authorizationUrl, tokenUrl, scopes, ...rest } = scheme;
  const names: Record<string, string> = { accessCode: "authorizationCode", application: "clientCredentials" };
  const name = names[String(flow)] ?? String(flow);
  return {
    ...rest,
    flows: {
      [name]: {
        ...(authorizationUrl !== undefined && { authorizationUrl }),
        ...(tokenUrl !== undefined && { tokenUrl }),
        scopes: scopes ?? {},
      },
    },
  };
}

const movedReferences: readonly (readonly [from: string, to: string])[] = [
  ["#/definitions/", "#/components/schemas/"],
  ["#/parameters/", "#/components/parameters/"],
  ["#/responses/", "#/components/responses/"],
];

function moveReferences(document: JsonObject): JsonObject {
  return mapPlaces(document, (value, { kind }) =>
    kind === "reference" && typeof value === "string" ? moveReference(value) : value,
  ) as JsonObject;
}

function moveReference(reference: string): string {
  const moved = movedReferences.find(([from]) => reference.startsWith(from));
  return moved ? moved[1] + reference.slice(moved[0].length) : reference;
}

function mapObjects(parent: JsonObject, convert: (value: JsonObject) => JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(parent).map(([key, value]) => [key, isJsonObject(value) ? convert(value) : value]),
  );
}
