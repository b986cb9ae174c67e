import { isDeepStrictEqual } from "node:util";
import { domain } from "../../domain/domain.ts";
import { replaceFiles } from "../../domain/files.ts";
import { LARGE_API, SHARED_PATH, SMALL_API } from "../../domain/names.ts";
import type { Sample } from "../../domain/sample.ts";
import { type Answer, type Client, jsonOf } from "./client.ts";
import { sendPlainFile } from "./plain-file.ts";
import { createDemoSample } from "./sample.ts";
import {
  bytesCheck,
  type Check,
  describe,
  duration,
  megabytes,
  outcomeCheck,
  type Step,
  statusCheck,
} from "./step.ts";

export const smallBytes = 200_000;
export const largeBytes = 8_000_000;
const oversizedBytes = 11_000_000;

const { noun } = domain;

/** Takes records through every way that there is, from the one URL, and tells what came of each. */
export async function* runScenario(client: Client): AsyncGenerator<Step> {
  const small = createDemoSample("small", smallBytes);
  const large = createDemoSample("large", largeBytes);
  yield await sendSmall(client, small);
  yield await sendLarge(client, large);
  yield await sendInvalid(client, large);
  yield await sendOversized(client);
  if (domain.plainFiles) yield await sendPlainFile(client, "small-1");
}

async function sendSmall(client: Client, sample: Sample): Promise<Step> {
  const sent = await client.send("POST", `${SHARED_PATH}/small-1`, sample.body);
  const read = await client.send("GET", `${SHARED_PATH}/small-1`);
  const { checks } = await readDocuments(client, "small-1", sample);
  return {
    title: `A small ${noun}, ${megabytes(sample.body.length)}`,
    way: [
      `client ─► proxy ─► API ${SMALL_API} ─► function api ─► table, documents bucket   ${duration(sent)}`,
    ],
    checks: [statusCheck("it is created", 201, sent), recordCheck("small-1", sample, read), ...checks],
  };
}

async function sendLarge(client: Client, sample: Sample): Promise<Step> {
  const started = performance.now();
  const sent = await client.send("POST", `${SHARED_PATH}/large-1`, sample.body);
  const outcome = await client.awaitOutcome("large-1", String(jsonOf(sent)["submissionId"]));
  const processed = performance.now() - started;
  const read = await client.send("GET", `${SHARED_PATH}/large-1`);
  const { checks, milliseconds } = await readDocuments(client, "large-1", sample);
  return {
    title: `A large ${noun}, ${megabytes(sample.body.length)}`,
    way: [
      `client ─► proxy ─► API ${LARGE_API} ─► S3 PutObject, no code   ${duration(sent)}`,
      `S3 ─► SQS ─► event source mapping ─► function queue ─► table, documents bucket   ${Math.round(processed)} ms since it was sent`,
      `documents bucket ─► S3 GetObject, no code ─► API ${LARGE_API} ─► client   ${duration({ milliseconds })}`,
    ],
    checks: [
      statusCheck("it is accepted", 202, sent),
      outcomeCheck("its submission is stored", "stored", outcome),
      recordCheck("large-1", sample, read),
      ...checks,
    ],
  };
}

/** Over the large API, which does not look into a payload: what is wrong with it shows in its submission alone. */
async function sendInvalid(client: Client, { record }: Sample): Promise<Step> {
  const { [domain.listedBy]: _, ...invalid } = record;
  const sent = await client.send("POST", `${SHARED_PATH}/invalid-1`, JSON.stringify(invalid));
  const outcome = await client.awaitOutcome("invalid-1", String(jsonOf(sent)["submissionId"]));
  const reasons = JSON.stringify(jsonOf(outcome)["reasons"] ?? null);
  const read = await client.send("GET", `${SHARED_PATH}/invalid-1`);
  return {
    title: `An invalid ${noun}, without ${domain.listedBy}`,
    way: [
      `client ─► proxy ─► API ${LARGE_API} ─► S3 ─► SQS ─► function queue   ${duration(sent)}`,
      `its submission says: ${reasons}`,
    ],
    checks: [
      statusCheck("it is accepted at first", 202, sent),
      outcomeCheck("its submission is rejected", "rejected", outcome),
      {
        expected: "the reasons name the field",
        passed: reasons.includes(domain.listedBy),
        got: reasons,
      },
      statusCheck("no record came of it", 404, read),
    ],
  };
}

async function sendOversized(client: Client): Promise<Step> {
  const { body } = createDemoSample("oversized", oversizedBytes);
  const sent = await client.send("POST", `${SHARED_PATH}/oversized-1`, body);
  return {
    title: `An oversized ${noun}, ${megabytes(body.length)}`,
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

function documentPath(item: string, sha256: string): string {
  return `${SHARED_PATH}/${item}/documents/${sha256}`;
}

/** The stored record holds what was sent as the contract keeps it, the bytes of its files aside. */
function recordCheck(item: string, { record, files }: Sample, answer: Answer): Check {
  const kept = domain.contract.parse(record);
  const sizes = new Map(files.map(({ sha256, bytes }) => [sha256, bytes.length]));
  const expected = replaceFiles(kept, domain.files, ({ fileName, contentType, sha256 = "" }) => ({
    fileName,
    contentType,
    sha256,
    sizeBytes: sizes.get(sha256),
    path: documentPath(item, sha256),
  }));
  const stored = jsonOf(answer);
  const got = Object.fromEntries(Object.keys(expected).map((name) => [name, stored[name]]));
  return {
    expected: "its record holds what was sent",
    passed: stored[domain.key] === item && isDeepStrictEqual(got, expected),
    got: describe(answer),
  };
}

/** Reads what the record's files hold, and tells how long the slowest took. */
async function readDocuments(client: Client, item: string, { files }: Sample) {
  const checks: Check[] = [];
  let milliseconds = 0;
  for (const { path, sha256, bytes } of files) {
    const answer = await client.send("GET", documentPath(item, sha256));
    milliseconds = Math.max(milliseconds, answer.milliseconds);
    checks.push(bytesCheck(`its ${path.join(".")} comes back`, bytes, answer));
  }
  return { checks, milliseconds };
}
