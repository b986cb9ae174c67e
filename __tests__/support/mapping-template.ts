import { createExchange, type Exchange } from "../../emulator/api-gateway/exchange.ts";
import type { Overrides } from "../../emulator/api-gateway/overrides.ts";
import { createRequestContext } from "../../emulator/api-gateway/request-context.ts";
import { renderTemplate } from "../../emulator/api-gateway/templates/render-template.ts";
import type { Work } from "../../emulator/api-gateway/templates/velocity/work.ts";
import { operationsOf } from "../../openapi/operations.ts";
import { parseDocument } from "../../openapi/parse-document.ts";

interface Options {
  readonly body?: string;
  /** Behind the stage, with its query. */
  readonly target?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly stageVariables?: Readonly<Record<string, string>>;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly work?: Work;
}

/** A request as templates see it: `POST /items` with no body, unless the test says otherwise. */
export function anExchange(options: Options = {}): Exchange {
  const { body = "", target = "/items", headers = [], pathParameters = {}, stageVariables = {} } = options;
  const document = parseDocument(
    JSON.stringify({
      openapi: "3.0.1",
      info: { title: "api", version: "1" },
      paths: { "/items": { post: { "x-amazon-apigateway-integration": { type: "mock" } } } },
    }),
    "api",
  );
  const [operation] = operationsOf(document);
  if (operation?.integration === undefined) throw new Error("The document has no operation");
  const deployment = {
    apiId: "abcde12345",
    accountId: "111111111111",
    region: "eu-central-1",
    stageName: "v1",
  };
  const request = { method: "POST", target, headers, body: Buffer.from(body), sourceIp: "10.0.0.1" };
  const whole = { ...deployment, stageVariables };
  const exchange = createExchange({
    deployment: whole,
    binaryMediaTypes: [],
    context: { ...createRequestContext(whole, request, new Date(0)), ...options.context },
    request,
    route: { operation: { ...operation, integration: operation.integration }, pathParameters },
    body: { kind: "text", text: body },
  });
  return options.context === undefined
    ? exchange
    : { ...exchange, context: { ...exchange.context, ...options.context } };
}

/** What a template gives for a request, and what it has set. */
export function rendered(
  template: string,
  options: Options = {},
): { readonly text: string; readonly overrides: Overrides } {
  const exchange = anExchange(options);
  const text = renderTemplate(template, exchange.body, exchange, options.work);
  return { text, overrides: exchange.overrides };
}
