import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CALLER_METADATA, correlationIdPattern, itemPattern } from "../../contract/keys.ts";
import { MAX_ENCODED_FILE_NAME_LENGTH, MAX_SUBMISSION_ID_LENGTH } from "../../contract/limits.ts";
import * as mediaTypes from "../../domain/media-types.ts";

/** Of an object's own metadata, names and values together: https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html */
const maxMetadataBytes = 2048;
const metadataHeader = "x-amz-meta-";

/** The most bytes that each of the gateway's metadata has, all of them US-ASCII. */
const longest: Readonly<Record<string, number>> = {
  [CALLER_METADATA]: longestMatch(itemPattern),
  "content-encoding": "identity".length,
  "content-type": Math.max(
    ...Object.values(mediaTypes).flatMap((value) =>
      "name" in value && "signatures" in value ? [value.name.length] : [],
    ),
  ),
  "correlation-id": longestMatch(correlationIdPattern),
  "file-name": MAX_ENCODED_FILE_NAME_LENGTH,
  "received-at": "1772355600000".length,
  "request-id": "11111111-2222-3333-4444-555555555555".length,
  "submission-id": MAX_SUBMISSION_ID_LENGTH,
  /** With all that the header may have, of which API Gateway gives the root alone. */
  "trace-id":
    "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=0:a87bd80c:1".length,
};

describe("the metadata of a waiting plain file", () => {
  it("fits into what S3 takes, whatever a sender calls the file and its request", () => {
    const bytes = Object.entries(longest).map(([name, length]) => `${metadataHeader}${name}`.length + length);

    expect(longest).toMatchObject({
      "caller-id": 64,
      "content-type": 71,
      "correlation-id": 128,
      "file-name": 1024,
    });
    expect(bytes.reduce((sum, each) => sum + each)).toBeLessThan(maxMetadataBytes);
  });

  it("is all that the documents of the APIs send", () => {
    const sent = readdirSync("specs")
      .filter((name) => name.endsWith(".openapi.json"))
      .flatMap((name) => readFileSync(`specs/${name}`, "utf8").match(/(?<=x-amz-meta-)[a-z-]+/g) ?? []);

    expect(sent).toContain("submission-id");
    expect(sent.filter((name) => !(name in longest))).toEqual([]);
  });
});

function longestMatch(pattern: RegExp): number {
  let length = 1;
  while (pattern.test("a".repeat(length + 1))) length += 1;
  return length;
}
