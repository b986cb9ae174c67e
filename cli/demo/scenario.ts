import { domain } from "../../domain/domain.ts";
import { LARGE_API, SHARED_PATH, SMALL_API } from "../../domain/names.ts";
import type { Sample } from "../../domain/sample.ts";
import { credentialOf } from "../local-callers.ts";
import { showCallers } from "./callers.ts";
import type { Cast } from "./cast.ts";
import { type Client, createClient, jsonOf } from "./client.ts";
import { sendPlainFile } from "./plain-file.ts";
import { readDocuments, recordCheck } from "./record.ts";
import { createDemoSample } from "./sample.ts";
import { duration, megabytes, outcomeCheck, type Step, statusCheck } from "./step.ts";

export const smallBytes = 200_000;
export const largeBytes = 8_000_000;
const oversizedBytes = 11_000_000;

const { noun } = domain;

/** Takes records through every way that there is, from the one URL, and tells what came of each. */
export async function* runScenario(url: string, cast: Cast): AsyncGenerator<Step> {
  const client = createClient(url, credentialOf(cast.first));
  const small = createDemoSample("small", smallBytes);
  const large = createDemoSample("large", largeBytes);
  yield await sendSmall(client, small);
  yield await sendLarge(client, large);
  yield await sendInvalid(client, large);
  yield await sendOversized(client);
  if (domain.plainFiles) yield await sendPlainFile(client, "small-1");
  yield await showCallers(url, cast, { "small-1": small, "large-1": large });
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
  const path = `${SHARED_PATH}/large-1`;
  const sent = await client.send("POST", path, sample.body);
  const outcome = await client.followStatusUrl(path, sent);
  const processed = performance.now() - started;
  const read = await client.send("GET", path);
  const { checks, milliseconds } = await readDocuments(client, "large-1", sample);
  return {
    title: `A large ${noun}, ${megabytes(sample.body.length)}`,
    way: [
      `client ─► proxy ─► API ${LARGE_API} ─► S3 PutObject, no code   ${duration(sent)}`,
      `S3 ─► SQS ─► event source mapping ─► function queue ─► table, documents bucket   ${Math.round(processed)} ms since the request`,
      `documents bucket ─► S3 GetObject, no code ─► API ${LARGE_API} ─► client   ${duration({ milliseconds })}`,
    ],
    checks: [
      statusCheck("it is accepted", 202, sent),
      {
        expected: "its header Location is its statusUrl",
        passed: sent.location !== undefined && sent.location === jsonOf(sent)["statusUrl"],
        got: String(sent.location),
      },
      outcomeCheck("its submission is stored", "stored", outcome),
      recordCheck("large-1", sample, read),
      ...checks,
    ],
  };
}

/** Over the large API, which does not look into a payload: what is wrong with it shows in its submission alone. */
async function sendInvalid(client: Client, { record }: Sample): Promise<Step> {
  const { [domain.listedBy]: _, ...invalid } = record;
  const path = `${SHARED_PATH}/invalid-1`;
  const sent = await client.send("POST", path, JSON.stringify(invalid));
  const outcome = await client.followStatusUrl(path, sent);
  const reasons = JSON.stringify(jsonOf(outcome)["reasons"] ?? null);
  const read = await client.send("GET", path);
  return {
    title: `An invalid ${noun}, without ${domain.listedBy}`,
    way: [
      `client ─► proxy ─► API ${LARGE_API} ─► S3 ─► SQS ─► function queue   ${duration(sent)}`,
      `reasons in its submission: ${reasons}`,
    ],
    checks: [
      statusCheck("it is accepted", 202, sent),
      outcomeCheck("its submission is rejected", "rejected", outcome),
      {
        expected: "the reasons name the field",
        passed: reasons.includes(domain.listedBy),
        got: reasons,
      },
      statusCheck("no record is created", 404, read),
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
