import { isDeepStrictEqual } from "node:util";
import { domain } from "../../domain/domain.ts";
import { replaceFiles } from "../../domain/files.ts";
import { SHARED_PATH } from "../../domain/names.ts";
import type { Sample } from "../../domain/sample.ts";
import { type Answer, type Client, jsonOf } from "./client.ts";
import { bytesCheck, type Check, describe } from "./step.ts";

export function documentPath(item: string, sha256: string): string {
  return `${SHARED_PATH}/${item}/documents/${sha256}`;
}

/** The stored record holds what was sent as the contract keeps it, the bytes of its files aside. */
export function recordCheck(
  item: string,
  { record, files }: Sample,
  answer: Answer,
  expected = "its record holds what was sent",
): Check {
  const kept = domain.contract.parse(record);
  const sizes = new Map(files.map(({ sha256, bytes }) => [sha256, bytes.length]));
  const wanted = replaceFiles(kept, domain.files, ({ fileName, contentType, sha256 = "" }) => ({
    fileName,
    contentType,
    sha256,
    sizeBytes: sizes.get(sha256),
    path: documentPath(item, sha256),
  }));
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
