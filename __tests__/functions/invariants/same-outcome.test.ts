import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, vi } from "vitest";
import { intakeKey } from "../../../contract/keys.ts";
import { domain } from "../../../domain/domain.ts";
import type { Path } from "../../../domain/files.ts";
import { createApiHandler } from "../../../functions/ingestion/api/api-handler.ts";
import { createQueueHandler } from "../../../functions/ingestion/queue/queue-handler.ts";
import { apiEvent, invocation, s3Notification, sqsEvent } from "../../support/function-events.ts";
import { memoryIntake, memoryStores } from "../../support/function-memory-stores.ts";
import { memoryMetrics } from "../../support/function-metrics.ts";
import { markedRecord, toBytes } from "../../support/function-payloads.ts";
import { itemResource, keyedBy } from "../../support/function-records.ts";
import { itHolds } from "../../support/property.ts";
import { scaled } from "../../support/simulation/scale.ts";

const runs = scaled(5000);

beforeEach(() => {
  for (const level of ["info", "warn", "error"] as const) vi.spyOn(console, level).mockReturnValue();
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("both paths", () => {
  const counts = new Map<string, number>();
  itHolds(
    `end ${runs} generated payloads alike, and keep the same of them`,
    fc.asyncProperty(
      anItem,
      aPayload,
      fc.constantFrom(undefined, "identity", "gzip"),
      async (item, bytes, encoding) => {
        const small = await overApi(item, bytes, encoding);
        const large = await overQueue(item, bytes, encoding);

        expect(large).toEqual(small);
        const status = small.outcome?.status ?? "none";
        const codes = small.outcome?.status === "rejected" ? small.outcome.reasons : [];
        for (const each of [status, ...new Set(codes.map(({ code }) => code))]) {
          counts.set(each, (counts.get(each) ?? 0) + 1);
        }
      },
    ),
    {
      numRuns: runs,
      seed: 17,
      afterwards() {
        // Both ends are really reached.
        expect(counts.get("stored")).toBeGreaterThan(runs / 10);
        expect(counts.get("rejected")).toBeGreaterThan(runs / 10);
        expect(counts.get("none")).toBeUndefined();
        for (const code of ["invalid_utf8", "compressed"]) expect(counts.get(code), code).toBeGreaterThan(0);
      },
    },
  );
});

const submissionId = "s/1+=";
const receivedAt = 1_772_355_600_000;

async function overApi(item: string, bytes: Buffer, encoding: string | undefined) {
  const stores = memoryStores();
  const handler = createApiHandler({
    open: () => ({ ...stores.context, intake: memoryIntake().store }),
    metrics: memoryMetrics().metrics,
  });
  const event = apiEvent({
    method: "POST",
    resource: itemResource,
    pathParameters: { [domain.key]: item },
    // As API Gateway decodes it: what is no UTF-8 becomes U+FFFD.
    body: bytes.toString("utf8"),
    submissionId,
    receivedAt,
    headers: encoding === undefined ? {} : { "Content-Encoding": encoding },
  });
  await handler(event, invocation());
  return kept(stores, item);
}

async function overQueue(item: string, bytes: Buffer, encoding: string | undefined) {
  const stores = memoryStores();
  const key = intakeKey(keyedBy(item), submissionId);
  const metadata = {
    "submission-id": submissionId,
    "received-at": String(receivedAt),
    ...(encoding && { "content-encoding": encoding }),
  };
  const intake = memoryIntake(new Map([[key, { bytes, metadata }]]));
  const handler = createQueueHandler({
    open: () => ({ ...stores.context, intake: intake.store, intakeBucket: "intake" }),
    metrics: memoryMetrics().metrics,
  });
  await handler(sqsEvent(s3Notification("intake", key)), invocation());
  return kept(stores, item);
}

function kept({ resultOf, stateOf, documents }: ReturnType<typeof memoryStores>, item: string) {
  return {
    outcome: resultOf(keyedBy(item), submissionId)?.outcome,
    state: stateOf(keyedBy(item)),
    documents: documents.contents().map(([path, content]) => [path, Buffer.from(content).toString("base64")]),
  };
}

const anItem = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/);

const aRecord = fc.string().map(markedRecord);
const aValue = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.string({ unit: "binary" }), fc.base64String());

/** Records with bytes in one place of their text, most of which are no UTF-8 there. */
const aBrokenText = fc
  .tuple(aRecord.map(toBytes), fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 4 }))
  .map(([bytes, place, inserted]) => {
    const at = place % (bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at)]);
  });

const aCompressedPayload = fc
  .tuple(aRecord.map(toBytes), fc.constantFrom(gzipSync, deflateSync, brotliCompressSync))
  .map(([bytes, compress]) => compress(bytes));

/** Records that keep the contract, records with something else in one place, and bytes. */
const aPayload = fc.oneof(
  { weight: 3, arbitrary: aRecord.map(toBytes) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(aRecord, fc.nat(), fc.constantFrom("drop", "replace", "retype", "add"), aValue)
      .map(([record, place, kind, value]) => toBytes(mutated(record, place, kind, value))),
  },
  { weight: 1, arbitrary: fc.json({ maxDepth: 3 }).map((text) => Buffer.from(text)) },
  { weight: 2, arbitrary: aBrokenText },
  { weight: 1, arbitrary: aCompressedPayload },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)) },
);

type Mutation = "drop" | "replace" | "retype" | "add";

/** Changes one of the places of a record, whatever it looks like. */
function mutated(record: unknown, place: number, kind: Mutation, value: unknown): unknown {
  const paths = pathsIn(record);
  const path = paths[place % paths.length] ?? [];
  return change(record, path, (present) => {
    if (kind === "drop") return undefined;
    if (kind === "retype") return typeof present === "string" ? { text: present } : String(present);
    return kind === "add" && typeof present === "object" ? { ...present, more: value } : value;
  });
}

function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const steps: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [path, ...steps.flatMap((step) => pathsIn(Reflect.get(value, step), [...path, step]))];
}

/** A copy; what becomes undefined is left out of its text. */
function change(value: unknown, [step, ...rest]: Path, work: (present: unknown) => unknown): unknown {
  if (step === undefined) return work(value) ?? null;
  if (Array.isArray(value)) {
    return value.map((each, index) => (index === step ? change(each, rest, work) : each));
  }
  const copy = { ...Object(value) };
  const changed = rest.length > 0 ? change(copy[step], rest, work) : work(copy[step]);
  return { ...copy, [step]: changed };
}
