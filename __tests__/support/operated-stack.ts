import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import type { DeployedStack } from "../../operations/deployed-stack.ts";
import type { PaceClock } from "../../operations/pace.ts";
import type { S3Calls, WaitingObject } from "../../operations/waiting-objects.ts";
import { deadLetterQueueUrl, queueUrl } from "./two-queues.ts";

/** An applied stack, as its outputs say it. */
export const operatedStack: DeployedStack = {
  apiUrls: {},
  routes: [],
  payload: { thresholdBytes: 100, maxBytes: 1_000 },
  environment: "dev",
  accountId: "111111111111",
  region: "eu-central-1",
  namePrefix: "orders-dev",
  intakeBucket: "orders-dev-intake",
  documentsBucket: "orders-dev-documents",
  tableName: "orders-dev",
  queueUrl,
  deadLetterQueueUrl,
  functionNames: { queue: "orders-dev-queue" },
  local: undefined,
};

/** Lists these objects, so many on a page, and records what it was asked for. */
export function listingS3(objects: readonly WaitingObject[], pageSize = 1_000) {
  const inputs: ListObjectsV2Command["input"][] = [];
  const list = async (command: unknown) => {
    if (!(command instanceof ListObjectsV2Command)) throw new Error("this call is not expected");
    inputs.push(command.input);
    const { Prefix = "", ContinuationToken, MaxKeys = pageSize } = command.input;
    const below = objects.filter(({ key }) => key.startsWith(Prefix));
    const start = Number(ContinuationToken ?? 0);
    const end = start + MaxKeys;
    return {
      Contents: below.slice(start, end).map(({ key, sizeBytes, writtenAt }) => ({
        Key: key,
        Size: sizeBytes,
        LastModified: new Date(writtenAt),
      })),
      ...(end < below.length && { NextContinuationToken: String(end) }),
    };
  };
  // The one method of the client's many signatures.
  return { inputs, s3: { send: list } as unknown as S3Calls };
}

/** Time goes by in waits alone. */
export function timelessClock(time = 0): PaceClock & { time: number } {
  const clock = {
    time,
    now: () => clock.time,
    async sleep(milliseconds: number) {
      clock.time += milliseconds;
    },
  };
  return clock;
}
