import { walkPlaces } from "../document-places.ts";
import { type JsonObject, objectEntries } from "../json.ts";
import { jsonPointer } from "../json-pointer.ts";

/** Where an export shows that it is one of an HTTP API (API Gateway v2), which import and run otherwise. */
export function signOfHttpApi(value: JsonObject): string | undefined {
  const top = ["x-amazon-apigateway-importexport-version", "x-amazon-apigateway-cors"].find(
    (key) => key in value,
  );
  if (top !== undefined) return jsonPointer(top);
  const stage = objectEntries(value, "paths").find(([path]) => path === "/$default" || path === "$default");
  if (stage !== undefined) return jsonPointer("paths", stage[0]);
  return [...walkPlaces(value)].find(({ value, place: { within, key } }) =>
    within === "integration"
      ? key === "integrationSubtype" || (key === "payloadFormatVersion" && !isFirstVersion(value))
      : within === "authorizer" && (key === "authorizerPayloadFormatVersion" || isJwt(key, value)),
  )?.place.pointer;
}

/** The format of REST APIs, which people copy along from documents of HTTP APIs; API Gateway ignores it here. */
export function isFirstVersion(value: unknown): boolean {
  return value === "1.0" || value === 1;
}

function isJwt(key: string | number, value: unknown): boolean {
  return key === "type" && value === "jwt";
}
