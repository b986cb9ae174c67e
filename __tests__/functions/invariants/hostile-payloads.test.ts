import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { intakeKey } from "../../../contract/keys.ts";
import { localCredentials } from "../../../emulator/aws/clients.ts";
import { type RunningFunction, startFunction } from "../../../emulator/lambda/function-process.ts";
import { buildFunctionBundle } from "../../../functions/build-bundle.ts";
import { createRecordStore } from "../../../functions/ingestion/stores/record-store.ts";
import { s3Notification, sqsEvent } from "../../support/function-events.ts";
import { keyedBy } from "../../support/function-records.ts";
import {
  functionVariables,
  intakeBucket,
  startFunctionServices,
  tableName,
} from "../../support/function-services.ts";
import { hostilePayloads } from "../../support/hostile-payloads.ts";

/** As dev has it. */
const memoryMegabytes = 512;
/** Half of what dev has: what takes longer than that fails here already. */
const timeoutSeconds = 30;

let aws: Awaited<ReturnType<typeof startFunctionServices>>;
let queueFunction: RunningFunction;
const logLines: string[] = [];

beforeAll(async () => {
  aws = await startFunctionServices();
  const { path } = await buildFunctionBundle({ projectRoot: process.cwd() });
  const { accessKeyId, secretAccessKey } = localCredentials();
  queueFunction = await startFunction({
    functionName: "queue",
    arn: "arn:aws:lambda:eu-central-1:111111111111:function:queue",
    zipPath: path,
    handler: "queue.handler",
    variables: functionVariables,
    extraVariables: {
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
    timeoutSeconds,
    memoryMegabytes,
    region: "eu-central-1",
    onLogLine: (line) => logLines.push(line),
  });
});

afterAll(async () => {
  await queueFunction?.stop();
  await aws?.stop();
});

describe("the built queue function, in a process with the memory of dev", () => {
  it.each(hostilePayloads.map(([name, bytes, code], index) => ({ name, bytes, code, index })))(
    "answers $name with $code",
    async ({ bytes, code, index }) => {
      const submissionId = `s-${index}`;
      await putPayload(`item-${index}`, submissionId, bytes());

      const result = await queueFunction.invoke(
        sqsEvent(s3Notification(intakeBucket, intakeKey(keyedBy(`item-${index}`), submissionId))),
      );

      expect(result).toEqual({ kind: "returned", payload: '{"batchItemFailures":[]}' });
      const outcome = await readOutcome(`item-${index}`, submissionId);
      const reasons = outcome?.status === "rejected" ? outcome.reasons : [];
      expect(reasons[0]?.code ?? outcome?.status).toBe(code);
      expect(reasons.length).toBeLessThanOrEqual(20);
      expect(JSON.stringify(outcome).length).toBeLessThan(8192);
    },
  );

  it("has needed no more than three quarters of its memory, and logged no long line", () => {
    const megabytes = Math.round(queueFunction.maxMemoryBytes() / 1_048_576);
    process.stdout.write(
      `${hostilePayloads.length} hostile payloads: ${megabytes} MB of ${memoryMegabytes}\n`,
    );

    expect(hostilePayloads.length).toBeGreaterThanOrEqual(40);
    expect(megabytes).toBeGreaterThan(50);
    expect(megabytes).toBeLessThanOrEqual(0.75 * memoryMegabytes);
    expect(Math.max(...logLines.map((line) => Buffer.byteLength(line)))).toBeLessThan(4096);
  });
});

async function putPayload(item: string, submissionId: string, Body: Buffer): Promise<void> {
  await aws.s3.send(
    new PutObjectCommand({
      Bucket: intakeBucket,
      Key: intakeKey(keyedBy(item), submissionId),
      Body,
      Metadata: { "submission-id": submissionId, "received-at": String(Date.now()) },
    }),
  );
}

async function readOutcome(item: string, submissionId: string) {
  const records = createRecordStore(aws.dynamodb, tableName);
  return (await records.readResult(keyedBy(item), submissionId))?.outcome;
}
