import { isDeepStrictEqual } from "node:util";
import { domain } from "../../domain/domain.ts";
import type { Sample } from "../../domain/sample.ts";
import { documentPath, storedRecord } from "../../domain/stored-record.ts";
import { type Answer, type Client, jsonOf } from "./client.ts";
import { bytesCheck, type Check, describe } from "./step.ts";

/** The stored record holds what was sent as the contract keeps it, the bytes of its files aside. */
export function recordCheck(
  item: string,
  sample: Sample,
  answer: Answer,
  expected = "its record holds what was sent",
): Check {
  const wanted = storedRecord(item, sample);
  const stored = jsonOf(answer);
  const got = Object.fromEntries(Object.keys(wanted).map((name) => [name, stored[name]]));
  return {
    expected,
    passed: stored[domain.key] === item && isDeepStrictEqual(got, wanted),
    got: describe(answer),
  };
}

/** Reads what the record's files hold, and tells how long the slowest took. */
export async function readDocuments(client: Client, item: string, { files }: Sample) {
  const checks: Check[] = [];
  let milliseconds = 0;
  for (const { path, sha256, bytes } of files) {
    const answer = await client.send("GET", documentPath(item, sha256));
    milliseconds = Math.max(milliseconds, answer.milliseconds);
    checks.push(bytesCheck(`its ${path.join(".")} comes back`, bytes, answer));
  }
  return { checks, milliseconds };
}
