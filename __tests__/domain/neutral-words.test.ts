import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { describe, expect, it } from "vitest";
import { MADE } from "../support/check-out.ts";

/**
 * Words that only the shipped domain has, and its collection. The name of its key is left out: `item` is also the mechanism's
 * own word for what a key names.
 */
const DOMAIN_WORDS = ["proposal", "advisor", "risk", "horizon", "profile"];
/** What it is listed by. The caller of the proxy is another thing, and has another name. */
const GROUPING = /client[ _-]?ids?(?![a-z])|by[_-]?client(?![a-z])/i;
/** AWS's own word for the clients of an identity provider. */
const AUDIENCES = /client_?id_?list/gi;
/** AWS calls a set of credentials a profile. */
const CREDENTIALS = [
  "__tests__/tools/terraform.test.ts",
  "contract/aws-client.ts",
  "cli/terraform/check-aws-account.ts",
  "cli/terraform/terraform-arguments.ts",
  "functions/lambda-credentials.ts",
];

/** What belongs to a domain, describes the shipped one, or is no text of this project. */
const EXEMPT = [
  ...["domain/", "env/", "specs/", "docs/", "README.md"],
  ...[".ci/", ".github/", "buildspec.check.yml", "buildspec.plan.yml", "buildspec.release.yml"],
  ...["__tests__/domain/", "__tests__/env/", "__tests__/fixtures/", "__tests__/specs/"],
  ...["LICENSE", "package-lock.json"],
];
const ROOMS = [
  ...["__tests__", "cli", "contract", "emulator", "functions", "main.ts", "openapi"],
  ...["operations", "proxy", "release", "stacks", "tools"],
];
const PICTURES_AND_LEFTOVERS = /\.(svg|png)$|\.DS_Store$/;

/** Of a line, those that belong to the shipped domain; names are split into their words. */
function domainWords(line: string): string[] {
  const text = line.replaceAll(AUDIENCES, "");
  const words = text.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g) ?? [];
  const found = words
    .map((word) => word.toLowerCase().replace(/s$/, ""))
    .filter((word) => DOMAIN_WORDS.includes(word));
  return [...found, ...(GROUPING.exec(text) ?? [])];
}

/** All files but those that are made or exempt. */
function searched(): string[] {
  return readdirSync(".", { withFileTypes: true })
    .filter(({ name }) => !MADE.includes(name))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(entry.name) : entry.name))
    .filter((file) => !PICTURES_AND_LEFTOVERS.test(file) && !EXEMPT.some((place) => file.startsWith(place)));
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).replaceAll(sep, "/"));
}

/** `file:line: word` of each, of the file's own name as line 0. */
function wordsIn(file: string, lines: readonly string[]): string[] {
  return [file, ...lines].flatMap((line, number) =>
    domainWords(line)
      .filter((word) => word !== "profile" || !CREDENTIALS.includes(file))
      .map((word) => `${file}:${number}: ${word}`),
  );
}

describe("the mechanism", () => {
  it("has no word of the shipped domain: whatever it needs of one, it takes from domain/", () => {
    const files = searched();

    // All of it, not what a mistake above has left of it.
    expect(files.length).toBeGreaterThan(450);
    expect([...new Set(files.map((file) => file.split("/")[0]))]).toEqual(expect.arrayContaining(ROOMS));
    expect(files.flatMap((file) => wordsIn(file, readFileSync(file, "utf8").split("\n")))).toEqual([]);
  });

  it("calls what AWS calls a profile by that name, in no more files than are named", () => {
    const silent = CREDENTIALS.filter((file) => !/profile/i.test(readFileSync(file, "utf8")));

    expect(silent).toEqual([]);
  });
});

describe(domainWords, () => {
  it.each([
    ["const proposal = 1;", ["proposal"]],
    [
      "two proposals, aProposal(), ProposalDocument, PROPOSAL_LIMIT",
      ["proposal", "proposal", "proposal", "proposal"],
    ],
    ["/proposals/{item}/documents", ["proposal"]],
    ["aws_s3_bucket.proposals-large_x", ["proposal"]],
    ["riskTolerance: 'low'", ["risk"]],
    ["horizonYears, an advisorId of advisors", ["horizon", "advisor", "advisor"]],
    ["the profile's Profile", ["profile", "profile"]],
    ["clientId", ["clientId"]],
    ["IndexName: 'byClient'", ["byClient"]],
    ["listByClient(", ["ByClient"]],
    ["txn.client_id x-client-id", ["client_id"]],
    ["the client id of a record", ["client id"]],
  ])("finds in %j %j", (line, words) => {
    expect(domainWords(line)).toEqual(words);
  });

  it.each([
    "an asterisk, a brisk advisory, security-advisories",
    "client, clients, clientIdentity, a client idles",
    "by clients of the API; createdByClients",
    "clientIdList and client_id_list of an identity provider",
    "item, items, record, document",
  ])("finds nothing in %j", (line) => {
    expect(domainWords(line)).toEqual([]);
  });
});
