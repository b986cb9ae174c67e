import { operationPointer } from "../../documents.ts";
import { at, type Case } from "./case.ts";

/** Changes to the sound document, each of which breaks a rule. */
export const broken: Case[] = [
  {
    rule: "undeclared-status",
    breaks: "answers an undeclared status",
    change: [`${operationPointer}/responses/502`, undefined],
    found: `${at}/responses/default`,
  },
  { rule: "undeclared-status", breaks: "answers no status", change: [`${at}/responses/default`, {}] },
  {
    rule: "undeclared-response-header",
    breaks: "maps an undeclared response header",
    change: [`${operationPointer}/responses/400/headers`, undefined],
    found: `${at}/responses/400/responseParameters/method.response.header.Content-Type`,
  },
];

/** Changes that look alike and break none. */
export const allowed: Case[] = [
  {
    rule: "undeclared-status",
    breaks: "is a proxy integration",
    change: [`${at}`, { type: "aws_proxy", responses: { default: { statusCode: "200" } } }],
  },
];
