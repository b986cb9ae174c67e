import { isJsonObject, type Json } from "../../../openapi/json.ts";

const topParts: ReadonlySet<string | number> = new Set([
  "servers",
  "host",
  "basePath",
  "schemes",
  "x-amazon-apigateway-policy",
  "x-amazon-apigateway-endpoint-configuration",
  "x-amazon-apigateway-security-policy",
  "x-amazon-apigateway-endpoint-access-mode",
]);
const filledInAgain: ReadonlySet<string> = new Set(["cacheNamespace", "payloadFormatVersion"]);

/**
 * Whether an import may leave this part out (docs/import-an-api.md): parts that the stack or the environment supplies,
 * defaults of API Gateway, and empty parts. It does not use the code of the import.
 */
export function mayBeLeftOut(segments: readonly (string | number)[], value: Json): boolean {
  const [first = "", second, third] = segments;
  const [key, parent] = [segments.at(-1) ?? "", segments.at(-2)];
  if (segments.length === 1) return topParts.has(first);
  if (first === "tags") return segments.length === 2;
  if (first === "components") {
    const isModel = second === "schemas" && segments.length === 3;
    return isModel && /^(?:Empty|Error|MODEL[0-9a-f]{6})$/.test(String(third));
  }
  if (first !== "paths") return false;
  if (key === "servers") return segments.length === 3 || segments.length === 4;
  if (key === "responseTransferMode") return value === "BUFFERED";
  if (parent === "x-amazon-apigateway-integration") return filledInAgain.has(String(key));
  return key === "content" && isJsonObject(value) && Object.keys(value).length === 0;
}
