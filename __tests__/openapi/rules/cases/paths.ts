import { type Case, item } from "./case.ts";

/** Changes to the sound document, each of which breaks a rule. */
export const broken: Case[] = [
  { rule: "path-segment", breaks: "has a parameter within a segment", change: ["/paths/~1a{b}", {}] },
  { rule: "path-segment", breaks: "has a space in a path segment", change: ["/paths/~1a b", {}] },
  {
    rule: "path-segment",
    breaks: "has a greedy parameter that is not the last segment",
    change: ["/paths/~1{a+}~1b", {}],
  },
  {
    rule: "sibling-parameter",
    breaks: "has two parameters at one place",
    change: ["/paths/~1files~1{id}", {}],
  },
  {
    rule: "sibling-parameter",
    breaks: "has two parameters at one place, with different paths below",
    change: ["/paths/~1files~1{id}~1a", {}],
  },
  {
    rule: "sibling-parameter",
    breaks: "has a greedy parameter and a plain one at one place",
    change: ["/paths/~1files~1{item+}", {}],
  },
  { rule: "path-item-key", breaks: "has a method in upper case", change: [`${item}/POST`, {}] },
  { rule: "path-item-key", breaks: "has a method unknown to API Gateway", change: [`${item}/trace`, {}] },
  {
    rule: "path-item-key",
    breaks: "refers to a path item",
    change: [item, { $ref: "#/components/x-items/a" }],
    found: `${item}/$ref`,
  },
  {
    rule: "path-item-key",
    breaks: "has an integration of a path",
    change: [`${item}/x-amazon-apigateway-integration`, {}],
  },
  { rule: "path-item-key", breaks: "has a path that is no object", change: ["/paths/~1a", []] },
  { rule: "path-item-key", breaks: "has a method that is no object", change: [`${item}/get`, null] },
];

/** Changes that look alike and break none. */
export const allowed: Case[] = [
  {
    rule: "path-item-key",
    breaks: "has an extension of another vendor",
    change: [`${item}/x-owner`, "files"],
  },
  { rule: "path-segment", breaks: "has a greedy parameter", change: ["/paths/~1a~1{b+}", {}] },
  {
    rule: "sibling-parameter",
    breaks: "has one name at each place",
    change: ["/paths/~1files~1{item}~1{id}", {}],
  },
  {
    rule: "path-item-key",
    breaks: "describes a path and takes any method",
    change: [
      "/paths/~1a",
      { summary: "a", description: "a", parameters: [], "x-amazon-apigateway-any-method": {} },
    ],
  },
];
