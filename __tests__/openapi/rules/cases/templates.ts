import { at, type Case } from "./case.ts";

/** Changes to the sound document, each of which breaks a rule. */
export const broken: Case[] = [
  {
    rule: "velocity-hyphen",
    breaks: "has a hyphen after a reference",
    change: [
      `${at}/responses/2[0-9]{2}/responseTemplates/application~1json`,
      '{"id":"$context.stage-$context.requestId"}',
    ],
  },
  {
    rule: "velocity-hyphen",
    breaks: "has a word with a hyphen after a value of API Gateway",
    change: [`${at}/responses/2[0-9]{2}/responseTemplates/application~1json`, '{"id":"$context.stage-copy"}'],
  },
  {
    rule: "velocity-hyphen",
    breaks: "has a hyphen after a property that has one",
    change: [
      `${at}/responses/2[0-9]{2}/responseTemplates/application~1json`,
      '{"id":"$item.partition-key-$item.id"}',
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
  {
    rule: "velocity-hyphen",
    breaks: "reads a property of a body with a hyphen in its name",
    change: [
      `${at}/responses/2[0-9]{2}/responseTemplates/application~1json`,
      '{"key":"$item.partition-key"}',
    ],
  },
  {
    rule: "velocity-hyphen",
    breaks: "reads what an authorizer says by a name with a hyphen",
    change: [
      `${at}/responses/2[0-9]{2}/responseTemplates/application~1json`,
      '{"key":"$context.authorizer.user-id"}',
    ],
  },
  {
    rule: "velocity-hyphen",
    breaks: "overrides a header with hyphens",
    change: [
      `${at}/responses/2[0-9]{2}/responseTemplates/application~1json`,
      '#set($context.responseOverride.header.Access-Control-Allow-Origin = "https://example.com")',
    ],
  },
];
