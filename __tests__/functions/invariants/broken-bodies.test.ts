import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBehindFaults } from "../../support/broken-services.ts";
import type { BodyFault } from "../../support/fault-proxy.ts";
import { s3Notification, sqsEvent } from "../../support/function-events.ts";
import { markedPayload } from "../../support/function-payloads.ts";
import { intakeBucket } from "../../support/function-services.ts";
import { runBehindFaults } from "../../support/simulation/run-behind-faults.ts";
import { isFull, scaled } from "../../support/simulation/scale.ts";

/** So short that to wait for a deadline costs little. */
const timeoutSeconds = 2;

let system: Awaited<ReturnType<typeof startBehindFaults>>;
let count = 0;

beforeAll(async () => {
  system = await startBehindFaults({ timeoutSeconds });
});

afterAll(() => system?.stop());

const reset = { kind: "reset", delayMilliseconds: 15 } as const;
const truncated = { kind: "truncated", afterBytes: 200 } as const;

const breaks: [string, boolean, BodyFault][] = [
  ["resets in its middle", true, { ...reset, afterBytes: 200 }],
  ["is corrupted", true, { kind: "corrupted" }],
  ["resets before its first byte", true, { ...reset, afterBytes: 0 }],
  ["ends too early", true, truncated],
  ["resets in its middle", false, { ...reset, afterBytes: 200 }],
  ["ends too early", false, truncated],
];

describe("the built queue function, in a process", () => {
  it.each(isFull ? breaks : breaks.slice(0, 2))(
    "does the rest of a batch whose first body %s, and that one later (with a checksum: %s)",
    async (_name, checksum, body) => {
      const first = await put(markedPayload("first"));
      const others = [await put(markedPayload("second")), await put(markedPayload("third"))];
      system.faults.fail(({ method, path, operation }) => {
        if (operation === "GetItem") return { delayMilliseconds: 50 };
        if (method !== "GET") return undefined;
        return { checksum, body: path.includes(first.key) ? body : undefined };
      });

      const result = await system.invoke(eventOf(first, ...others));

      expect(result).toEqual(returned("message-0"));
      expect(await statusOf(first)).toBeUndefined();
      for (const each of others) expect(await statusOf(each)).toBe("stored");
      system.faults.fail(() => ({ checksum }));
      expect(await system.invoke(eventOf(first))).toEqual(returned());
      expect(await statusOf(first)).toBe("stored");
    },
  );

  // Of small ones all has come when the deadline does, of large ones only a part.
  it.each(isFull ? [20_000, 1_000, 26_000, 40_000, 200_000] : [20_000])(
    "goes on after the table hangs until the deadline, with %i bytes unread",
    async (sizeBytes) => {
      const padded = await put(Buffer.concat([markedPayload("a"), Buffer.alloc(sizeBytes, " ")]));
      const next = await put(markedPayload("b"));
      system.faults.fail(({ method, operation }) =>
        operation === "GetItem" ? { hangs: true } : { checksum: method === "GET" },
      );

      const result = await system.invoke(eventOf(padded));

      expect(result).toEqual(returned("message-0"));
      system.faults.fail(({ method }) => ({ checksum: method === "GET" }));
      expect(await system.invoke(eventOf(padded, next))).toEqual(returned());
      expect(await statusOf(padded)).toBe("stored");
    },
  );

  it("lives through bodies that break at random, and dead-letters only what no retry helps", async () => {
    const payloads = scaled(250);

    const result = await runBehindFaults({ system, seed: 4, payloads });

    const { crashes, harmed, unfinished, deadLettered, hopeless, faults, batchSizes } = result;
    process.stdout.write(`${payloads} payloads behind faults: ${JSON.stringify(faults)}\n`);
    expect({ crashes, harmed, unfinished }).toEqual({ crashes: [], harmed: [], unfinished: [] });
    expect(deadLettered).toEqual(hopeless);
    expect(deadLettered.length).toBeGreaterThan(scaled(20));
    for (const kind of ["reset", "truncated", "corrupted", "trickled", "hanging"]) {
      expect(faults).toHaveProperty(kind);
    }
    expect(Math.max(...batchSizes)).toBe(10);
    if (isFull) expect(batchSizes.size).toBe(10);
  }, 300_000);
});

interface Waiting {
  readonly item: string;
  readonly submissionId: string;
  readonly key: string;
}

async function put(bytes: Buffer): Promise<Waiting> {
  count += 1;
  const [item, submissionId] = [`one-${count}`, `s-${count}`];
  return { item, submissionId, key: await system.put(item, submissionId, bytes) };
}

function eventOf(...waiting: readonly Waiting[]) {
  return sqsEvent(...waiting.map(({ key }) => s3Notification(intakeBucket, key)));
}

function returned(...failed: readonly string[]) {
  const batchItemFailures = failed.map((itemIdentifier) => ({ itemIdentifier }));
  return { kind: "returned", payload: JSON.stringify({ batchItemFailures }) };
}

function statusOf({ item, submissionId }: Waiting) {
  return system.statusOf(item, submissionId);
}
