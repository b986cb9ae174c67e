import { isDeepStrictEqual } from "node:util";
import { domain } from "../../domain/domain.ts";
import { SHARED_PATH } from "../../domain/names.ts";
import { storedRecord } from "../../domain/stored-record.ts";
import { type Answer, describeAnswer, jsonOf, objectOf, resolvePath } from "./answer.ts";
import { type Check, type Finding, fails, holds } from "./check.ts";
import { diagnoseAnswer } from "./diagnose-answer.ts";
import { documentChecks, send, statusCheck } from "./expect-answer.ts";
import { countDeadLetters } from "./follow-payload.ts";
import type { Payload } from "./payloads.ts";
import type { Verification } from "./step.ts";

const itemPath = ({ item }: Payload) => `${SHARED_PATH}/${item}`;

/** A read of what is not there goes the whole way, to the function and its table, and writes nothing. */
export async function reachProxy(verification: Verification): Promise<Check[]> {
  const answer = await send(verification, "GET", itemPath(verification.payloads.small));
  const expected = "the synchronous API answers through the proxy: no such record (404)";
  const { detail } = jsonOf(answer);
  // The proxy's own 404 says that there is no such path.
  const isOfFunction = answer.status === 404 && String(detail).includes(domain.noun);
  if (isOfFunction) return [holds(expected)];
  return [fails(expected, describeAnswer(answer), diagnoseAnswer(answer))];
}

export async function sendSmall(verification: Verification): Promise<Check[]> {
  const { small } = verification.payloads;
  verification.seen.sentItems.add(small.item);
  const sent = await send(verification, "POST", itemPath(small), { body: small.sample.body });
  const created = statusCheck("it is created", 201, sent);
  if (created.result === "fails") return [created];
  verification.seen.storedItems.add(small.item);
  return [
    created,
    await recordCheck(verification, small),
    ...(await documentChecks(verification, small.item, small.sample)),
  ];
}

export async function sendLarge(verification: Verification): Promise<Check[]> {
  const { large } = verification.payloads;
  const deadLetters = await countDeadLetters(verification);
  if (deadLetters !== undefined) verification.seen.deadLettersBefore = deadLetters;
  verification.seen.sentItems.add(large.item);
  const sent = await send(verification, "POST", itemPath(large), { body: large.sample.body });
  const accepted = statusCheck("S3 stored it, and it is accepted", 202, sent);
  if (accepted.result === "fails") return [accepted, ...takenBySmallApi(sent)];
  const { submissionId, statusUrl } = jsonOf(sent);
  const names = "the answer has its submission id and the URL of its outcome";
  if (typeof submissionId !== "string" || typeof statusUrl !== "string") {
    return [accepted, fails(names, describeAnswer(sent), ANSWER_TEMPLATE)];
  }
  const location = String(sent.headers.location ?? "");
  verification.seen.accepted = {
    submissionId,
    statusPath: resolvePath(itemPath(large), statusUrl),
    location,
  };
  return [accepted, holds(names, submissionId)];
}

const ANSWER_TEMPLATE: Finding = {
  part: "the large API's answer to S3's 200",
  look: "Its template did not write what the document defines. Check that the API was deployed after its last change.",
  section: "api-server-errors",
};

/** A 201 for what is above the threshold tells that the proxy has another one. */
function takenBySmallApi({ status }: Answer): Check[] {
  if (status !== 201 && status !== 200) return [];
  return [
    fails("it goes to the large API", "the synchronous API took it", {
      part: "the threshold between the APIs",
      look: "The proxy's threshold differs from large_payload_threshold_bytes of the outputs. Render the proxy again and reload it.",
      section: "api-too-large",
    }),
  ];
}

export async function recordCheck(verification: Verification, payload: Payload): Promise<Check> {
  const expected = "its record is what was sent";
  const answer = await send(verification, "GET", itemPath(payload));
  if (answer.status !== 200) return fails(expected, describeAnswer(answer), diagnoseAnswer(answer));
  const wanted = storedRecord(payload.item, payload.sample);
  const stored = jsonOf(answer);
  const got = Object.fromEntries(Object.keys(wanted).map((name) => [name, stored[name]]));
  const other = Object.keys(wanted).filter((name) => !isDeepStrictEqual(got[name], wanted[name]));
  return stored[domain.key] === payload.item && other.length === 0
    ? holds(expected)
    : fails(expected, `other values of ${[...other, domain.key].join(", ")}`, OTHER_RECORD);
}

const OTHER_RECORD: Finding = {
  part: "the functions' version",
  look: "The deployed functions have another contract than this checkout. Verify from the commit that was applied, or apply this one.",
};

/** Pages of a list that are looked at before an item counts as missing from it. */
const mostPages = 50;

export async function listCheck(verification: Verification): Promise<Check> {
  const { large } = verification.payloads;
  const group = encodeURIComponent(String(large.sample.record[domain.listedBy]));
  const missing = new Set(verification.seen.storedItems);
  const expected = `the list by ${domain.listedBy} has what was stored`;
  let cursor = "";
  for (let page = 0; page < mostPages && missing.size > 0; page += 1) {
    const query = `${domain.listedBy}=${group}${cursor && `&cursor=${cursor}`}`;
    const answer = await send(verification, "GET", `${SHARED_PATH}?${query}`);
    if (answer.status !== 200) return fails(expected, describeAnswer(answer), diagnoseAnswer(answer));
    const { items, cursor: next } = jsonOf(answer);
    for (const item of Array.isArray(items) ? items : []) missing.delete(String(objectOf(item)[domain.key]));
    if (typeof next !== "string") break;
    cursor = encodeURIComponent(next);
  }
  return missing.size === 0
    ? holds(expected)
    : fails(expected, `it lacks ${[...missing].join(", ")}`, {
        part: "the table's index",
        look: "Records are in the table but not in its index byGroup. Check with aws dynamodb describe-table if the index is still being built.",
      });
}
