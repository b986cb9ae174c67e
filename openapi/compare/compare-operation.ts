import { isJsonObject, type Json, type JsonObject, objectAt, stringAt } from "../json.ts";
import { jsonPointer, resolvePointer } from "../json-pointer.ts";
import type { OpenApiDocument } from "../openapi-document.ts";
import { guardsOf, isSigned, schemeOf } from "../security.ts";
import {
  type Change,
  documentation,
  type Sides,
  validatorKey,
  validatorsKey,
  valueChanges,
} from "./change.ts";
import { compareSchemas, type Direction, type SchemaSide } from "./compare-schemas.ts";

const integrationKey = "x-amazon-apigateway-integration";

/** One method of a path in one of the documents. */
export interface Method {
  readonly path: string;
  readonly method: string;
  readonly pointer: string;
  readonly item: JsonObject;
  readonly value: JsonObject;
}

/** The same method in both documents, and its name in messages. */
export interface MethodPair extends Sides {
  readonly where: string;
  readonly was: Method;
  readonly is: Method;
}

/** What changed in one method, for its callers and behind it. */
export function compareOperation(pair: MethodPair): Change[] {
  return comparisons.flatMap((compare) => compare(pair));
}

/** Changes that break callers of one method if another method answers them: its requirements and its access. */
export function compareDemands(pair: MethodPair): Change[] {
  return demands.flatMap((compare) => compare(pair)).filter(({ breaking }) => breaking);
}

type Compare = (pair: MethodPair) => Change[];

const compareParameters: Compare = (pair) => {
  const were = parametersOf(pair.before, pair.was);
  const are = parametersOf(pair.after, pair.is);
  const names = [...new Set([...were.keys(), ...are.keys()])];
  return names.flatMap((name) => {
    const [was, is] = [were.get(name), are.get(name)];
    const required = is?.value["required"] === true;
    const caller = (breaking: boolean, message: string, pointer = is?.pointer ?? was?.pointer ?? "") =>
      callerChange(pair, breaking, pointer, describeParameter(name, pair) + message);
    if (is === undefined) return [caller(true, " was removed")];
    if (was === undefined) return [caller(required, required ? " is new and required" : " is new")];
    const wasRequired = was.value["required"] === true;
    return [
      ...(required === wasRequired
        ? []
        : [caller(required, required ? " is now required" : " is now optional")]),
      ...schemaChanges(pair, "request", was.value["schema"], is.value["schema"]).map(
        ({ breaking, place, message }) => caller(breaking, `${place === "" ? "" : `, ${place}`}: ${message}`),
      ),
    ];
  });
};

interface Parameter {
  readonly pointer: string;
  readonly value: JsonObject;
}

/** By `in.name`, those of the path by their place in it. An operation's own stand before those of its path. */
function parametersOf(
  document: OpenApiDocument,
  { item, value, path, pointer }: Method,
): Map<string, Parameter> {
  const places = [...path.matchAll(/\{([^{}+]*)\+?\}/g)].map((match) => match[1]);
  const owners = [
    { owner: item, at: jsonPointer("paths", path) },
    { owner: value, at: pointer },
  ];
  return new Map(
    owners.flatMap(({ owner, at }) => {
      const declared = owner["parameters"];
      if (!Array.isArray(declared)) return [];
      return declared.flatMap((entry, index): [string, Parameter][] => {
        const reference = isJsonObject(entry) ? stringAt(entry, "$ref") : undefined;
        const parameter = reference === undefined ? entry : resolvePointer(document, reference.slice(1));
        if (!isJsonObject(parameter)) return [];
        const name = String(parameter["name"]);
        const key =
          parameter["in"] === "path" ? `path.${places.indexOf(name)}` : `${parameter["in"]}.${name}`;
        return [[key, { pointer: `${at}${jsonPointer("parameters", index)}`, value: parameter }]];
      });
    }),
  );
}

function describeParameter(key: string, { is }: MethodPair): string {
  const [, place = "", name = ""] = /^([a-z]+)\.(.*)$/s.exec(key) ?? [];
  if (place !== "path") return `${place} parameter "${name}"`;
  const names = [...is.path.matchAll(/\{([^{}+]*)\+?\}/g)].map((match) => match[1]);
  return `path parameter "${names[Number(name)] ?? name}"`;
}

const compareBodies: Compare = (pair) => {
  const [was, is] = [objectAt(pair.was.value, "requestBody"), objectAt(pair.is.value, "requestBody")];
  const pointer = `${pair.is.pointer}/requestBody`;
  const [wasRequired, isRequired] = [was["required"] === true, is["required"] === true];
  return [
    ...(wasRequired === isRequired
      ? []
      : [
          callerChange(
            pair,
            isRequired,
            pointer,
            isRequired ? "the body is now required" : "the body is now optional",
          ),
        ]),
    ...contentChanges(pair, "request", { was, is, pointer, name: "the body" }),
  ];
};

const compareResponses: Compare = (pair) => {
  const [was, is] = [objectAt(pair.was.value, "responses"), objectAt(pair.is.value, "responses")];
  const statuses = [...new Set([...Object.keys(was), ...Object.keys(is)])].toSorted();
  return statuses.flatMap((status) => {
    const inNewer = Object.hasOwn(is, status);
    const pointer = `${(inNewer ? pair.is : pair.was).pointer}${jsonPointer("responses", status)}`;
    if (!inNewer) return [callerChange(pair, true, pointer, `status ${status} was removed`)];
    if (!Object.hasOwn(was, status)) return [callerChange(pair, false, pointer, `status ${status} is new`)];
    const [before, after] = [objectAt(was, status), objectAt(is, status)];
    return [
      ...headerChanges(pair, status, before, after, pointer),
      ...contentChanges(pair, "response", {
        was: before,
        is: after,
        pointer,
        name: `the response ${status}`,
      }),
    ];
  });
};

function headerChanges(
  pair: MethodPair,
  status: string,
  before: JsonObject,
  after: JsonObject,
  pointer: string,
): Change[] {
  const [were, are] = [objectAt(before, "headers"), objectAt(after, "headers")];
  const names = [...new Set([...Object.keys(were), ...Object.keys(are)])].toSorted();
  return names.flatMap((name) => {
    const at = pointer + jsonPointer("headers", name);
    const call = `header "${name}" of the response ${status}`;
    if (!Object.hasOwn(are, name)) return [callerChange(pair, true, at, `${call} was removed`)];
    if (!Object.hasOwn(were, name)) return [callerChange(pair, false, at, `${call} is new`)];
    return schemaChanges(pair, "response", objectAt(were, name)["schema"], objectAt(are, name)["schema"]).map(
      ({ breaking, message }) => callerChange(pair, breaking, at, `${call}: ${message}`),
    );
  });
}

interface Contents {
  readonly was: JsonObject;
  readonly is: JsonObject;
  readonly pointer: string;
  readonly name: string;
}

/** A body without media types may be any. */
function contentChanges(
  pair: MethodPair,
  direction: Direction,
  { was, is, pointer, name }: Contents,
): Change[] {
  const [were, are] = [objectAt(was, "content"), objectAt(is, "content")];
  const types = [...new Set([...Object.keys(were), ...Object.keys(are)])].toSorted();
  return types.flatMap((type) => {
    const at = pointer + jsonPointer("content", type);
    if (!Object.hasOwn(are, type)) return [callerChange(pair, true, at, `${name} as ${type} was removed`)];
    if (!Object.hasOwn(were, type)) return [callerChange(pair, false, at, `${name} as ${type} is new`)];
    return schemaChanges(pair, direction, objectAt(were, type)["schema"], objectAt(are, type)["schema"]).map(
      ({ breaking, place, message }) =>
        callerChange(
          pair,
          breaking,
          `${at}/schema`,
          `${name}${place === "" ? "" : `, ${place}`}: ${message}`,
        ),
    );
  });
}

function schemaChanges(
  { before, after }: Sides,
  direction: Direction,
  was: Json | undefined,
  is: Json | undefined,
) {
  const side = (document: OpenApiDocument, schema: Json | undefined): SchemaSide => ({ document, schema });
  return compareSchemas(side(before, was), side(after, is), direction);
}

/**
 * Who may call, as API Gateway applies it. It ignores `security` of the document and unknown schemes. If callers need no
 * credentials any more, that counts as breaking: everybody else may call too.
 */
const compareSecurity: Compare = (pair) => {
  const pointer = `${pair.is.pointer}/security`;
  const [wasRefused, isRefused] = [isLeftOut(pair.before, pair.was), isLeftOut(pair.after, pair.is)];
  if (isRefused) {
    const message = "is no longer created: its security scheme has no authorizer";
    return wasRefused ? [] : [callerChange(pair, true, pointer, message)];
  }
  if (wasRefused)
    return [callerChange(pair, false, pointer, "is new: before, its security scheme had no authorizer")];
  const [was, is] = [needsOf(pair.before, pair.was), needsOf(pair.after, pair.is)];
  if (was === is) return [];
  if (is === nothing)
    return [callerChange(pair, true, pointer, `callers now need no credentials; before: ${was}`)];
  return [callerChange(pair, true, pointer, `callers now need ${is}; before: ${was}`)];
};

const nothing = "nothing";

/** A method whose scheme lacks its authorizer is not even created. */
function isLeftOut(document: OpenApiDocument, { value }: Method): boolean {
  return guardsOf(document, value).some(({ guard }) => guard === "refused");
}

/** What a caller must send, without the names of schemes: `an authorizer (header authorization, scopes read) and an API key` */
function needsOf(document: OpenApiDocument, { value }: Method): string {
  const needs = guardsOf(document, value).flatMap(({ scheme, guard, scopes }) => {
    if (guard === "apiKey") return [apiKeyNeed(document)];
    if (guard !== "authorizer") return [];
    return [authorizerNeed(schemeOf(document, scheme)?.value ?? {}, scopes.map(String))];
  });
  const all = new Set([...needs, ...(isSigned(document, value) ? ["a signature"] : [])]);
  return all.size === 0 ? nothing : [...all].toSorted().join(" and ");
}

function apiKeyNeed(document: OpenApiDocument): string {
  const source = document["x-amazon-apigateway-api-key-source"];
  return source === "AUTHORIZER" ? "an API key of the authorizer" : "an API key";
}

function authorizerNeed(scheme: JsonObject, scopes: readonly string[]): string {
  const authorizer = objectAt(scheme, "x-amazon-apigateway-authorizer");
  const sent = stringAt(authorizer, "identitySource") ?? `method.request.${scheme["in"]}.${scheme["name"]}`;
  const identity = sent
    .split(",")
    .map((source) => source.trim().replace(/^method\.request\.header\..*$/, (name) => name.toLowerCase()))
    .toSorted()
    .join(", ");
  const form = stringAt(authorizer, "identityValidationExpression");
  const details = [
    identity,
    ...(form === undefined ? [] : [`as ${form}`]),
    ...(scopes.length === 0 ? [] : [`scopes ${scopes.toSorted().join(" ")}`]),
  ];
  return `an authorizer (${details.join(", ")})`;
}

/** New validation refuses requests that were accepted before. */
const compareValidators: Compare = (pair) => {
  const [was, is] = [[pair.before, pair.was.value] as const, [pair.after, pair.is.value] as const].map(
    ([document, operation]) => {
      const name = operation[validatorKey] ?? document[validatorKey];
      return objectAt(objectAt(document, validatorsKey), String(name));
    },
  ) as [JsonObject, JsonObject];
  return ["validateRequestBody", "validateRequestParameters"].flatMap((key) => {
    const [did, does] = [was[key] === true, is[key] === true];
    if (did === does) return [];
    const what = key === "validateRequestBody" ? "bodies" : "parameters";
    const pointer = `${pair.is.pointer}${jsonPointer(validatorKey)}`;
    return [
      callerChange(
        pair,
        does,
        pointer,
        does ? `${what} are now validated` : `${what} are no longer validated`,
      ),
    ];
  });
};

const compareIntegrations: Compare = (pair) =>
  valueChanges(pair.was.value[integrationKey], pair.is.value[integrationKey]).map(({ place, message }) => ({
    side: "behind",
    breaking: false,
    where: pair.where,
    pointer: pair.is.pointer + jsonPointer(integrationKey, ...place),
    message: `${place.length === 0 ? "the integration" : place.join(" › ")} ${message}`,
  }));

const comparedKeys = new Set([
  "parameters",
  "requestBody",
  "responses",
  "security",
  validatorKey,
  integrationKey,
]);

/** All other parts of an operation, so that no change is missed. */
const compareOthers: Compare = (pair) => {
  const keys = [...new Set([...Object.keys(pair.was.value), ...Object.keys(pair.is.value)])]
    .filter((key) => !comparedKeys.has(key) && !documentation.has(key))
    .toSorted();
  return keys.flatMap((key) =>
    valueChanges(pair.was.value[key], pair.is.value[key]).map(({ place, message }) => ({
      side: "behind" as const,
      breaking: false,
      where: pair.where,
      pointer: pair.is.pointer + jsonPointer(key, ...place),
      message: `${[key, ...place].join(" › ")} ${message}`,
    })),
  );
};

/** What callers have to send. */
const demands: readonly Compare[] = [compareSecurity, compareParameters, compareValidators];

const comparisons: readonly Compare[] = [
  ...demands,
  compareBodies,
  compareResponses,
  compareIntegrations,
  compareOthers,
];

function callerChange({ where }: MethodPair, breaking: boolean, pointer: string, message: string): Change {
  return { side: "caller", breaking, where, pointer, message };
}
