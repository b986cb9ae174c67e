import { s3DocumentWith } from "../../documents.ts";
import { at, type Case } from "./case.ts";

/** Changes to the sound document, each of which breaks a rule. */
export const broken: Case[] = [
  {
    rule: "template-on-binary",
    breaks: "has a request template on a binary type",
    change: [`${at}/requestTemplates`, { "application/json": "{}" }],
    found: `${at}/requestTemplates/application~1json`,
  },
  {
    rule: "response-template-text",
    breaks: "has a template on bytes",
    change: [`${at}/responses/2[0-9]{2}/contentHandling`, "CONVERT_TO_BINARY"],
    found: `${at}/responses/2[0-9]{2}`,
  },
];

/** Changes that look alike and break none. */
export const allowed: Case[] = [
  {
    rule: "template-on-binary",
    breaks: "converts the body to text first",
    change: [
      `${at}`,
      { type: "mock", contentHandling: "CONVERT_TO_TEXT", requestTemplates: { "application/json": "{}" } },
    ],
  },
  {
    rule: "response-template-text",
    breaks: "has no binary types",
    change: ["/x-amazon-apigateway-binary-media-types", undefined],
  },
  {
    rule: "response-template-text",
    breaks: "has a template of a type that is not binary",
    change: [
      "",
      {
        ...s3DocumentWith(`${at}/responses/2[0-9]{2}/contentHandling`, undefined),
        "x-amazon-apigateway-binary-media-types": ["image/png"],
      },
    ],
  },
];
