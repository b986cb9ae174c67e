import { operationPointer } from "../../documents.ts";
import { at, type Case, headerTo, uriOf } from "./case.ts";

/** Changes to the sound document, each of which breaks a rule. */
export const broken: Case[] = [
  {
    rule: "undeclared-parameter",
    breaks: "maps an undeclared header",
    change: [headerTo("x-a"), "method.request.header.X-A"],
  },
  {
    rule: "undeclared-parameter",
    breaks: "maps a header in another spelling",
    change: [headerTo("x-a"), "method.request.header.content-type"],
  },
  {
    rule: "undeclared-parameter",
    breaks: "maps an undeclared query parameter",
    change: [headerTo("x-a"), "method.request.querystring.q"],
  },
  {
    rule: "undeclared-parameter",
    breaks: "maps an undeclared path parameter",
    change: [headerTo("x-a"), "method.request.path.other"],
  },
  {
    rule: "mapping-expression",
    breaks: "maps a constant without quotes",
    change: [headerTo("If-None-Match"), "*"],
  },
  {
    rule: "mapping-expression",
    breaks: "maps what only begins like the body",
    change: [headerTo("x-amz-meta-a"), "method.request.bodyPrice"],
  },
  {
    rule: "mapping-expression",
    breaks: "maps to no request parameter",
    change: [`${at}/requestParameters/method.request.header.A`, "'a'"],
  },
  {
    rule: "undeclared-path-parameter",
    breaks: "declares no path parameter",
    change: [`${operationPointer}/parameters`, []],
    found: operationPointer,
  },
  {
    rule: "unmapped-uri-parameter",
    breaks: "has an unmapped name in the URI",
    change: [`${at}/uri`, uriOf("s3:path/{{bucket.files}}/{item}/{id}")],
  },
];

/** Changes that look alike and break none. */
export const allowed: Case[] = [
  {
    rule: "undeclared-parameter",
    breaks: "maps a parameter of the path item",
    change: [
      "/paths/~1files~1{item}",
      {
        parameters: [{ name: "item", in: "path", required: true }],
        put: {
          "x-amazon-apigateway-integration": {
            requestParameters: { "integration.request.path.a": "method.request.path.item" },
          },
        },
      },
    ],
  },
  {
    rule: "undeclared-parameter",
    breaks: "maps the context",
    change: [headerTo("x-amz-meta-a"), "context.requestId"],
  },
  {
    rule: "mapping-expression",
    breaks: "maps a quoted constant",
    change: [headerTo("If-None-Match"), "'*'"],
  },
  {
    rule: "mapping-expression",
    breaks: "maps a field of the body",
    change: [headerTo("x-amz-meta-a"), "method.request.body.a"],
  },
  {
    rule: "mapping-expression",
    breaks: "maps a field of the body's first entry",
    change: [headerTo("x-amz-meta-a"), "method.request.body[0].price"],
  },
  {
    rule: "mapping-expression",
    breaks: "maps a field of the body by its quoted name",
    change: [headerTo("x-amz-meta-a"), "method.request.body['unit price']"],
  },
  {
    rule: "unmapped-uri-parameter",
    breaks: "has a stage variable in the URI",
    change: [`${at}/uri`, uriOf("s3:path/{{bucket.files}}/${stageVariables.a}")],
  },
];
