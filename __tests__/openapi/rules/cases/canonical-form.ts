import { operationPointer } from "../../documents.ts";
import { at, type Case } from "./case.ts";

/** Changes to the sound document, each of which breaks a rule. */
export const broken: Case[] = [
  {
    rule: "placeholder-form",
    breaks: "has a placeholder with spaces",
    change: [`${at}/credentials`, "{{ role.writer }}"],
  },
  {
    rule: "placeholder-form",
    breaks: "has an unclosed placeholder",
    change: [`${at}/credentials`, "{{role.writer}"],
  },
  {
    rule: "placeholder-form",
    breaks: "has an unopened placeholder",
    change: [`${at}/credentials`, "{role.writer}}"],
  },
  { rule: "placeholder-form", breaks: "has a placeholder as a key", change: ["/info/{{role.writer}}", "x"] },
  {
    rule: "placeholder-form",
    breaks: "has a dollar sign before a placeholder",
    change: ["/info/title", "a${{role.writer}}"],
  },
  { rule: "stack-part", breaks: "has servers", change: ["/servers", [{ url: "/" }]] },
  { rule: "stack-part", breaks: "has servers of a path", change: ["/paths/~1files~1{item}/servers", []] },
  { rule: "stack-part", breaks: "has Swagger's host", change: ["/host", "example.com"] },
  { rule: "stack-part", breaks: "has a resource policy", change: ["/x-amazon-apigateway-policy", {}] },
  {
    rule: "stack-part",
    breaks: "has an endpoint configuration",
    change: ["/x-amazon-apigateway-endpoint-configuration", { vpcEndpointIds: [] }],
  },
  { rule: "swagger-part", breaks: "has definitions", change: ["/definitions", {}] },
  { rule: "swagger-part", breaks: "has security definitions", change: ["/securityDefinitions", {}] },
  {
    rule: "swagger-part",
    breaks: "has media types in consumes",
    change: ["/consumes", ["application/json"]],
  },
  {
    rule: "swagger-part",
    breaks: "has media types in consumes of an operation",
    change: [`${operationPointer}/produces`, ["application/json"]],
  },
  {
    rule: "swagger-part",
    breaks: "has a body parameter",
    change: [`${operationPointer}/parameters/1`, { name: "File", in: "body" }],
    found: `${operationPointer}/parameters/1/in`,
  },
  {
    rule: "swagger-part",
    breaks: "has a shared form parameter",
    change: ["/components/parameters", { file: { name: "file", in: "formData" } }],
    found: "/components/parameters/file/in",
  },
];

/** Changes that look alike and break none. */
export const allowed: Case[] = [
  {
    rule: "placeholder-form",
    breaks: "closes nested objects",
    change: ["/info/description", '{"a":{"b":1}}'],
  },
  {
    rule: "placeholder-form",
    breaks: "has a placeholder between braces",
    change: ["/info/description", "{item}/{{role.writer}}/{item}"],
  },
  {
    rule: "stack-part",
    breaks: "has a property named host",
    change: ["/components/schemas/File/properties/host", { type: "string" }],
  },
  {
    rule: "swagger-part",
    breaks: "has a property named definitions",
    change: ["/components/schemas/File/properties/definitions", { type: "string" }],
  },
  {
    rule: "swagger-part",
    breaks: "has a shared header",
    change: ["/components/parameters", { tag: { name: "tag", in: "header" } }],
  },
];
