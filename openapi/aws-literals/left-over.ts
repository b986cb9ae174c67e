import { isJsonObject, type Json, stringAt } from "../json.ts";
import { jsonPointer, walk } from "../json-pointer.ts";
import type { OpenApiDocument } from "../openapi-document.ts";
import { parseServiceUri } from "../service-uri.ts";
import { type AwsLiteral, awsLiteralsIn } from "./literals-in.ts";
import { type TextUse, useOf } from "./text-places.ts";

/** A literal of AWS in a document, in place of a placeholder. */
export interface LeftOver {
  readonly pointer: string;
  readonly use: TextUse;
  readonly literal: AwsLiteral;
}

/** Kept for each document: several rules use them, and a parsed document does not change. */
const known = new WeakMap<OpenApiDocument, LeftOver[]>();

/** All literals of AWS in the texts and keys of a document. */
export function leftOverLiterals(document: OpenApiDocument): LeftOver[] {
  const found = known.get(document) ?? find(document);
  known.set(document, found);
  return found;
}

const integrationKey = "x-amazon-apigateway-integration";

function find(document: OpenApiDocument): LeftOver[] {
  const services = new Map<string, string>();
  return [...walk(document)].flatMap(({ pointer, segments, value }) => {
    const key = String(segments.at(-1) ?? "");
    if (key === integrationKey && isJsonObject(value)) {
      services.set(pointer, parseServiceUri(stringAt(value, "uri") ?? "")?.service ?? "");
    }
    const at = segments.lastIndexOf(integrationKey);
    const service = services.get(jsonPointer(...segments.slice(0, at + 1))) ?? "";
    const told = (text: string, place: readonly (string | number)[]) =>
      awsLiteralsIn(text, { service, key }).map((literal) => ({ pointer, use: useOf(place), literal }));
    return [
      ...(typeof segments.at(-1) === "string" ? told(key, segments.slice(0, -1)) : []),
      ...(isText(value, segments) ? told(String(value), segments) : []),
    ];
  });
}

/** An account id may be written as a number where API Gateway reads it; in a schema a number is a bound. */
function isText(value: Json, segments: readonly (string | number)[]): boolean {
  return typeof value === "string" || (typeof value === "number" && useOf(segments) === "read");
}

/** The problem and the correction, with the literal as its author wrote it. */
export function describeLiteral(
  { what, text, kind, isRegion, isSecret }: AwsLiteral,
  written = text,
): string {
  const shown = isSecret
    ? `${written.slice(0, 4)}…`
    : written.length > 120
      ? `${written.slice(0, 120)}…`
      : written;
  return `found ${what}: "${shown}"; ${advice(kind, isRegion, isSecret)}`;
}

function advice(kind: string | undefined, isRegion?: true, isSecret?: true): string {
  if (isSecret) return "remove it from the document, and revoke it: everybody who has seen it can use it";
  if (isRegion) return "write {{region}} or {{partition}} if it is the API's own, or use a stage variable";
  if (kind === "account") return "write {{account}} if it is the API's own, or use a stage variable";
  if (kind === undefined) return "there is no placeholder for it: use a stage variable, or remove it";
  return `write a placeholder {{${kind}.name}} in its place`;
}
