import { PutObjectCommand } from "@aws-sdk/client-s3";
import { expect } from "vitest";
import { intakeKey } from "../../contract/keys.ts";
import { localCredentials } from "../../emulator/aws/clients.ts";
import { startFunction } from "../../emulator/lambda/function-process.ts";
import { buildFunctionBundle } from "../../functions/build-bundle.ts";
import { createRecordStore } from "../../functions/ingestion/stores/record-store.ts";
import { startFaultProxy } from "./fault-proxy.ts";
import { keyedBy } from "./function-records.ts";
import {
  bucketOwner,
  functionVariables,
  intakeBucket,
  startFunctionServices,
  tableName,
} from "./function-services.ts";
import { until } from "./until.ts";

/** The built queue function in a process, so that a crash is seen as one, before services whose answers break. */
export async function startBehindFaults({ timeoutSeconds }: { readonly timeoutSeconds: number }) {
  const aws = await startFunctionServices();
  const faults = await startFaultProxy(aws.endpoint);
  const { path } = await buildFunctionBundle({ projectRoot: process.cwd() });
  const { accessKeyId, secretAccessKey } = localCredentials();
  const logLines: string[] = [];
  const queueFunction = await startFunction({
    functionName: "queue",
    arn: `arn:aws:lambda:eu-central-1:${bucketOwner}:function:queue`,
    zipPath: path,
    handler: "queue.handler",
    variables: functionVariables,
    extraVariables: {
      AWS_ENDPOINT_URL: faults.url,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    },
    timeoutSeconds,
    memoryMegabytes: 512,
    region: "eu-central-1",
    onLogLine: (line) => logLines.push(line),
  });
  const records = createRecordStore(aws.dynamodb, tableName);
  return {
    faults,
    invoke: (event: unknown) => queueFunction.invoke(event),
    /** The name of the error of a message that failed; its log line may come later than the function's answer. */
    failureOf: (messageId: string) =>
      until(() => {
        const index = logLines.findIndex(
          (line) => line.includes("message failed") && line.includes(messageId),
        );
        expect(index).toBeGreaterThanOrEqual(0);
        // Read once: it may fail again.
        const [line = ""] = logLines.splice(index, 1);
        return /errorName\W+(\w+)/.exec(line)?.[1];
      }),
    /** Puts a payload past the faults; the key that S3 would tell of. */
    async put(item: string, submissionId: string, Body: Buffer): Promise<string> {
      const key = intakeKey(keyedBy(item), submissionId);
      await aws.s3.send(
        new PutObjectCommand({
          Bucket: intakeBucket,
          Key: key,
          Body,
          Metadata: { "submission-id": submissionId, "received-at": String(Date.now()) },
        }),
      );
      return key;
    },
    async statusOf(item: string, submissionId: string) {
      return (await records.readResult(keyedBy(item), submissionId))?.outcome.status;
    },
    async stop() {
      await queueFunction.stop();
      await faults.stop();
      await aws.stop();
    },
  };
}
