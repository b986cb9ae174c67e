import { at, type Case, lambdaUri, uriOf } from "./case.ts";

/** Changes to the sound document, each of which breaks a rule. */
export const broken: Case[] = [
  {
    rule: "invalid-pattern",
    breaks: "has a broken pattern",
    change: [`${at}/responses/4[`, { statusCode: "400" }],
  },
  {
    rule: "overlapping-patterns",
    breaks: "has overlapping patterns",
    change: [`${at}/responses/4[0-9]{2}`, { statusCode: "502" }],
  },
  {
    rule: "overwritten-status",
    breaks: "maps two patterns to one status",
    change: [`${at}/responses/409`, { statusCode: "400" }],
  },
  {
    rule: "overwritten-status",
    breaks: "maps a pattern to the default's status",
    change: [`${at}/responses/5[0-9]{2}`, { statusCode: "502" }],
  },
  {
    rule: "uncovered-status",
    breaks: "has no response for errors of another service",
    change: [
      at,
      {
        type: "aws",
        uri: uriOf("sqs:action/SendMessage"),
        responses: { "2[0-9]{2}": { statusCode: "202" } },
      },
    ],
    found: `${at}/responses`,
  },
  {
    rule: "uncovered-status",
    breaks: "has no response for a function's success",
    change: [at, { type: "aws", uri: lambdaUri, responses: { ".*refused.*": { statusCode: "400" } } }],
    found: `${at}/responses`,
  },
];

/** Changes that look alike and break none. */
export const allowed: Case[] = [
  {
    rule: "invalid-pattern",
    breaks: "has a pattern that only Java knows",
    change: [`${at}/responses/(?i)timed.*+out`, { statusCode: "504" }],
  },
  {
    rule: "overlapping-patterns",
    breaks: "matches messages of a function",
    change: [
      `${at}`,
      {
        type: "aws",
        uri: lambdaUri,
        responses: { "4.*": { statusCode: "404" }, ".*": { statusCode: "400" } },
      },
    ],
  },
  {
    rule: "uncovered-status",
    breaks: "has a default for another service",
    change: [
      at,
      {
        type: "aws",
        uri: uriOf("sqs:action/SendMessage"),
        responses: { "2[0-9]{2}": { statusCode: "202" }, default: { statusCode: "502" } },
      },
    ],
  },
  {
    rule: "uncovered-status",
    breaks: "has a proxy integration, whose function sets the responses",
    change: [at, { type: "aws_proxy", httpMethod: "POST", uri: lambdaUri }],
  },
];
