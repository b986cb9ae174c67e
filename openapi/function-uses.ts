import { walk } from "./json-pointer.ts";
import type { OpenApiDocument } from "./openapi-document.ts";

/** A function that API Gateway invokes for a document. */
export interface FunctionUse {
  /** `function.<name>` */
  readonly placeholder: string;
  /** Version or alias behind the placeholder. */
  readonly qualifier: string | undefined;
  /** The stage variable that holds it. */
  readonly qualifierVariable: string | undefined;
  readonly by: "integration" | "authorizer";
}

const invoked =
  /\{\{(function\.[A-Za-z0-9]+)\}\}(?::(?:\$\{stageVariables\.([A-Za-z0-9_]+)\}|([A-Za-z0-9_$-]+)))?/g;

/** Which functions need a permission for the API, each once for what it is used by. */
export function functionUses(document: OpenApiDocument): FunctionUse[] {
  const uses = new Map<string, FunctionUse>();
  for (const { segments, value } of walk(document)) {
    const key = segments.at(-1);
    if (typeof value !== "string" || (key !== "uri" && key !== "authorizerUri")) continue;
    const by = key === "uri" ? "integration" : "authorizer";
    for (const [, placeholder = "", qualifierVariable, qualifier] of value.matchAll(invoked)) {
      uses.set([by, placeholder, qualifierVariable, qualifier].join(" "), {
        ...{ placeholder, qualifier, qualifierVariable, by },
      });
    }
  }
  return [...uses.values()];
}
