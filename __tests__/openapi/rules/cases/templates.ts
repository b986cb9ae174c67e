import { at, type Case } from "./case.ts";

/** Changes to the sound document, each of which breaks a rule. */
export const broken: Case[] = [
  {
    rule: "velocity-hyphen",
    breaks: "has a hyphen behind a reference",
    change: [
      `${at}/responses/2[0-9]{2}/responseTemplates/application~1json`,
      '{"id":"$context.stage-$context.requestId"}',
    ],
  },
];

/** Changes that look alike and break none. */
export const allowed: Case[] = [
  {
    rule: "velocity-hyphen",
    breaks: "parts the name from the hyphen",
    change: [
      `${at}/responses/2[0-9]{2}/responseTemplates/application~1json`,
      '{"id":"${context.stage}-$context.requestId"}',
    ],
  },
];
