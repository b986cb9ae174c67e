import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, vi } from "vitest";
import { createApiHandler } from "../../../functions/ingestion/api/api-handler.ts";
import { createQueueHandler } from "../../../functions/ingestion/queue/queue-handler.ts";
import { apiEvent, invocation, s3Notification, sqsEvent } from "../../support/function-events.ts";
import { memoryIntake, memoryStores } from "../../support/function-memory-stores.ts";
import { memoryMetrics } from "../../support/function-metrics.ts";
import { aDocument, aProposal, pdfBytes, toBytes } from "../../support/function-payloads.ts";
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
        counts.set(status, (counts.get(status) ?? 0) + 1);
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
    resource: "/proposals/{item}",
    pathParameters: { item },
    body: bytes.toString("base64"),
    isBase64Encoded: true,
    submissionId,
    receivedAt,
    headers: encoding === undefined ? {} : { "Content-Encoding": encoding },
  });
  await handler(event, invocation());
  return kept(stores, item);
}

async function overQueue(item: string, bytes: Buffer, encoding: string | undefined) {
  const stores = memoryStores();
  const key = `incoming/${item}/${submissionId}`;
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

function kept({ results, states, documents }: ReturnType<typeof memoryStores>, item: string) {
  return {
    outcome: results.get(`${item} ${submissionId}`)?.outcome,
    state: states.get(item),
    documents: [...documents].map(([path, content]) => [path, Buffer.from(content).toString("base64")]),
  };
}

const anItem = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/);

/** Proposals, proposals with something wrong in them, and bytes. */
const aPayload = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record({ mark: fc.string(), horizonYears: fc.integer({ min: 1, max: 60 }) })
      .map(proposalOf)
      .map(toBytes),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom("clientId", "profile", "proposal", "document", "more"),
        fc.option(fc.constantFrom("riskTolerance", "fileName", "data", "sha256", "createdAt", "more"), {
          nil: undefined,
        }),
        fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.string({ unit: "binary" }), fc.base64String()),
      )
      .map(([part, field, value]) => toBytes(changed(part, field, value))),
  },
  { weight: 1, arbitrary: fc.json({ maxDepth: 3 }).map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)) },
);

function proposalOf({ mark, horizonYears }: { mark: string; horizonYears: number }) {
  const { profile } = aProposal();
  const document = aDocument(Buffer.concat([pdfBytes, Buffer.from(mark)]));
  return aProposal({ profile: { ...profile, horizonYears }, document });
}

function changed(part: string, field: string | undefined, value: unknown): Record<string, unknown> {
  const proposal: Record<string, unknown> = { ...aProposal() };
  const before = proposal[part];
  proposal[part] = field && typeof before === "object" ? { ...before, [field]: value } : value;
  return proposal;
}
