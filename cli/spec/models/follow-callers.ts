import { CALLER_HEADER } from "../../../contract/keys.ts";
import { isJsonObject, type Json, type JsonObject, objectAt, stringAt } from "../../../openapi/json.ts";
import { jsonPointer, resolvePointer } from "../../../openapi/json-pointer.ts";
import { type Operation, operationsOf } from "../../../openapi/operations.ts";
import { parseServiceUri } from "../../../openapi/service-uri.ts";
import { type Changed, differences } from "./change.ts";
import type { DomainDocument } from "./domain-documents.ts";
import { setAt } from "./edit-at.ts";
import { caller, PARAMETERS_VALIDATOR, requestValidation } from "./operation-parts.ts";
import { MAPPINGS_OF_CALLERS } from "./s3-operations.ts";

/** A value that a document must have at a pointer. */
type Need = readonly [pointer: string, value: Json];

/**
 * A document in which no operation of the domain answers one caller with what is another's: each requires the caller, and
 * has it in the keys of S3. What else its owner made of an operation stays.
 */
export function followCallers(document: JsonObject, { document: wanted }: DomainDocument): Changed {
  return operationsOf(wanted).reduce<Changed>(
    (before, operation) =>
      [callerNeeds, validatorNeeds, integrationNeeds].reduce<Changed>(
        (changed, needsOf) => meet(changed, needsOf(changed.document, operation)),
        before,
      ),
    { document, changes: [] },
  );
}

function meet(changed: Changed, needs: readonly Need[]): Changed {
  return needs.reduce<Changed>(
    ({ document, changes }, [pointer, value]) => ({
      document: setAt(document, pointer, value),
      changes: [...changes, ...differences(resolvePointer(document, pointer), value, pointer)],
    }),
    changed,
  );
}

function callerNeeds(document: JsonObject, { path, pointer }: Operation): Need[] {
  const operation = resolvePointer(document, pointer);
  if (!isJsonObject(operation)) return [];
  const own = parametersOf(operation);
  const shared = parametersOf(objectAt(objectAt(document, "paths"), path));
  // The operation's own declaration counts before that of its path.
  const declared = [...own, ...shared].find((parameter) => isCaller(resolved(document, parameter)));
  if (isJsonObject(declared) && resolved(document, declared)?.["required"] === true) return [];
  const place = own.findIndex((parameter) => isJsonObject(parameter) && isCaller(parameter));
  const parameters = own.filter((parameter) => !isCaller(resolved(document, parameter)));
  const behind = parameters.findIndex((parameter) => comesAfter(resolved(document, parameter)));
  const found = own[place];
  const entry = isJsonObject(found) ? { ...found, required: true } : caller;
  const at = place < 0 ? (behind < 0 ? parameters.length : behind) : place;
  return [[`${pointer}/parameters`, parameters.toSpliced(at, 0, entry)]];
}

function parametersOf(owner: JsonObject): Json[] {
  const parameters = owner["parameters"];
  return Array.isArray(parameters) ? parameters : [];
}

function resolved(document: JsonObject, parameter: Json): JsonObject | undefined {
  if (!isJsonObject(parameter)) return undefined;
  const reference = stringAt(parameter, "$ref");
  const value = reference === undefined ? parameter : resolvePointer(document, reference.slice(1));
  return isJsonObject(value) ? value : undefined;
}

/** In the spelling that mappings use: API Gateway takes another one for another parameter. */
function isCaller(parameter: JsonObject | undefined): boolean {
  return parameter?.["in"] === "header" && parameter["name"] === CALLER_HEADER;
}

function comesAfter(parameter: JsonObject | undefined): boolean {
  return parameter?.["in"] === "header" && (stringAt(parameter, "name") ?? "") > CALLER_HEADER;
}

const nameKey = "x-amazon-apigateway-request-validator";
const validatorsKey = "x-amazon-apigateway-request-validators";

/** Whatever validator an owner has chosen: it also looks for what is required. */
function validatorNeeds(document: JsonObject, { pointer }: Operation): Need[] {
  const operation = resolvePointer(document, pointer);
  if (!isJsonObject(operation)) return [];
  const chosen = stringAt(operation, nameKey) ?? stringAt(document, nameKey);
  const name = chosen ?? PARAMETERS_VALIDATOR;
  const validator = objectAt(objectAt(document, validatorsKey), name);
  const complete = { ...requestValidation[validatorsKey][PARAMETERS_VALIDATOR], ...validator };
  return [
    ...(chosen === undefined ? [[jsonPointer(nameKey), name] as const] : []),
    ...(validator["validateRequestParameters"] === true
      ? []
      : [[jsonPointer(validatorsKey, name), { ...complete, validateRequestParameters: true }] as const]),
  ];
}

/** Where S3 stands behind it: an owner may have put something else there, and may name the bucket otherwise. */
function integrationNeeds(document: JsonObject, { pointer, integration: wanted }: Operation): Need[] {
  const at = `${pointer}${jsonPointer("x-amazon-apigateway-integration")}`;
  const existing = resolvePointer(document, at);
  if (wanted === undefined || !isJsonObject(existing)) return [];
  const uri = withKeyOf(wanted.uri, stringAt(existing, "uri") ?? "");
  if (uri === undefined) return [];
  const mappings = wanted.requestParameters.filter(({ name }) => MAPPINGS_OF_CALLERS.has(name));
  return [
    [`${at}/uri`, uri],
    ...mappings.map(({ name, source }): Need => [`${at}${jsonPointer("requestParameters", name)}`, source]),
  ];
}

/** The URI of an object in the bucket that it names, under the key of the wanted one. */
function withKeyOf(wanted: string, uri: string): string | undefined {
  const isOfS3 = [wanted, uri].every((each) => {
    const parsed = parseServiceUri(each);
    return parsed?.service === "s3" && parsed.kind === "path";
  });
  const bucketAndKey = /^(.*?:path\/[^/]+\/)(.+)$/s;
  const [, bucket] = bucketAndKey.exec(uri) ?? [];
  const [, , key] = bucketAndKey.exec(wanted) ?? [];
  return isOfS3 && bucket !== undefined && key !== undefined ? bucket + key : undefined;
}
