import { isJsonObject, type Json } from "../json.ts";
import type { OpenApiDocument } from "../openapi-document.ts";

/** Something that two documents of one API differ in. */
export interface Change {
  /** Who notices: those who call the API, or only what API Gateway does behind it. */
  readonly side: "caller" | "behind";
  /** A caller that worked before may not work any more. */
  readonly breaking: boolean;
  /** `POST /orders/{id}`, or `(document)`. */
  readonly where: string;
  /** In the newer document; of what is gone, in the older one. */
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

/** Texts for readers: they change nothing that is sent. */
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
