/** Whether API Gateway reads a text, or only people do. */
export type TextUse = "read" | "described";

const described: ReadonlySet<string> = new Set([
  ...["description", "example", "examples", "externalDocs", "info", "schema", "summary", "tags", "title"],
  "x-amazon-apigateway-documentation",
]);

/**
 * How a text at this place is used. API Gateway reads extensions and names, except documentation. Descriptions, examples and
 * schemas are for people. The first segment of the path that matches decides.
 */
export function useOf(segments: readonly (string | number)[]): TextUse {
  for (const [at, segment] of segments.entries()) {
    const word = String(segment);
    if (described.has(word) && !isName(segments, at)) return "described";
    if (word.startsWith("x-amazon-")) return "read";
    if (word.startsWith("x-") && !isName(segments, at)) return "described";
    if (at === 2 && segments[0] === "components" && segments[1] === "schemas") return "described";
  }
  return "read";
}

/** A path, a header, a status or a component may have the name of a keyword. */
const maps = new Set(["callbacks", "content", "headers", "links", "parameters", "paths", "responses"]);
const components = new Set(["requestBodies", "schemas", "securitySchemes"]);

function isName(segments: readonly (string | number)[], at: number): boolean {
  const before = String(segments[at - 1] ?? "");
  return maps.has(before) || (segments[0] === "components" && at === 2 && components.has(before));
}
