import { createHash } from "node:crypto";
import { BlockList, isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import { CALLER_HEADER, SHARED_CALLER } from "../../contract/keys.ts";
import { MAX_SUBMISSION_ID_LENGTH } from "../../contract/limits.ts";
import { domain } from "../../domain/domain.ts";
import { SHARED_PATH } from "../../domain/names.ts";
import { type Answer, describeAnswer, jsonOf, resolvePath } from "./answer.ts";
import { type Check, fails, holds, notChecked } from "./check.ts";
import { ConnectionFailure } from "./connection-failure.ts";
import { directUrls } from "./entrance.ts";
import { exchange } from "./exchange.ts";
import { send } from "./expect-answer.ts";
import { type ObservedFactId, OPEN_FACTS, type OpenFact } from "./open-facts.ts";
import type { Verification } from "./step.ts";

/** What was observed: as assumed, otherwise, or nothing, and why. */
type Observation =
  | { readonly kind: "as assumed"; readonly got?: string }
  | { readonly kind: "otherwise"; readonly got: string }
  | { readonly kind: "unseen"; readonly why: string };

const asAssumed = (got?: string): Observation => ({ kind: "as assumed", ...(got !== undefined && { got }) });
const otherwise = (got: string): Observation => ({ kind: "otherwise", got });
const unseen = (why: string): Observation => ({ kind: "unseen", why });

/** An answer of a service that is not well tells nothing about AWS. */
function unlike(answer: Answer, what = ""): Observation {
  const said = `${what}${describeAnswer(answer)}`;
  return answer.status === 429 || answer.status >= 500 ? unseen(said) : otherwise(said);
}

const NOTHING_ACCEPTED = "no large payload was accepted";

type Observer = (verification: Verification) => Observation | Promise<Observation>;

const OBSERVERS: Readonly<Record<ObservedFactId, Observer>> = {
  "encoded-slash": observeEncodedSlash,
  "doubled-slash": observeDoubledSlash,
  "response-override": ({ seen, payloads }) => {
    if (seen.accepted === undefined) return unseen(NOTHING_ACCEPTED);
    const { location, statusPath } = seen.accepted;
    if (location === "") return otherwise("the 202 has no Location");
    const path = resolvePath(`${SHARED_PATH}/${payloads.large.item}`, location);
    return path === statusPath
      ? asAssumed()
      : otherwise(`Location leads to ${path}, statusUrl to ${statusPath}`);
  },
  "submission-id": ({ seen }) => {
    if (seen.accepted === undefined) return unseen(NOTHING_ACCEPTED);
    const { submissionId } = seen.accepted;
    const isKnown =
      /^[A-Za-z0-9+/_-]+=+$/.test(submissionId) && submissionId.length <= MAX_SUBMISSION_ID_LENGTH;
    return isKnown ? asAssumed(submissionId) : otherwise(submissionId);
  },
  checksum: observeChecksum,
  "source-address": observeSourceAddress,
  "retry-after": ({ seen }) => {
    const [met] = seen.retryAfter;
    if (met === undefined) return unseen("no answer was a 429 or 5xx");
    const without = seen.retryAfter.find(({ value }) => value === undefined);
    return without === undefined
      ? asAssumed(`${met.value} s with ${met.status}`)
      : otherwise(`an answer with ${without.status} has no Retry-After`);
  },
};

/** Each of the open facts as a check; what only a person sees is said to be unchecked. */
export async function observeFacts(verification: Verification): Promise<Check[]> {
  const checks: Check[] = [];
  for (const fact of OPEN_FACTS) {
    const observe = isObserved(fact.id) ? OBSERVERS[fact.id] : undefined;
    const observation = observe ? await observe(verification) : unseen("not visible from outside");
    checks.push(checkOf(fact, observation, verification));
  }
  return checks;
}

function isObserved(id: OpenFact["id"]): id is ObservedFactId {
  return Object.hasOwn(OBSERVERS, id);
}

function checkOf(
  { id, assumed, matters, byHand }: OpenFact,
  seen: Observation,
  { stack }: Verification,
): Check {
  const expected = `${id}: ${assumed.replaceAll("`", "")}`;
  if (seen.kind === "as assumed") return holds(expected, seen.got);
  if (seen.kind === "unseen") {
    return notChecked(expected, byHand === undefined ? seen.why : `${seen.why}; by hand: docs/verify.md`);
  }
  // What this machine does instead says nothing about AWS.
  if (stack.local !== undefined) {
    return notChecked(
      expected,
      `this machine behaves differently (${seen.got}), which proves nothing about AWS`,
    );
  }
  return fails(expected, `different: ${seen.got}`, {
    part: "an assumption about AWS",
    look: `Please report this line to the maintainers. Consequence: ${matters.replaceAll("`", "")}.`,
  });
}

/** A function's 404 of a submission tells that its path was found. */
async function observeEncodedSlash(verification: Verification): Promise<Observation> {
  const { accepted } = verification.seen;
  if (accepted === undefined) return unseen(NOTHING_ACCEPTED);
  const submissions = `${SHARED_PATH}/${verification.payloads.large.item}/submissions`;
  const own = await send(verification, "GET", `${submissions}/${encodeURIComponent(accepted.submissionId)}`);
  if (own.status !== 200) return unlike(own, "its encoded id gives ");
  const none = await send(verification, "GET", `${submissions}/verify%2Fnone%3D`);
  return none.status === 404 && /submission/.test(detailOf(none)) ? asAssumed() : unlike(none, "%2F gives ");
}

function detailOf(answer: Answer): string {
  return String(jsonOf(answer)["detail"] ?? "");
}

/** An answer of 400 stored nothing; one of 202 did, and it is deleted with the rest. */
async function observeChecksum(verification: Verification): Promise<Observation> {
  if (verification.seen.accepted === undefined) return unseen(NOTHING_ACCEPTED);
  const item = verification.payloads.small.item.replace(/small$/, "checksum");
  verification.seen.sentItems.add(item);
  const sent = await send(verification, "POST", `${SHARED_PATH}/${item}`, {
    body: verification.payloads.small.sample.body,
    headers: {
      Prefer: "respond-async",
      "x-amz-checksum-sha256": createHash("sha256").update("other bytes").digest("base64"),
    },
  });
  if (sent.status !== 400) return unlike(sent);
  verification.seen.sentItems.delete(item);
  return asAssumed();
}

const directMilliseconds = 5_000;

/** Asks an API by itself for a record that is not there; undefined where it is not reached. */
async function askDirectly(
  { stack, signal, caller }: Verification,
  path: string,
): Promise<Omit<Answer, "side"> | string> {
  const urls = directUrls(stack);
  if (urls === undefined) return "the outputs have no URL of it";
  try {
    return await exchange({
      method: "GET",
      url: new URL(`${urls.small}${path}`),
      headers: { [CALLER_HEADER]: caller ?? SHARED_CALLER },
      timeoutMilliseconds: directMilliseconds,
      signal,
    });
  } catch (error) {
    if (!(error instanceof ConnectionFailure)) throw error;
    return `the API's own URL is not reached from here (${error.code})`;
  }
}

async function observeDoubledSlash(verification: Verification): Promise<Observation> {
  const answer = await askDirectly(verification, `/${SHARED_PATH}/verify-none`);
  if (typeof answer === "string") return unseen(answer);
  if (answer.status === 403 && !/Missing Authentication Token/.test(answer.bytes.toString("utf8"))) {
    return unseen("the API's own URL is refused from here, as it should be");
  }
  const { detail } = jsonOf(answer);
  return answer.status === 404 && String(detail).includes(domain.noun)
    ? asAssumed()
    : unlike({ ...answer, side: "small" });
}

async function observeSourceAddress(verification: Verification): Promise<Observation> {
  const { proxyAddresses, stack } = verification;
  if (proxyAddresses === "any") return unseen('proxy.addresses is "any"');
  if (stack.local !== undefined)
    return unseen("the local service has no network between the proxy and the APIs");
  const answer = await askDirectly(verification, `${SHARED_PATH}/verify-none`);
  if (typeof answer === "string") return unseen(answer);
  const said = describeAnswer({ ...answer, side: "small" });
  const isRefused = answer.status === 403;
  if (hasAddressIn(proxyAddresses)) {
    return isRefused
      ? otherwise(`this machine has an address of the proxy and is refused: ${said}`)
      : asAssumed("this machine has an address of the proxy and is answered");
  }
  return isRefused
    ? asAssumed("refused from here")
    : otherwise(`this machine reaches the API without the proxy: ${said}`);
}

function hasAddressIn(blocks: readonly string[]): boolean {
  const list = new BlockList();
  for (const block of blocks) {
    const [address = "", bits] = block.split("/");
    list.addSubnet(address, Number(bits), isIPv6(address) ? "ipv6" : "ipv4");
  }
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return own.some(({ address, family }) => list.check(address, family === "IPv6" ? "ipv6" : "ipv4"));
}
