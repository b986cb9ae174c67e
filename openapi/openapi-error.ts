import { UserError } from "../contract/user-error.ts";
import type { Problem } from "./openapi-document.ts";

/** A document that can't be used, with everything that is wrong with it. */
export class OpenApiError extends UserError {
  override readonly name = "OpenApiError";
  readonly problems: readonly Problem[];

  constructor(summary: string, problems: readonly Problem[], options?: ErrorOptions) {
    super([`${summary}:`, ...problems.map(formatProblem)].join("\n  "), options);
    this.problems = problems;
  }
}

export function formatProblem({ rule, pointer, message }: Problem): string {
  return `${pointer === "" ? "(document)" : pointer}: ${message} [${rule}]`;
}
