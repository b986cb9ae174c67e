import { operationPointer } from "../../documents.ts";
import { at, type Case, validated } from "./case.ts";

/** Changes to the sound document, each of which breaks a rule. */
export const broken: Case[] = [
  {
    rule: "template-size",
    breaks: "has a template above the limit",
    change: [`${at}/requestTemplates`, { "application/xml": "#".repeat(300 * 1024 + 1) }],
    found: `${at}/requestTemplates/application~1xml`,
  },
  {
    rule: "template-size",
    breaks: "has a response template above the limit in bytes, though not in characters",
    change: [`${at}/responses/400/responseTemplates`, { "application/json": "é".repeat(200 * 1024) }],
    found: `${at}/responses/400/responseTemplates/application~1json`,
  },
  {
    rule: "unknown-validator",
    breaks: "names a validator that it does not define",
    change: [`${operationPointer}/x-amazon-apigateway-request-validator`, "all"],
  },
  {
    rule: "body-validator",
    breaks: "validates all bodies",
    change: ["", validated("all", { all: { validateRequestBody: true, validateRequestParameters: true } })],
    found: "/x-amazon-apigateway-request-validator",
  },
  {
    rule: "ignored-feature",
    breaks: "has callbacks",
    change: [`${operationPointer}/callbacks`, { done: {} }],
  },
  {
    rule: "ignored-feature",
    breaks: "has links",
    change: [`${operationPointer}/responses/202/links`, { record: { operationId: "get" } }],
  },
  {
    rule: "ignored-feature",
    breaks: "has a cookie parameter",
    change: [`${operationPointer}/parameters/1`, { name: "session", in: "cookie" }],
    found: `${operationPointer}/parameters/1/in`,
  },
  {
    rule: "response-reference",
    breaks: "refers to a response",
    change: [`${operationPointer}/responses/502`, { $ref: "#/components/responses/Failed" }],
  },
  {
    rule: "reserved-path",
    breaks: "has a path that API Gateway answers itself",
    change: ["/paths/~1ping", {}],
  },
];

/** Changes that look alike and break none. */
export const allowed: Case[] = [
  {
    rule: "template-size",
    breaks: "has a template at the limit",
    change: [`${at}/requestTemplates`, { "application/xml": "#".repeat(300 * 1024) }],
  },
  {
    rule: "unknown-validator",
    breaks: "names a validator that it defines",
    change: ["", validated("parameters", { parameters: { validateRequestParameters: true } })],
  },
  {
    rule: "body-validator",
    breaks: "validates parameters only",
    change: ["", validated("parameters", { parameters: { validateRequestParameters: true } })],
  },
  {
    rule: "ignored-feature",
    breaks: "has a header parameter",
    change: [`${operationPointer}/parameters/1`, { name: "session", in: "header" }],
  },
  {
    rule: "ignored-feature",
    breaks: "has a property named callbacks",
    change: ["/components/schemas/File/properties/callbacks", { type: "string" }],
  },
  {
    rule: "response-reference",
    breaks: "refers to the model of a response",
    change: [
      `${operationPointer}/responses/502`,
      {
        description: "Failed.",
        content: { "application/json": { schema: { $ref: "#/components/schemas/File" } } },
      },
    ],
  },
  {
    rule: "reserved-path",
    breaks: "has a path that only begins with a reserved one",
    change: ["/paths/~1pings", {}],
  },
];
