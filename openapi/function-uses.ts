import { walk } from "./json-pointer.ts";
import type { OpenApiDocument } from "./openapi-document.ts";

/** A function that API Gateway invokes for a document. */
export interface FunctionUse {
  /** `function.<name>` */
  readonly placeholder: string;
  /** Version or alias behind the placeholder. */
  readonly qualifier: string | undefined;
  readonly by: "integration" | "authorizer";
}

const invoked = /\{\{(function\.[A-Za-z0-9]+)\}\}(?::([A-Za-z0-9_$-]+))?/g;

/** Which functions need a permission for the API, each once for what it is used by. */
export function functionUses(document: OpenApiDocument): FunctionUse[] {
  const uses = new Map<string, FunctionUse>();
  for (const { segments, value } of walk(document)) {
    const key = segments.at(-1);
    if (typeof value !== "string" || (key !== "uri" && key !== "authorizerUri")) continue;
    const by = key === "uri" ? "integration" : "authorizer";
    for (const [, placeholder = "", qualifier] of value.matchAll(invoked)) {
      uses.set([by, placeholder, qualifier].join(" "), { placeholder, qualifier, by });
    }
  }
  return [...uses.values()];
}
