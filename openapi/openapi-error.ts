import type { Problem } from "./openapi-document.ts";

/**
 * `OPENAPI_PARSE`: not a document. `OPENAPI_BIND`: its placeholders and the values don't fit. `OPENAPI_RENDER`: it
 * breaks rules, or can't be bound. `OPENAPI_ENDPOINT`: no policy for its VPC endpoints. `OPENAPI_IMPORT`: an export that
 * can't be made canonical.
 */
export type OpenApiErrorCode =
  | "OPENAPI_IMPORT"
  | "OPENAPI_PARSE"
  | "OPENAPI_BIND"
  | "OPENAPI_RENDER"
  | "OPENAPI_ENDPOINT";

/** A document that can't be used, with everything that is wrong with it. */
export class OpenApiError extends Error {
  override readonly name = "OpenApiError";
  readonly code: OpenApiErrorCode;
  readonly problems: readonly Problem[];

  constructor(code: OpenApiErrorCode, summary: string, problems: readonly Problem[], options?: ErrorOptions) {
    super([`${summary}:`, ...problems.map(formatProblem)].join("\n  "), options);
    this.code = code;
    this.problems = problems;
  }
}

export function formatProblem({ rule, pointer, message }: Problem): string {
  return `${pointer === "" ? "(document)" : pointer}: ${message} [${rule}]`;
}
