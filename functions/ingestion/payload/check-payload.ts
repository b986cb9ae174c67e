import { itemPattern } from "../../../contract/keys.ts";
import { domain as ownDomain } from "../../../domain/domain.ts";
import { replaceFiles } from "../../../domain/files.ts";
import type { Domain } from "../../../domain/seam.ts";
import { type Checked, maxReasons, type Payload, type Reason, refuse } from "../outcome.ts";
import { checkFiles } from "./check-files.ts";
import type { CheckedPayload } from "./checked-payload.ts";
import { describeIssues } from "./describe-issues.ts";
import { MAX_BYTES_BESIDE_FILES, parsePayload, pathKey, tooLargeBesideFiles } from "./parse-payload.ts";

interface CheckPayloadOptions {
  readonly item: string;
  readonly maxPayloadBytes: number;
  /** What the payload has to be. */
  readonly domain?: Pick<Domain, "key" | "contract" | "files" | "mediaTypes" | "checks">;
}

/** The whole check of a payload, the same on both paths. */
export function checkPayload(
  payload: Payload,
  { item, maxPayloadBytes, domain = ownDomain }: CheckPayloadOptions,
): Checked<CheckedPayload> {
  const ids = { [domain.key]: item };
  const refusal = checkRequest(payload, { ids, maxPayloadBytes, wanted: "it as plain JSON" });
  if (refusal) return refusal;
  const parsed = parsePayload(payload.bytes, domain.files);
  if (!parsed.ok) return parsed;
  const { value, readData, bytesBesideFiles } = parsed.value;
  const record = guarded("the contract", () => domain.contract.safeParse(value));
  if (!record.success) {
    return { ok: false, reasons: describeIssues(record.error.issues, domain.contract) };
  }
  // The contract may allow long texts that are no files: they too have to fit into a record.
  if (bytesBesideFiles > MAX_BYTES_BESIDE_FILES) return tooLargeBesideFiles();
  const files = checkFiles(record.data, domain, readData);
  const reasons = [...brokenChecks(record.data, domain.checks), ...(files.ok ? [] : files.reasons)];
  return files.ok && reasons.length === 0
    ? {
        ok: true,
        value: { record: withMetadata(record.data, domain.files, files.value), files: files.value },
      }
    : { ok: false, reasons: reasons.slice(0, maxReasons) };
}

/** The domain's own code has failed: a person has to mend it. */
export class DomainError extends Error {
  override readonly name = "DomainError";
  readonly code = "DOMAIN";
}

/** @throws {DomainError} that repeats nothing of what was thrown: it may quote the payload */
function guarded<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const kind = error instanceof Error ? error.name : typeof error;
    throw new DomainError(`In the domain, ${what} threw a ${kind}`);
  }
}

/** What must hold beside the contract, and does not. */
function brokenChecks(record: Record<string, unknown>, checks: Domain["checks"]): Reason[] {
  return checks
    .filter(({ path, holds }) => !guarded(`the check at "${path}"`, () => holds(record)))
    .map(({ path, message }) => ({ path, code: "not_allowed", message }));
}

function withMetadata(
  record: Record<string, unknown>,
  places: readonly string[],
  files: CheckedPayload["files"],
): Record<string, unknown> {
  const metadata = new Map(files.map((file) => [pathKey(file.path), file.metadata]));
  return replaceFiles(record, places, (_file, path) => metadata.get(pathKey(path)));
}

/** By the names that the sender knows them by. */
type Ids = Readonly<Record<string, string>>;

/** What is wrong with a request whatever its body says; undefined where nothing is. */
export function checkRequest(
  { bytes, contentEncoding = "identity" }: Payload,
  { ids, maxPayloadBytes, wanted }: { ids: Ids; maxPayloadBytes: number; wanted: string },
): { ok: false; reasons: Reason[] } | undefined {
  for (const [name, id] of Object.entries(ids)) {
    if (!itemPattern.test(id)) {
      return refuse(name, "invalid_item", `The id in the path must match ${itemPattern}.`);
    }
  }
  if (bytes.length > maxPayloadBytes) {
    return { ok: false, reasons: [payloadTooLarge(maxPayloadBytes)] };
  }
  if (contentEncoding.trim().toLowerCase() !== "identity") {
    return refuse("", "compressed", `The payload is compressed; send ${wanted}.`);
  }
  return undefined;
}

export const payloadTooLargeCode = "payload_too_large";

/** The queue path finds it before the payload is read, and must answer alike. */
export function payloadTooLarge(maxPayloadBytes: number): Reason {
  return {
    path: "",
    code: payloadTooLargeCode,
    message: `The payload has more than ${maxPayloadBytes} bytes.`,
  };
}
