import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startBehindFaults } from "../../support/broken-services.ts";
import type { BodyFault } from "../../support/fault-proxy.ts";
import { s3Notification, sqsEvent } from "../../support/function-events.ts";
import { markedPayload } from "../../support/function-payloads.ts";
import { intakeBucket } from "../../support/function-services.ts";

/** So short that a deadline costs little. */
const timeoutSeconds = 2;

let system: Awaited<ReturnType<typeof startBehindFaults>>;
let count = 0;

beforeAll(async () => {
  system = await startBehindFaults({ timeoutSeconds });
});

afterAll(() => system?.stop());

const resets: [string, BodyFault][] = [
  ["resets before its first byte", { kind: "reset", afterBytes: 0, delayMilliseconds: 20 }],
  ["resets in its middle", { kind: "reset", afterBytes: 200, delayMilliseconds: 20 }],
  ["ends too early", { kind: "truncated", afterBytes: 200 }],
  ["is corrupted", { kind: "corrupted" }],
];

describe.each([true, false])("the built queue function, S3's answers having a checksum: %s", (checksum) => {
  const broken = checksum ? resets : resets.filter(([, { kind }]) => kind !== "corrupted");

  it.each(broken)("does the rest of a batch whose first body %s", async (_name, body) => {
    const [first, ...others] = await putThree();
    system.faults.fail(({ method, path, operation }) => {
      if (operation === "GetItem") return { delayMilliseconds: 100 };
      if (method !== "GET") return undefined;
      return { checksum, body: path.includes(first.key) ? body : undefined };
    });

    const result = await system.invoke(eventOf([first, ...others]));

    expect(result).toEqual({
      kind: "returned",
      payload: '{"batchItemFailures":[{"itemIdentifier":"message-0"}]}',
    });
    expect(await statusOf(first)).toBeUndefined();
    for (const each of others) expect(await statusOf(each)).toBe("stored");
    // Nothing is decided: the next receive stores it.
    system.faults.fail(() => ({ checksum }));
    expect(await system.invoke(eventOf([first]))).toMatchObject({ payload: '{"batchItemFailures":[]}' });
    expect(await statusOf(first)).toBe("stored");
  });

  it.each([1_000, 20_000, 26_000, 40_000, 200_000])(
    "returns a payload of %i bytes whose submission can't be read before the deadline",
    async (sizeBytes) => {
      const one = await put(Buffer.concat([markedPayload("a"), Buffer.alloc(sizeBytes, " ")]));
      system.faults.fail(({ method, operation }) => {
        if (operation === "GetItem") return { hangs: true };
        return method === "GET" ? { checksum } : undefined;
      });

      const result = await system.invoke(eventOf([one]));

      expect(result).toEqual({
        kind: "returned",
        payload: '{"batchItemFailures":[{"itemIdentifier":"message-0"}]}',
      });
    },
  );
});

interface Waiting {
  readonly item: string;
  readonly submissionId: string;
  readonly key: string;
}

async function put(bytes: Buffer): Promise<Waiting> {
  count += 1;
  const [item, submissionId] = [`item-${count}`, `s-${count}`];
  return { item, submissionId, key: await system.put(item, submissionId, bytes) };
}

async function putThree(): Promise<[Waiting, Waiting, Waiting]> {
  return [
    await put(markedPayload("first")),
    await put(markedPayload("second")),
    await put(markedPayload("third")),
  ];
}

function eventOf(waiting: readonly Waiting[]) {
  return sqsEvent(...waiting.map(({ key }) => s3Notification(intakeBucket, key)));
}

function statusOf({ item, submissionId }: Waiting) {
  return system.statusOf(item, submissionId);
}
