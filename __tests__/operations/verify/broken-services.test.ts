import { DeleteBucketCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { documentKey } from "../../../contract/keys.ts";
import { domain } from "../../../domain/domain.ts";
import type { StackDescription } from "../../../emulator/describe-stack.ts";
import { createClient } from "../../../operations/verify/client.ts";
import { directUrls } from "../../../operations/verify/entrance.ts";
import type { QueueDepth } from "../../../operations/verify/operator-view.ts";
import { createPayloads } from "../../../operations/verify/payloads.ts";
import { runVerification } from "../../../operations/verify/run-verification.ts";
import type { Step, Verification } from "../../../operations/verify/step.ts";
import { until } from "../../support/until.ts";
import { failuresOf, startVerifiedStack, type VerifiedStack } from "../../support/verified-stack.ts";

/** Does something in front of a step, such as to wait for what has to be true there. */
function inFrontOf(id: Step["id"], act: () => Promise<unknown>) {
  return {
    onBegin: async (step: Step) => {
      if (step.id === id) await act();
    },
  };
}

async function untilDepth({ stack, view }: Verification, expected: Partial<QueueDepth>): Promise<void> {
  await until(async () => {
    expect(await view.depthOf(stack.queueUrl)).toMatchObject({ kind: "seen", value: expected });
  });
}

async function recordsOf({ stack, clients }: VerifiedStack): Promise<number> {
  const { Contents = [] } = await clients.s3.send(
    new ListObjectsV2Command({ Bucket: stack.documentsBucket }),
  );
  return Contents.length;
}

describe("a service that works", () => {
  let service: VerifiedStack;
  beforeAll(async () => {
    service = await startVerifiedStack();
  });
  afterAll(() => service.stop());

  it("is verified, and nothing is left of what was sent", async () => {
    const verification = service.verification();

    const reports = await runVerification(verification);

    expect(failuresOf(reports)).toEqual([]);
    expect(reports.map(({ id, checks }) => [id, checks.some(({ result }) => result === "holds")])).toEqual([
      ...["proxy", "small", "large", "intake", "outcome", "record", "document", "emptied"].map((id) => [
        id,
        true,
      ]),
      // No CloudWatch is there.
      ["alarms", false],
      ["facts", true],
      ["delete", true],
    ]);
    expect(await recordsOf(service)).toBe(0);
    const gone = reports
      .at(-1)
      ?.checks.filter(({ expected }) => expected === "its document is gone too (404)");
    expect(gone).toHaveLength(2 * domain.files.length);
    expect(verification.seen.sentItems.size).toBe(0);
  });

  it("is verified by the APIs' own URLs too, where nobody else says who calls", async () => {
    const urls = directUrls(service.stack) ?? expect.fail("the outputs name no APIs");
    const entrance = { kind: "endpoint", urls } as const;
    const { thresholdBytes } = service.stack.payload;

    const reports = await runVerification(
      service.verification({
        entrance,
        client: createClient({ entrance, caller: "somebody", credentials: {}, thresholdBytes }),
        caller: "somebody",
      }),
    );

    expect(failuresOf(reports)).toEqual([]);
    expect(reports.find(({ id }) => id === "document")?.checks).toHaveLength(domain.files.length);
  });

  it("fails where the proxy has another threshold than the outputs", async () => {
    const { maxBytes } = service.stack.payload;
    const payloads = createPayloads({ thresholdBytes: 1_000_000, maxBytes });

    const reports = await runVerification(service.verification({ payloads }));

    expect(failuresOf(reports)).toEqual([
      expect.objectContaining({ step: "large", expected: "S3 stored it, and it is accepted (202)" }),
      expect.objectContaining({
        step: "large",
        part: "the threshold between the APIs",
        section: "api-too-large",
      }),
    ]);
    expect(await recordsOf(service)).toBe(0);
  });

  it("fails where a document was changed where it lies, and its record is deleted all the same", async () => {
    const verification = service.verification();
    const { item, sample } = verification.payloads.large;
    const key = documentKey({ caller: "saas", item }, sample.files[0]?.sha256 ?? "");
    const change = () =>
      service.clients.s3.send(
        new PutObjectCommand({ Bucket: service.stack.documentsBucket, Key: key, Body: "other bytes" }),
      );

    const reports = await runVerification(verification, inFrontOf("document", change));

    expect(failuresOf(reports)).toEqual([
      expect.objectContaining({ step: "document", part: expect.stringMatching(/^the documents bucket/) }),
    ]);
    expect(await recordsOf(service)).toBe(0);
  });

  it("fails where the dead-letter queue holds something, and names the runbook's section", async () => {
    await service.clients.sqs.send(
      new SendMessageCommand({ QueueUrl: service.stack.deadLetterQueueUrl, MessageBody: "poison" }),
    );

    const reports = await runVerification(service.verification());

    expect(failuresOf(reports)).toEqual([
      {
        step: "emptied",
        expected: "the dead-letter queue is empty",
        part: "payloads that failed before",
        section: "dead-letters",
      },
    ]);
  });

  it("fails where the proxy knows the caller by another name, since nothing lies under that one", async () => {
    const reports = await runVerification(service.verification({ caller: "somebody" }));

    expect(failuresOf(reports)).toContainEqual(
      expect.objectContaining({ step: "emptied", part: "the caller's name" }),
    );
  });

  it("deletes what it has sent where it is interrupted, and says what interrupted it", async () => {
    const stopping = new AbortController();
    const verification = service.verification({ signal: stopping.signal });
    const left: string[][] = [];
    const interrupt = async () => stopping.abort(new Error("somebody wants it to end"));

    const running = runVerification(verification, {
      ...inFrontOf("record", interrupt),
      onLeft: (items) => left.push([...items]),
    });

    await expect(running).rejects.toThrow("somebody wants it to end");
    expect(left).toEqual([[]]);
    expect(await recordsOf(service)).toBe(0);
  });

  it("fails at the large API where its bucket is gone, and goes on with the rest", async () => {
    await service.clients.s3.send(new DeleteBucketCommand({ Bucket: service.stack.intakeBucket }));

    const reports = await runVerification(service.verification());

    expect(failuresOf(reports)[0]).toMatchObject({
      step: "large",
      part: "S3 behind the large API: role, bucket or key",
      section: "api-server-errors",
    });
    const unchecked = reports.filter(({ checks }) => checks.every(({ result }) => result === "not checked"));
    expect(unchecked.map(({ id }) => id)).toEqual([
      "intake",
      "outcome",
      "record",
      "document",
      "emptied",
      "alarms",
    ]);
    expect(await recordsOf(service)).toBe(0);
  });
});

describe("a service with something broken behind the 202", () => {
  let service: VerifiedStack | undefined;
  afterEach(async () => {
    await service?.stop();
    service = undefined;
  });

  async function verifyBroken(
    change: (stack: StackDescription) => StackDescription,
    wait: (verification: Verification) => Promise<void>,
  ) {
    service = await startVerifiedStack(change);
    const verification = service.verification({ timeoutSeconds: 1 });
    return runVerification(
      verification,
      inFrontOf("outcome", () => wait(verification)),
    );
  }

  it("names the notification where the bucket tells nobody", async () => {
    const reports = await verifyBroken(
      (stack) => ({ ...stack, notifications: [] }),
      async () => undefined,
    );

    expect(failuresOf(reports)).toEqual([
      {
        step: "outcome",
        expected: "S3 sent the queue an event for the object",
        part: "the bucket's notification, or the queue's policy",
        section: "unprocessed-objects",
      },
    ]);
    // The payload is not lost, and nobody is left to wonder whose it is.
    expect(JSON.stringify(reports.at(-1))).toMatch(/a payload still waits there: incoming\/saas\/verify-/);
  });

  it("names the event source mapping where nobody takes messages", async () => {
    const reports = await verifyBroken(
      (stack) => ({ ...stack, eventSourceMappings: [] }),
      (verification) => untilDepth(verification, { visible: 2 }),
    );

    expect(failuresOf(reports)).toEqual([
      {
        step: "outcome",
        expected: "the event source mapping took the message",
        part: "the event source mapping",
        section: "mapping-stalled",
      },
    ]);
  });

  it("names the queue function where it fails", async () => {
    const reports = await verifyBroken(
      (stack) => ({ ...stack, functions: stack.functions.map(withoutTable("-queue")) }),
      (verification) => untilDepth(verification, { visible: 0, inFlight: 1 }),
    );

    expect(failuresOf(reports)).toEqual([
      {
        step: "outcome",
        expected: "the queue function stored the record",
        part: "the queue function",
        section: "queue-function-errors",
      },
    ]);
  });

  it("names what is behind the API function where that fails, and sends nothing", async () => {
    service = await startVerifiedStack((stack) => ({
      ...stack,
      functions: stack.functions.map(withoutTable("-api")),
    }));

    const reports = await runVerification(service.verification());

    expect(failuresOf(reports)).toEqual([
      expect.objectContaining({
        step: "proxy",
        part: "the API function: what is behind it",
        section: "api-server-errors",
      }),
    ]);
    expect(await recordsOf(service)).toBe(0);
  });
});

/** With a table that does not exist. */
function withoutTable(suffix: string) {
  return (each: StackDescription["functions"][number]) =>
    each.functionName.endsWith(suffix)
      ? { ...each, variables: { ...each.variables, TABLE_NAME: "no-such-table" } }
      : each;
}
