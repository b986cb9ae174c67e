import { isJsonObject, type JsonObject, objectAt, objectEntries } from "../json.ts";
import { jsonPointer } from "../json-pointer.ts";
import { methods } from "../methods.ts";
import type { OpenApiDocument } from "../openapi-document.ts";
import { type Change, documentation, validatorKey, validatorsKey, valueChanges } from "./change.ts";
import { compareDemands, compareOperation, type Method, type MethodPair } from "./compare-operation.ts";

const anyMethod = "x-amazon-apigateway-any-method";
const responsesKey = "x-amazon-apigateway-gateway-responses";

/** The changes from one document to another: those for callers first, and breaking ones first among them. */
export function compareDocuments(before: OpenApiDocument, after: OpenApiDocument): Change[] {
  const changes = [...compareOperations(before, after), ...compareTop(before, after)];
  const rank = ({ side, breaking }: Change) => (breaking ? 0 : side === "caller" ? 1 : 2);
  return changes.toSorted((a, b) => rank(a) - rank(b));
}

function compareOperations(before: OpenApiDocument, after: OpenApiDocument): Change[] {
  const [were, are] = [before, after].map(methodsByRoute) as [Map<string, Method>, Map<string, Method>];
  const gone = [...were].flatMap(([route, was]) => {
    if (are.has(route)) return [];
    const is = answeringMethod(was, are);
    return [removedMethod(was, is), ...whatBreaks({ before, after, where: nameOf(was), was, is })];
  });
  const rest = [...are].flatMap(([route, is]) => {
    const was = were.get(route);
    const where = nameOf(is);
    if (was === undefined) {
      const isNew = {
        side: "caller",
        breaking: false,
        where,
        pointer: is.pointer,
        message: "is new",
      } as const;
      return [isNew, ...whatBreaks({ before, after, where, was: answeringMethod(is, were), is })];
    }
    const pair = { before, after, where, was, is };
    return compareOperation(pair);
  });
  return [...gone, ...rest];
}

function methodsByRoute(document: OpenApiDocument): Map<string, Method> {
  return new Map(
    objectEntries(document, "paths").flatMap(([path, item]) =>
      methods.flatMap((method): [string, Method][] => {
        const value = item[method];
        if (!isJsonObject(value)) return [];
        return [
          [routeOf(path, method), { path, method, pointer: jsonPointer("paths", path, method), item, value }],
        ];
      }),
    ),
  );
}

/** A path as callers see it, without the names of its parameters. */
function routeOf(path: string, method: string): string {
  return `${method} ${path.replace(/\{[^{}+]*(\+?)\}/g, "{$1}")}`;
}

function nameOf({ path, method }: Method): string {
  return `${method === anyMethod ? "ANY" : method.toUpperCase()} ${path}`;
}

/** The method that answers if a document does not have the called one: ANY of the path, or a greedy path above it. */
function answeringMethod({ path, method }: Method, all: ReadonlyMap<string, Method>): Method | undefined {
  const segments = path.split("/");
  const greedy = segments.slice(1).map((_, index) => `${segments.slice(0, index + 1).join("/")}/{proxy+}`);
  return [path, ...greedy.toReversed()]
    .flatMap((each) => [routeOf(each, method), routeOf(each, anyMethod)])
    .map((route) => all.get(route))
    .find((found) => found !== undefined && found.path + found.method !== path + method);
}

function removedMethod(was: Method, is: Method | undefined): Change {
  return {
    side: "caller",
    breaking: is === undefined,
    where: nameOf(was),
    pointer: was.pointer,
    message:
      is === undefined ? "was removed" : `is now answered by ${is.path === was.path ? "ANY" : nameOf(is)}`,
  };
}

/** Changes for callers of a method that another method now answers. */
function whatBreaks({
  was,
  is,
  ...rest
}: Omit<MethodPair, "was" | "is"> & { was: Method | undefined; is: Method | undefined }): Change[] {
  return was === undefined || is === undefined ? [] : compareDemands({ ...rest, was, is });
}

/** Parts of the document that are compared with the operations that use them. */
const usedByOperations = new Set(["openapi", "paths", validatorKey, validatorsKey]);

function compareTop(before: OpenApiDocument, after: OpenApiDocument): Change[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((key) => !usedByOperations.has(key) && !documentation.has(key))
    .toSorted();
  return keys.flatMap((key) => {
    const [was, is] = key === "components" ? [before, after].map(withoutModels) : [before[key], after[key]];
    return valueChanges(was, is).map(
      ({ place, message }): Change => ({
        side: key === responsesKey ? "caller" : "behind",
        breaking: false,
        where: "(document)",
        pointer: jsonPointer(key, ...place),
        message: `${[key, ...place].join(" › ")} ${message}`,
      }),
    );
  });
}

/** Models and parameters are compared only where an operation refers to them. */
function withoutModels(document: OpenApiDocument): JsonObject {
  const { schemas: _, parameters: __, ...rest } = objectAt(document, "components");
  return rest;
}
