import { operationPointer } from "../../documents.ts";
import type { Case } from "./case.ts";

/** Changes to the sound document, each of which breaks a rule. */
export const broken: Case[] = [
  {
    rule: "model-name",
    breaks: "has a hyphen in a model's name",
    change: ["/components/schemas/File-2", {}],
  },
  { rule: "model-keyword", breaks: "uses oneOf", change: ["/components/schemas/File/oneOf", []] },
  {
    rule: "model-keyword",
    breaks: "uses minItems in a property",
    change: ["/components/schemas/File/properties/name/minItems", 1],
  },
  {
    rule: "model-keyword",
    breaks: "uses a keyword in a nested list's items",
    change: [
      "/components/schemas/File/properties/name",
      { type: "array", items: { additionalProperties: false } },
    ],
    found: "/components/schemas/File/properties/name/items/additionalProperties",
  },
  {
    rule: "model-keyword",
    breaks: "uses a keyword in a body",
    change: [`${operationPointer}/requestBody/content/application~1json/schema/anyOf`, []],
  },
  {
    rule: "model-keyword",
    breaks: "has a sized integer",
    change: ["/components/schemas/File/format", "int64"],
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
    breaks: "has a property named like a keyword",
    change: ["/components/schemas/File/properties/oneOf", { type: "string" }],
  },
  {
    rule: "unresolved-ref",
    breaks: "has a property named $ref",
    change: ["/components/schemas/File/properties/$ref", { type: "string" }],
  },
];
