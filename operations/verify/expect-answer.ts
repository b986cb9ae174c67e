import type { Sample } from "../../domain/sample.ts";
import { documentPath } from "../../domain/stored-record.ts";
import { type Answer, describeAnswer } from "./answer.ts";
import { type Check, fails, holds } from "./check.ts";
import { diagnoseAnswer } from "./diagnose-answer.ts";
import type { Verification } from "./step.ts";

/** Sends as the verification's caller, and keeps what its answers say of sending again. */
export async function send(
  { client, signal, seen }: Verification,
  method: string,
  path: string,
  options: { readonly body?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<Answer> {
  const answer = await client.send(method, path, { ...options, signal });
  const { status, headers } = answer;
  if (status === 429 || status >= 500) seen.retryAfter.push({ status, value: headers["retry-after"] });
  return answer;
}

export function statusCheck(expected: string, status: number, answer: Answer): Check {
  const said = `${expected} (${status})`;
  return answer.status === status ? holds(said) : fails(said, describeAnswer(answer), diagnoseAnswer(answer));
}

/** Each file of a record, as the documents bucket gives it back through the large API. */
export async function documentChecks(
  verification: Verification,
  item: string,
  { files }: Sample,
): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { path, sha256, bytes } of files) {
    const expected = `its ${path.join(".")} comes back byte for byte (${bytes.length.toLocaleString("en")} bytes)`;
    const answer = await send(verification, "GET", documentPath(item, sha256));
    checks.push(bytesCheck(expected, bytes, answer));
  }
  return checks;
}

function bytesCheck(expected: string, bytes: Buffer, answer: Answer): Check {
  if (answer.status !== 200) return fails(expected, describeAnswer(answer), diagnoseAnswer(answer));
  if (answer.bytes.equals(bytes)) return holds(expected);
  return fails(expected, `${answer.bytes.length.toLocaleString("en")} other bytes`, {
    part: "the documents bucket, or the large API's binary types",
    look: "The document was changed on the way or in the bucket. Check binaryMediaTypes of the large API, anything that rewrites bodies between here and the proxy, and the object's version in the documents bucket.",
  });
}
