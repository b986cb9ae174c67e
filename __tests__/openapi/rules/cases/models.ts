import { operationPointer } from "../../documents.ts";
import type { Case } from "./case.ts";

/** Changes to the sound document, each of which breaks a rule. */
export const broken: Case[] = [
  {
    rule: "model-name",
    breaks: "has a hyphen in a model's name",
    change: ["/components/schemas/File-2", {}],
  },
  {
    rule: "model-keyword",
    breaks: "sets a default value",
    change: ["/components/schemas/File/properties/name/default", "a"],
  },
  {
    rule: "model-keyword",
    breaks: "uses minItems in a property",
    change: ["/components/schemas/File/properties/name/minItems", 1],
  },
  {
    rule: "model-keyword",
    breaks: "uses a keyword in a nested list's items",
    change: ["/components/schemas/File/properties/name", { type: "array", items: { readOnly: true } }],
    found: "/components/schemas/File/properties/name/items/readOnly",
  },
  {
    rule: "model-keyword",
    breaks: "uses a keyword in a choice",
    change: ["/components/schemas/File/anyOf", [{ nullable: true }]],
    found: "/components/schemas/File/anyOf/0/nullable",
  },
  {
    rule: "model-keyword",
    breaks: "uses a keyword in a body",
    change: [`${operationPointer}/requestBody/content/application~1json/schema/discriminator`, {}],
  },
  {
    rule: "model-keyword",
    breaks: "has a sized integer",
    change: ["/components/schemas/File/format", "int64"],
  },
  {
    rule: "model-keyword",
    breaks: "has a decimal",
    change: ["/components/schemas/File/properties/name/format", "decimal"],
  },
  { rule: "model-one-of", breaks: "has a choice by oneOf", change: ["/components/schemas/File/oneOf", []] },
  {
    rule: "model-null",
    breaks: "has null in a choice",
    change: ["/components/schemas/File/oneOf", [{ type: "string" }, { type: "null" }]],
    found: "/components/schemas/File/oneOf/1/type",
  },
  {
    rule: "model-null",
    breaks: "has several types",
    change: ["/components/schemas/File/properties/name/type", ["string", "null"]],
  },
  {
    rule: "response-model",
    breaks: "answers with a text in place",
    change: [`${operationPointer}/responses/202/content`, { "text/plain": { schema: { type: "string" } } }],
    found: `${operationPointer}/responses/202/content/text~1plain/schema`,
  },
  {
    rule: "unresolved-ref",
    breaks: "refers to a model that is not there",
    change: ["/components/schemas/File", undefined],
    found: `${operationPointer}/requestBody/content/application~1json/schema/$ref`,
  },
  {
    rule: "unresolved-ref",
    breaks: "refers to another file",
    change: ["/components/schemas/File/$ref", "other.json#/x"],
  },
];

/** Changes that look alike and break none. */
export const allowed: Case[] = [
  {
    rule: "model-keyword",
    breaks: "has a property named default",
    change: ["/components/schemas/File/properties/default", { type: "string" }],
  },
  {
    rule: "model-keyword",
    breaks: "has an example with keys like keywords",
    change: [
      `${operationPointer}/requestBody/content/application~1json/example`,
      { content: { a: { schema: { default: 1 } } } },
    ],
  },
  {
    rule: "model-keyword",
    breaks: "names the other properties, and a choice",
    change: ["/components/schemas/File", { additionalProperties: { type: "string" }, anyOf: [{}] }],
  },
  {
    rule: "model-one-of",
    breaks: "has a choice by anyOf",
    change: ["/components/schemas/File/anyOf", [{ type: "object" }]],
  },
  {
    rule: "model-null",
    breaks: "has a property whose name is null",
    change: ["/components/schemas/File/properties/null", { type: "string" }],
  },
  {
    rule: "response-model",
    breaks: "answers with a model",
    change: [
      `${operationPointer}/responses/202/content`,
      { "text/plain": { schema: { $ref: "#/components/schemas/File" } } },
    ],
  },
  {
    rule: "model-keyword",
    breaks: "has a property named like a keyword",
    change: ["/components/schemas/File/properties/oneOf", { type: "string" }],
  },
  {
    rule: "unresolved-ref",
    breaks: "has a property named $ref",
    change: ["/components/schemas/File/properties/$ref", { type: "string" }],
  },
];
