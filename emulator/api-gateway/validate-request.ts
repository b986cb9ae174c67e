import draft4, { type ValidateFunction } from "ajv-draft-04";
import {
  isJsonObject,
  type Json,
  type JsonObject,
  objectAt,
  objectEntries,
  stringAt,
} from "../../openapi/json.ts";
import { resolvePointer } from "../../openapi/json-pointer.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import type { IntegratedOperation } from "../../openapi/operations.ts";
import { type Exchange, queryValue } from "./exchange.ts";
import { GatewayError } from "./gateway-error.ts";
import { headerOf } from "./messages.ts";
import { NotExecutedError } from "./not-executed.ts";
import { bytesOf, mediaTypeOf } from "./payload.ts";
import { decodeSegment } from "./request-target.ts";

/** @throws GatewayError if the request lacks a required parameter, or its body breaks its model */
export type RequestValidator = (exchange: Exchange) => void;

/**
 * Compiles what the request validator of an operation asks for; nothing where it has none.
 * @throws NotExecutedError for a validator that the document does not declare, and for a model that is no schema of draft 4
 */
export function createRequestValidator(
  document: OpenApiDocument,
  operation: IntegratedOperation,
): RequestValidator {
  const validator = validatorOf(document, operation);
  const required =
    validator["validateRequestParameters"] === true ? requiredParameters(document, operation) : [];
  const models = validator["validateRequestBody"] === true ? compileModels(document, operation) : new Map();
  return (exchange) => {
    checkParameters(required, exchange);
    checkBody(models, exchange);
  };
}

const validatorsKey = "x-amazon-apigateway-request-validators";

function validatorOf(document: OpenApiDocument, { value }: IntegratedOperation): JsonObject {
  const key = "x-amazon-apigateway-request-validator";
  const name = stringAt(value, key) ?? stringAt(document, key);
  if (name === undefined) return {};
  const validator = objectAt(document, validatorsKey)[name];
  if (isJsonObject(validator)) return checked(validator, name);
  throw new NotExecutedError(`the request validator "${name}"`, `declare it in ${validatorsKey}`);
}

/** What is neither true nor false must not count as false. */
function checked(validator: JsonObject, name: string): JsonObject {
  for (const key of ["validateRequestBody", "validateRequestParameters"]) {
    const { [key]: value = false } = validator;
    if (typeof value !== "boolean") {
      throw new NotExecutedError(
        `the request validator "${name}" with ${key} ${JSON.stringify(value)}`,
        "write true or false",
      );
    }
  }
  return validator;
}

interface Parameter {
  readonly in: string;
  readonly name: string;
}

/** In the order in which API Gateway lists the missing ones. */
const locations = ["header", "path", "query"];

function requiredParameters(document: OpenApiDocument, operation: IntegratedOperation): Parameter[] {
  const owners = [objectAt(objectAt(document, "paths"), operation.path), operation.value];
  const parameters = owners.flatMap((owner) => {
    const declared = owner["parameters"];
    return Array.isArray(declared) ? declared : [];
  });
  return parameters
    .map((entry) => resolve(document, entry))
    .filter(isJsonObject)
    .filter((parameter) => parameter["required"] === true)
    .map((parameter) => ({ in: stringAt(parameter, "in") ?? "", name: stringAt(parameter, "name") ?? "" }))
    .sort((left, right) => locations.indexOf(left.in) - locations.indexOf(right.in));
}

/** What a reference of the document leads to, or the value itself. */
function resolve(document: OpenApiDocument, value: Json | undefined): Json | undefined {
  const reference = isJsonObject(value) ? stringAt(value, "$ref") : undefined;
  return reference === undefined ? value : resolvePointer(document, reference.slice(1));
}

/** Present and not blank is all that API Gateway asks of a parameter. */
function checkParameters(required: readonly Parameter[], exchange: Exchange): void {
  const missing = required.filter((parameter) => !(valueIn(parameter, exchange) ?? "").trim());
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name).join(", ");
    throw new GatewayError("BAD_REQUEST_PARAMETERS", {
      message: `Missing required request parameters: [${names}]`,
    });
  }
}

function valueIn({ in: location, name }: Parameter, exchange: Exchange): string | undefined {
  if (location === "path") return decodeSegment(exchange.pathParameters[name] ?? "");
  if (location === "query") return queryValue(exchange.query, name);
  return headerOf(exchange.headers, name);
}

function compileModels(
  document: OpenApiDocument,
  { value }: IntegratedOperation,
): Map<string, ValidateFunction> {
  const body = resolve(document, value["requestBody"]);
  return new Map(
    objectEntries(isJsonObject(body) ? body : {}, "content").flatMap(([mediaType, { schema }]) => {
      if (!isJsonObject(schema)) return [];
      return [[mediaType.toLowerCase(), compileModel(document, mediaType, schema)] as const];
    }),
  );
}

function compileModel(document: OpenApiDocument, mediaType: string, schema: JsonObject): ValidateFunction {
  const ajv = new draft4.default({ strict: false, validateFormats: false, logger: false });
  // References start from the document's root.
  const { components = {} } = document;
  try {
    return ajv.compile({ allOf: [schema], components });
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    throw new NotExecutedError(
      `the model for ${mediaType} (${fault})`,
      "write a JSON schema of draft 4 whose references lie in the document",
    );
  }
}

/** Where no model is declared for the body's media type, there is nothing to check. */
function checkBody(models: ReadonlyMap<string, ValidateFunction>, exchange: Exchange): void {
  const model = models.get(mediaTypeOf(headerOf(exchange.headers, "Content-Type")) ?? "application/json");
  if (model === undefined) return;
  const text = bytesOf(exchange.body).toString("utf8");
  if (!satisfies(model, text)) throw new GatewayError("BAD_REQUEST_BODY");
}

function satisfies(model: ValidateFunction, text: string): boolean {
  try {
    return model(JSON.parse(text)) === true;
  } catch {
    return false;
  }
}
