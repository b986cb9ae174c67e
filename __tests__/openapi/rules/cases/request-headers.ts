import { at, type Case, headerTo } from "./case.ts";

/** Changes to the sound document, each of which breaks a rule. */
export const broken: Case[] = [
  {
    rule: "dropped-checksum",
    breaks: "maps a checksum that API Gateway removes",
    change: [headerTo("x-amz-meta-md5"), "method.request.header.Content-MD5"],
  },
  {
    rule: "dropped-header",
    breaks: "maps a dropped header",
    change: [headerTo("x-amz-meta-length"), "method.request.header.Content-Length"],
  },
  {
    rule: "refused-header",
    breaks: "sets Authorization",
    change: [headerTo("Authorization"), "'Bearer abc'"],
  },
  { rule: "refused-header", breaks: "sets Host", change: [headerTo("host"), "'example.com'"] },
];

/** Changes that look alike and break none. */
export const allowed: Case[] = [
  {
    rule: "refused-header",
    breaks: "sets Authorization of an HTTP backend",
    change: [
      `${at}`,
      { type: "http", requestParameters: { "integration.request.header.Authorization": "'a'" } },
    ],
  },
];
