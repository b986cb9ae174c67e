import { parseJson } from "../../../contract/parse-json.ts";
import type { Comparison } from "./compare.ts";
import { type Body, bytesOfBody } from "./vector.ts";

/** Parsed, as a pattern, or byte by byte, by what a vector expects; where it expects nothing, any body will do. */
export function compareBody(
  where: string,
  expected: Body & { readonly json?: unknown },
  actual: Buffer,
  comparison: Comparison,
): void {
  const text = () => actual.toString("utf8");
  const bytes = bytesOfBody(expected);
  if (expected.json !== undefined) comparison.value(where, expected.json, parseJson(text()));
  else if (expected.bodyText?.includes("{{")) comparison.text(where, expected.bodyText, text());
  else if (bytes !== undefined) comparison.bytes(where, bytes, actual);
}
