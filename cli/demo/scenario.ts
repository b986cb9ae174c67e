import { isDeepStrictEqual } from "node:util";
import { type Answer, type Client, jsonOf } from "./client.ts";
import { createSampleProposal, type SampleProposal } from "./sample-proposal.ts";

/** Something that was expected and what came of it. */
export interface Check {
  readonly expected: string;
  readonly passed: boolean;
  /** What came instead. */
  readonly got?: string;
}

export interface Step {
  readonly title: string;
  /** The way that the payload took, with times. */
  readonly way: readonly string[];
  readonly checks: readonly Check[];
}

export const smallBytes = 200_000;
export const largeBytes = 8_000_000;

/** Takes proposals through every way that there is, from the one URL, and tells what came of each. */
export async function* runScenario(client: Client): AsyncGenerator<Step> {
  const small = createSampleProposal("A small proposal", smallBytes);
  const large = createSampleProposal("A large proposal", largeBytes);
  yield await sendSmall(client, small);
  yield await sendLarge(client, large);
  yield await sendInvalid(client, large);
  yield await sendTooLarge(client);
}

async function sendSmall(client: Client, sample: SampleProposal): Promise<Step> {
  const sent = await client.send("POST", "/proposals/small-1", sample.body);
  const read = await client.send("GET", "/proposals/small-1");
  const document = await client.send("GET", documentPath("small-1", sample));
  return {
    title: `A small proposal, ${megabytes(sample.body.length)}`,
    way: [`client ─► proxy ─► API proposals ─► function api ─► table, documents bucket   ${duration(sent)}`],
    checks: [
      statusCheck("it is created", 201, sent),
      recordCheck(sample, read),
      documentCheck(sample, document),
    ],
  };
}

async function sendLarge(client: Client, sample: SampleProposal): Promise<Step> {
  const started = performance.now();
  const sent = await client.send("POST", "/proposals/large-1", sample.body);
  const submissionId = String(jsonOf(sent)["submissionId"]);
  const outcome = await client.awaitOutcome("large-1", submissionId);
  const processed = performance.now() - started;
  const read = await client.send("GET", "/proposals/large-1");
  const document = await client.send("GET", documentPath("large-1", sample));
  return {
    title: `A large proposal, ${megabytes(sample.body.length)}`,
    way: [
      `client ─► proxy ─► API proposals-large ─► S3 PutObject, no code   ${duration(sent)}`,
      `S3 ─► SQS ─► event source mapping ─► function queue ─► table, documents bucket   ${Math.round(processed)} ms since it was sent`,
      `documents bucket ─► S3 GetObject, no code ─► API proposals-large ─► client   ${duration(document)}`,
    ],
    checks: [
      statusCheck("it is accepted", 202, sent),
      fieldCheck("its submission is stored", "stored", outcome),
      recordCheck(sample, read),
      documentCheck(sample, document),
    ],
  };
}

/** Over the large API, which does not look into a payload: what is wrong with it shows in its submission alone. */
async function sendInvalid(client: Client, { proposal }: SampleProposal): Promise<Step> {
  const invalid = { ...proposal, profile: { ...proposal.profile, horizonYears: 500 } };
  const sent = await client.send("POST", "/proposals/invalid-1", JSON.stringify(invalid));
  const outcome = await client.awaitOutcome("invalid-1", String(jsonOf(sent)["submissionId"]));
  const reasons = JSON.stringify(jsonOf(outcome)["reasons"] ?? null);
  const read = await client.send("GET", "/proposals/invalid-1");
  return {
    title: "An invalid proposal, for 500 years",
    way: [
      `client ─► proxy ─► API proposals-large ─► S3 ─► SQS ─► function queue   ${duration(sent)}`,
      `its submission says: ${reasons}`,
    ],
    checks: [
      statusCheck("it is accepted at first", 202, sent),
      fieldCheck("its submission is rejected", "rejected", outcome),
      {
        expected: "the reasons name the field",
        passed: reasons.includes("horizonYears"),
        got: reasons,
      },
      statusCheck("no record came of it", 404, read),
    ],
  };
}

async function sendTooLarge(client: Client): Promise<Step> {
  const sample = createSampleProposal("A proposal that is too large", 11_000_000);
  const sent = await client.send("POST", "/proposals/too-large-1", sample.body);
  return {
    title: `A proposal that is too large, ${megabytes(sample.body.length)}`,
    way: [`client ─► proxy   ${duration(sent)}`],
    checks: [
      statusCheck("it is refused", 413, sent),
      {
        expected: "the refusal is a problem document",
        passed: sent.contentType === "application/problem+json",
        got: sent.contentType,
      },
    ],
  };
}

function documentPath(item: string, { sha256 }: SampleProposal): string {
  return `/proposals/${item}/documents/${sha256}`;
}

function statusCheck(expected: string, status: number, answer: Answer): Check {
  return { expected: `${expected} (${status})`, passed: answer.status === status, got: describe(answer) };
}

function fieldCheck(expected: string, status: string, answer: Answer): Check {
  return { expected, passed: jsonOf(answer)["status"] === status, got: describe(answer) };
}

/** The stored record holds what was sent, the document's bytes aside. */
function recordCheck({ proposal, document, sha256 }: SampleProposal, answer: Answer): Check {
  const { item, clientId, profile, proposal: metadata, document: stored } = jsonOf(answer);
  const { fileName, contentType } = proposal.document;
  const expected = {
    clientId: proposal.clientId,
    profile: proposal.profile,
    proposal: proposal.proposal,
    document: {
      path: `/proposals/${item}/documents/${sha256}`,
      fileName,
      contentType,
      sha256,
      sizeBytes: document.length,
    },
  };
  return {
    expected: "its record holds what was sent",
    passed: isDeepStrictEqual({ clientId, profile, proposal: metadata, document: stored }, expected),
    got: describe(answer),
  };
}

function documentCheck({ document }: SampleProposal, answer: Answer): Check {
  return {
    expected: `its document comes back byte for byte (${megabytes(document.length)})`,
    passed: answer.status === 200 && answer.bytes.equals(document),
    got: answer.status === 200 ? `${answer.bytes.length} other bytes` : describe(answer),
  };
}

function describe({ status, bytes }: Answer): string {
  return `${status} ${bytes.subarray(0, 300).toString("utf8")}`;
}

function duration({ milliseconds }: Answer): string {
  return `${Math.round(milliseconds)} ms`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(bytes < 1_000_000 ? 2 : 1)} MB`;
}
