import type { Exchange } from "../exchange.ts";
import { GatewayError } from "../gateway-error.ts";
import { NotExecutedError } from "../not-executed.ts";
import type { Payload } from "../payload.ts";
import { compileTemplate, type Template } from "./compile-template.ts";
import { contextOf, keepOverrides } from "./context.ts";
import { inputOf } from "./input.ts";
import { utilities } from "./utilities.ts";
import { render } from "./velocity/render.ts";
import { placeOf } from "./velocity/scanner.ts";
import { createVariables } from "./velocity/scope.ts";
import { fromPlain } from "./velocity/values.ts";
import { createWork, TemplateFailure, type Work } from "./velocity/work.ts";

/**
 * Renders a mapping template, which may write into the exchange's overrides:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 * @param work what the template may do before it fails
 * @throws GatewayError if the body is binary, or if the template fails
 */
export function renderTemplate(
  template: string,
  body: Payload,
  exchange: Exchange,
  work: Work = createWork(),
): string {
  if (body.kind === "binary") {
    throw new GatewayError("API_CONFIGURATION_ERROR", { detail: "A template cannot read a binary body." });
  }
  try {
    return renderCompiled(compiled(template), body.text, exchange, work);
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause;
    throw new GatewayError("API_CONFIGURATION_ERROR", {
      detail: `A template failed${placeIn(template, cause)}: ${reasonOf(cause)}.`,
      cause,
    });
  }
}

function renderCompiled({ nodes, macros }: Template, body: string, exchange: Exchange, work: Work): string {
  const context = contextOf(exchange);
  const variables = createVariables([
    ["input", inputOf(body, exchange)],
    ["context", context],
    ["stageVariables", fromPlain(exchange.deployment.stageVariables)],
    ["util", utilities],
  ]);
  const text = render(nodes, { variables, macros, work, depth: 0, render });
  keepOverrides(exchange.overrides, context, work);
  return text;
}

function placeIn(template: string, cause: unknown): string {
  const offset = cause instanceof TemplateFailure ? cause.offset : undefined;
  return offset === undefined ? "" : ` at ${placeOf(template, offset)}`;
}

function reasonOf(cause: unknown): string {
  if (cause instanceof TemplateFailure || cause instanceof NotExecutedError) return cause.message;
  // The end of the stack, or of the memory for one text.
  if (cause instanceof RangeError) return "it is nested too deeply, or its result is too large";
  return "it met an error of this renderer";
}

/** Those of the APIs that are running; a document has few. */
const MAX_KEPT = 1000;
const kept = new Map<string, Template>();

function compiled(source: string): Template {
  const known = kept.get(source);
  if (known !== undefined) return known;
  const template = compileTemplate(source);
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(source, template);
  return template;
}

/** The template for a media type, or the one for JSON. */
export function selectTemplate(
  templates: readonly { readonly name: string; readonly source: string }[],
  mediaType: string | undefined,
): { readonly name: string; readonly source: string } | undefined {
  return (
    templates.find(({ name }) => name.toLowerCase() === mediaType) ??
    templates.find(({ name }) => name === "application/json")
  );
}
