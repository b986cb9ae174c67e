import type { JsonObject } from "./json.ts";

/** An OpenAPI 3.0 document whose outermost shape was checked; what lies below is still to be looked at. */
export interface OpenApiDocument extends JsonObject {
  openapi: string;
  paths: JsonObject;
}

/** Something in a document that has to change before it may be deployed. */
export interface Problem {
  /** Id of the rule that found it. */
  rule: string;
  /** JSON pointer (RFC 6901) of the place. */
  pointer: string;
  message: string;
}
