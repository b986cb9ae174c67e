import { isJsonObject, type Json } from "../json.ts";
import type { OpenApiDocument } from "../openapi-document.ts";

/** A difference between two documents of one API. */
export interface Change {
  /** Whether callers notice the change, or only the integration behind the API changes. */
  readonly side: "caller" | "behind";
  /** A caller that worked before may fail now. */
  readonly breaking: boolean;
  /** `POST /orders/{id}`, or `(document)`. */
  readonly where: string;
  /** In the newer document; for a removed part, in the older one. */
  readonly pointer: string;
  readonly message: string;
}

/** Both documents that are compared. */
export interface Sides {
  readonly before: OpenApiDocument;
  readonly after: OpenApiDocument;
}

export const validatorKey = "x-amazon-apigateway-request-validator";
export const validatorsKey = "x-amazon-apigateway-request-validators";

/** Texts for people: they do not change requests or responses. */
export const documentation = new Set([
  ...[
    "description",
    "example",
    "examples",
    "externalDocs",
    "info",
    "operationId",
    "summary",
    "tags",
    "title",
  ],
  "x-amazon-apigateway-documentation",
]);

/** A place in which two values differ. */
export interface ValueChange {
  readonly place: string[];
  readonly message: string;
}

/** The innermost places in which two values differ. */
export function valueChanges(
  was: Json | undefined,
  is: Json | undefined,
  place: string[] = [],
): ValueChange[] {
  if (JSON.stringify(was) === JSON.stringify(is)) return [];
  if (isJsonObject(was) && isJsonObject(is)) {
    const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])].toSorted();
    return keys.flatMap((key) => valueChanges(was[key], is[key], [...place, key]));
  }
  if (was === undefined) return [{ place, message: `is new: ${shorten(is)}` }];
  if (is === undefined) return [{ place, message: `was removed: ${shorten(was)}` }];
  return [{ place, message: `changed from ${shorten(was)} to ${shorten(is)}` }];
}

function shorten(value: Json | undefined): string {
  const text = JSON.stringify(value);
  return text.length > 160 ? `${text.slice(0, 159)}…` : text;
}
