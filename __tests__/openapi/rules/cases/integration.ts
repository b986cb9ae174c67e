import { operationPointer } from "../../documents.ts";
import { at, type Case, lambdaUri, uriOf } from "./case.ts";

/** Changes to the sound document, each of which breaks a rule. */
export const broken: Case[] = [
  {
    rule: "missing-integration",
    breaks: "has no integration",
    change: [at, undefined],
    found: operationPointer,
  },
  {
    rule: "missing-integration",
    breaks: "has a text as integration",
    change: [at, "aws_proxy"],
    found: operationPointer,
  },
  {
    rule: "integration-form",
    breaks: "refers to its integration",
    change: [at, { $ref: "#/components/x-amazon-apigateway-integrations/files" }],
    found: `${at}/$ref`,
  },
  {
    rule: "integration-form",
    breaks: "refers to the responses of its integration",
    change: [`${at}/responses`, { $ref: "#/components/responses" }],
    found: `${at}/responses/$ref`,
  },
  { rule: "integration-form", breaks: "has no type", change: [`${at}/type`, undefined] },
  { rule: "integration-form", breaks: "has an unknown type", change: [`${at}/type`, "lambda"] },
  { rule: "integration-form", breaks: "has a type that is no text", change: [`${at}/type`, ["aws"]] },
  { rule: "integration-form", breaks: "has no URI", change: [`${at}/uri`, undefined] },
  { rule: "integration-form", breaks: "has a URI that is no text", change: [`${at}/uri`, {}] },
  { rule: "integration-form", breaks: "has no method", change: [`${at}/httpMethod`, undefined] },
  {
    rule: "integration-uri",
    breaks: "takes its service from a stage variable",
    change: [`${at}/uri`, uriOf("${stageVariables.x}:path/{{bucket.files}}/{item}")],
  },
  {
    rule: "integration-uri",
    breaks: "takes its service from a placeholder",
    change: [`${at}/uri`, uriOf("{{service.x}}:path/{{bucket.files}}/{item}")],
  },
  {
    rule: "integration-uri",
    breaks: "calls a web address of AWS",
    change: [`${at}/uri`, "https://a.example"],
  },
  {
    rule: "integration-uri",
    breaks: "calls a service by HTTP",
    change: [at, { type: "http_proxy", uri: lambdaUri }],
    found: `${at}/uri`,
  },
  { rule: "proxy-service", breaks: "is a proxy of S3", change: [`${at}/type`, "aws_proxy"] },
  { rule: "passthrough-never", breaks: "refuses every body", change: [`${at}/passthroughBehavior`, "never"] },
];

/** Changes that look alike and break none. */
export const allowed: Case[] = [
  { rule: "integration-form", breaks: "has a type in upper case", change: [`${at}/type`, "AWS"] },
  { rule: "integration-form", breaks: "answers by itself, in upper case", change: [at, { type: "MOCK" }] },
  {
    rule: "integration-uri",
    breaks: "takes what it asks of a service from a stage variable",
    change: [`${at}/uri`, uriOf("sqs:${stageVariables.action}")],
  },
  {
    rule: "proxy-service",
    breaks: "is a proxy of Firehose",
    change: [`${at}`, { type: "aws_proxy", httpMethod: "POST", uri: uriOf("firehose:action/PutRecord") }],
  },
  { rule: "integration-form", breaks: "answers by itself", change: [at, { type: "mock" }] },
  {
    rule: "integration-form",
    breaks: "calls a web address",
    change: [at, { type: "http_proxy", httpMethod: "ANY", uri: "https://a.example" }],
  },
  {
    rule: "integration-uri",
    breaks: "calls a web address by HTTP",
    change: [at, { type: "http", uri: "https://${stageVariables.host}/a" }],
  },
  {
    rule: "integration-uri",
    breaks: "takes a part of the path from a stage variable",
    change: [`${at}/uri`, uriOf("s3:path/{{bucket.files}}/${stageVariables.a}/{item}")],
  },
  {
    rule: "proxy-service",
    breaks: "is a proxy of Lambda",
    change: [at, { type: "aws_proxy", uri: lambdaUri }],
  },
  {
    rule: "passthrough-never",
    breaks: "refuses all but JSON",
    change: [
      `${at}`,
      { type: "aws", passthroughBehavior: "never", requestTemplates: { "application/json": "{}" } },
    ],
  },
];
