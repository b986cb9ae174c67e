import { GatewayError } from "../gateway-error.ts";
import { parseJsonPath } from "../json-path.ts";
import { NotExecutedError } from "../not-executed.ts";
import { utilities } from "./utilities.ts";
import { knownMethods } from "./velocity/methods/call-method.ts";
import { parseTemplate } from "./velocity/parse-template.ts";
import { placeOf, TemplateSyntaxError } from "./velocity/scanner.ts";
import type { Macro, MethodStep, Reference, TemplateNode } from "./velocity/syntax.ts";
import { nodesOf, referencesOf } from "./velocity/walk.ts";

/** A template that is read and found to be executed here. */
export interface Template {
  readonly nodes: readonly TemplateNode[];
  readonly macros: ReadonlyMap<string, Macro>;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const MAX_BYTES = 300 * 1024;

/** @throws NotExecutedError that says line, column, and what is not executed or wrong there */
export function compileTemplate(source: string): Template {
  const bytes = Buffer.byteLength(source);
  if (bytes > MAX_BYTES) {
    throw new NotExecutedError(
      `a template of ${bytes} bytes`,
      "shorten it to 300 KB, the limit of API Gateway",
    );
  }
  try {
    const nodes = parseTemplate(source);
    const macros = new Map(
      [...nodesOf(nodes)].flatMap((node) => (node.kind === "macro" ? [[node.name, node.macro]] : [])),
    );
    checkReferences(nodes);
    return { nodes, macros };
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error;
    throw new NotExecutedError(`a template (${placeOf(source, error.offset)}: ${error.message})`);
  }
}

const inputMethods: ReadonlySet<string> = new Set(["path", "json", "params"]);
const loopMethods: ReadonlySet<string> = new Set(["hasNext", "isFirst", "isLast", "getIndex", "getCount"]);

function checkReferences(nodes: readonly TemplateNode[]): void {
  for (const reference of referencesOf(nodes)) {
    for (const [index, step] of reference.steps.entries()) {
      if (step.kind !== "method") continue;
      if (!methodsOf(reference, index).has(step.name)) {
        throw new TemplateSyntaxError(`no value has the method ${step.name} here`, step.offset);
      }
      if (reference.name === "input" && index === 0) checkPath(step);
    }
  }
}

function methodsOf({ name }: Reference, index: number): { has(name: string): boolean } {
  if (index === 0 && name === "input") return inputMethods;
  if (index === 0 && name === "util") return utilities.methods;
  return name === "foreach" ? loopMethods : knownMethods;
}

/** A JSONPath that stands in the template is looked at before there is a request. */
function checkPath({ name, arguments: [path], offset }: MethodStep): void {
  if (name === "params" || path?.kind !== "literal" || typeof path.value !== "string") return;
  try {
    parseJsonPath(path.value);
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    throw new TemplateSyntaxError(error.detail, offset);
  }
}
