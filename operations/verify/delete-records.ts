import { SHARED_PATH } from "../../domain/names.ts";
import { documentPath } from "../../domain/stored-record.ts";
import { type Answer, describeAnswer } from "./answer.ts";
import { type Check, type Finding, fails, notChecked } from "./check.ts";
import { ConnectionFailure } from "./connection-failure.ts";
import { diagnoseConnection } from "./diagnose-connection.ts";
import { send, statusCheck } from "./expect-answer.ts";
import { pendingKey } from "./follow-payload.ts";
import type { Verification } from "./step.ts";

/** Deletes what was sent, and shows that nobody reads it any more. */
export async function deleteRecords(verification: Verification): Promise<Check[]> {
  const { sentItems } = verification.seen;
  if (sentItems.size === 0) return [notChecked("what was sent is deleted", "nothing was sent")];
  const checks: Check[] = [];
  for (const item of [...sentItems]) {
    checks.push(
      ...(await deleteItem(verification, item).catch((error: unknown) => connectionChecks(error, item))),
    );
  }
  return [...checks, ...pendingChecks(verification)];
}

/** @throws what is no failure of a connection */
function connectionChecks(error: unknown, item: string): Check[] {
  if (!(error instanceof ConnectionFailure)) throw error;
  const expected = `${item} is deleted and can no longer be read; otherwise delete it by hand: DELETE ${SHARED_PATH}/${item}`;
  return [fails(expected, error.message, diagnoseConnection(error))];
}

async function deleteItem(verification: Verification, item: string): Promise<Check[]> {
  const { payloads, seen } = verification;
  const path = `${SHARED_PATH}/${item}`;
  const deleted = statusCheck(`${item} is deleted`, 204, await send(verification, "DELETE", path));
  if (deleted.result === "fails") {
    return [{ ...deleted, expected: `${deleted.expected}; otherwise delete it by hand: DELETE ${path}` }];
  }
  seen.sentItems.delete(item);
  const checks = [
    deleted,
    statusCheck(`${item} can no longer be read`, 404, await send(verification, "GET", path)),
  ];
  const sent = [payloads.small, payloads.large].find((payload) => payload.item === item);
  for (const { sha256 } of sent && seen.storedItems.has(item) ? sent.sample.files : []) {
    checks.push(goneCheck(await send(verification, "GET", documentPath(item, sha256))));
  }
  return checks;
}

function goneCheck(answer: Answer): Check {
  return answer.status === 200
    ? fails("its document is gone too (404)", describeAnswer(answer), STILL_READABLE)
    : statusCheck("its document is gone too", 404, answer);
}

const STILL_READABLE: Finding = {
  part: "the documents bucket",
  look: "Its document can still be read. Check that the bucket is versioned.",
  section: "unversioned-documents",
};

/** The deletion was received later: a payload that is processed after it comes to nothing, and its object goes then. */
function pendingChecks(verification: Verification): Check[] {
  if (verification.seen.accepted === undefined || verification.seen.hasOutcome) return [];
  const key = pendingKey(verification) ?? "below incoming/, under the caller's name";
  return [
    notChecked(
      "the payload is no longer in the intake bucket",
      `a payload still waits there: ${key} of ${verification.stack.intakeBucket}. Its record is deleted, so it will not be stored. It is removed when it is processed, or by the bucket's lifecycle`,
    ),
  ];
}

const cleanupMilliseconds = 8_000;

/**
 * After an interruption: deletes without looking at anything else.
 * @returns the items that may be left
 */
export async function deleteAfterStop(verification: Verification): Promise<readonly string[]> {
  const signal = AbortSignal.timeout(cleanupMilliseconds);
  const items = [...verification.seen.sentItems];
  const results = await Promise.allSettled(
    items.map((item) => verification.client.send("DELETE", `${SHARED_PATH}/${item}`, { signal })),
  );
  return items.filter((_, index) => {
    const result = results[index];
    return result?.status !== "fulfilled" || result.value.status !== 204;
  });
}
