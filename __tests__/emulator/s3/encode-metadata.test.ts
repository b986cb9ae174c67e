import { describe, expect, it } from "vitest";
import { encodeMetadata } from "../../../emulator/s3/encode-metadata.ts";

const asSent = (text: string) => Buffer.from(text).toString("latin1");

describe(encodeMetadata, () => {
  it.each([
    ["a b_c=d", "a b_c=d"],
    ["grün _=", "=?UTF-8?Q?gr=C3=BCn_=5F=3D?="],
    ["ü\u0085", "=?UTF-8?B?w7zChQ==?="],
  ])("gives %j back as %j", (value, given) => {
    expect(encodeMetadata(asSent(value))).toBe(given);
  });
});
