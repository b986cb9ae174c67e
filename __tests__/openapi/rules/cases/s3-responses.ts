import { at, type Case, succeed } from "./case.ts";

/** Changes to the sound document, each of which breaks a rule. */
export const broken: Case[] = [
  {
    rule: "s3-error-as-success",
    breaks: "has a success as default",
    change: [`${at}/responses/default`, succeed],
  },
  {
    rule: "s3-error-as-success",
    breaks: "has a redirection as default",
    change: [`${at}/responses/default`, { statusCode: "302" }],
  },
  {
    rule: "s3-error-as-success",
    breaks: "answers errors as success",
    change: [`${at}/responses/[245][0-9]{2}`, succeed],
  },
  {
    rule: "s3-uncovered-status",
    breaks: "has no default",
    change: [`${at}/responses/default`, undefined],
    found: `${at}/responses`,
  },
];

/** Changes that look alike and break none. */
export const allowed: Case[] = [
  {
    rule: "s3-error-as-success",
    breaks: "has a pattern for success, and an error as default",
    change: [
      `${at}/responses`,
      { "2[0-9]{2}": succeed, default: { statusCode: "502", contentHandling: "CONVERT_TO_TEXT" } },
    ],
  },
  {
    rule: "s3-error-as-success",
    breaks: "has a default that only success reaches",
    change: [
      `${at}/responses`,
      { default: succeed, "[345][0-9]{2}": { statusCode: "502", contentHandling: "CONVERT_TO_TEXT" } },
    ],
  },
  {
    rule: "s3-error-as-success",
    breaks: "answers 304 as 304",
    change: [`${at}/responses/304`, { statusCode: "304" }],
  },
  {
    rule: "s3-uncovered-status",
    breaks: "covers all by patterns",
    change: [
      `${at}/responses`,
      { "2[0-9]{2}": { statusCode: "202" }, "[345][0-9]{2}": { statusCode: "502" } },
    ],
  },
];
