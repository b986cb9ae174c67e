import { walk } from "./json-pointer.ts";
import type { OpenApiDocument } from "./openapi-document.ts";

/** A function that API Gateway invokes for a document. */
export interface FunctionUse {
  /** `{{function.<name>}}`, or the name or ARN of one of the API's own account, in which stage variables may stand. */
  readonly functionText: string;
  /** Version or alias behind it, in which stage variables may stand. */
  readonly qualifierText: string | undefined;
  readonly by: "integration" | "authorizer";
}

const VARIABLE = "\\$\\{stageVariables\\.[A-Za-z0-9_]+\\}";
const QUALIFIER = `(?::((?:[A-Za-z0-9_$-](?!\\{)|${VARIABLE})+))?`;
const bound = new RegExp(`(\\{\\{function\\.[A-Za-z0-9]+)(?:\\.arn)?\\}\\}${QUALIFIER}`, "g");
/**
 * By its name in the API's own account, or by a stage variable that may hold more than its name.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/aws-api-gateway-stage-variables-reference.html
 */
const named = new RegExp(
  `functions/(?:arn:\\{\\{partition\\}\\}:lambda:\\{\\{region\\}\\}:\\{\\{account\\}\\}:function:)?((?:[A-Za-z0-9_-]|${VARIABLE})+)${QUALIFIER}/(?:response-streaming-)?invocations`,
  "g",
);

/** Which functions need a permission for the API, each once for what it is used by. */
export function functionUses(document: OpenApiDocument): FunctionUse[] {
  const uses = new Map<string, FunctionUse>();
  for (const { segments, value } of walk(document)) {
    const key = segments.at(-1);
    if (typeof value !== "string" || (key !== "uri" && key !== "authorizerUri")) continue;
    const by = key === "uri" ? "integration" : "authorizer";
    for (const use of functionsIn(value)) uses.set(JSON.stringify([by, use]), { ...use, by });
  }
  return [...uses.values()];
}

/** The functions that a URI names. */
export function functionsIn(uri: string): Omit<FunctionUse, "by">[] {
  return [bound, named].flatMap((pattern) =>
    [...uri.matchAll(pattern)].map(([, name = "", qualifierText]) => ({
      functionText: name.startsWith("{{") ? `${name}}}` : name,
      qualifierText,
    })),
  );
}
