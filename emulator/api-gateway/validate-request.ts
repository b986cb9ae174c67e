import draft4, { type ValidateFunction } from "ajv-draft-04";
import { isJsonObject, type JsonObject, objectAt, stringAt } from "../../openapi/json.ts";
import { resolvePointer } from "../../openapi/json-pointer.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import type { IntegratedOperation } from "../../openapi/operations.ts";
import type { Exchange } from "./exchange.ts";
import { GatewayError } from "./gateway-error.ts";
import { headerOf } from "./messages.ts";
import { bytesOf, mediaTypeOf } from "./payload.ts";

/** @throws GatewayError if the request lacks a required parameter, or its body breaks its model */
export type RequestValidator = (exchange: Exchange) => void;

/** Compiles what the request validator of an operation asks for; nothing where it has none. */
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

function validatorOf(document: OpenApiDocument, { value }: IntegratedOperation): JsonObject {
  const key = "x-amazon-apigateway-request-validator";
  const name = stringAt(value, key) ?? stringAt(document, key) ?? "";
  return objectAt(objectAt(document, "x-amazon-apigateway-request-validators"), name);
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
    .map((entry) => {
      const reference = isJsonObject(entry) ? stringAt(entry, "$ref") : undefined;
      return reference === undefined ? entry : resolvePointer(document, reference.slice(1));
    })
    .filter(isJsonObject)
    .filter((parameter) => parameter["required"] === true)
    .map((parameter) => ({ in: stringAt(parameter, "in") ?? "", name: stringAt(parameter, "name") ?? "" }))
    .sort((left, right) => locations.indexOf(left.in) - locations.indexOf(right.in));
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
  if (location === "path") return exchange.pathParameters[name];
  if (location === "query") return exchange.query.get(name) ?? undefined;
  return headerOf(exchange.headers, name);
}

function compileModels(
  document: OpenApiDocument,
  { value }: IntegratedOperation,
): Map<string, ValidateFunction> {
  const ajv = new draft4.default({ strict: false, validateFormats: false, logger: false });
  const contents = Object.entries(objectAt(objectAt(value, "requestBody"), "content"));
  return new Map(
    contents.filter(isJsonEntry).map(([mediaType, content]) => {
      // References start from the document's root.
      const { components = {} } = document;
      return [mediaType, ajv.compile({ allOf: [objectAt(content, "schema")], components })];
    }),
  );
}

function isJsonEntry(entry: [string, unknown]): entry is [string, JsonObject] {
  return isJsonObject(entry[1]);
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
