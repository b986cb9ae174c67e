import {
  CreateTableCommand,
  type CreateTableCommandInput,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  type Event,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
} from "@aws-sdk/client-s3";
import { CreateQueueCommand } from "@aws-sdk/client-sqs";
import type { QueueDescription, StackDescription } from "../describe-stack.ts";
import type { Clients } from "./clients.ts";
import type { BucketNotification } from "./s3-notifications.ts";

/** Creates the buckets, queues and tables of a stack where there are none of their names yet. */
export async function provision(
  stack: Pick<StackDescription, "region" | "buckets" | "versionedBuckets" | "queues" | "tables">,
  clients: Clients,
): Promise<void> {
  await Promise.all([
    ...stack.buckets.map((bucket) => provisionBucket(bucket, stack, clients)),
    ...stack.tables.map((table) => createTable(table, clients)),
    createQueues(stack.queues, clients),
  ]);
}

async function provisionBucket(
  Bucket: string,
  { region, versionedBuckets }: Pick<StackDescription, "region" | "versionedBuckets">,
  clients: Clients,
): Promise<void> {
  await createBucket(Bucket, region, clients);
  if (!versionedBuckets.includes(Bucket)) return;
  const VersioningConfiguration = { Status: "Enabled" as const };
  await clients.s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
}

async function createBucket(Bucket: string, region: string, { s3 }: Clients): Promise<void> {
  const CreateBucketConfiguration = isLocation(region) ? { LocationConstraint: region } : undefined;
  await unlessThere(
    s3.send(
      new CreateBucketCommand({ Bucket, ...(CreateBucketConfiguration && { CreateBucketConfiguration }) }),
    ),
    ["BucketAlreadyOwnedByYou", "BucketAlreadyExists"],
  );
}

/** The one region that a bucket must not name. */
function isLocation(region: string): region is BucketLocationConstraint {
  return region !== "us-east-1";
}

/** In their order: a queue names its dead-letter queue, which must be there. */
async function createQueues(queues: readonly QueueDescription[], { sqs }: Clients): Promise<void> {
  for (const { name, attributes } of queues) {
    await unlessThere(sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: { ...attributes } })), [
      "QueueNameExists",
      "QueueAlreadyExists",
    ]);
  }
}

async function createTable(table: CreateTableCommandInput, { dynamodb }: Clients): Promise<void> {
  await unlessThere(dynamodb.send(new CreateTableCommand(table)), ["ResourceInUseException"]);
  await waitUntilTableExists(
    { client: dynamodb, maxWaitTime: 30, minDelay: 0.05, maxDelay: 1 },
    { TableName: table.TableName },
  );
}

async function unlessThere(creation: Promise<unknown>, names: readonly string[]): Promise<void> {
  try {
    await creation;
  } catch (error) {
    if (!(error instanceof Error && names.includes(error.name))) throw error;
  }
}

/** Lets the endpoint itself notify queues. */
export async function putNotifications(
  notifications: readonly BucketNotification[],
  { s3 }: Clients,
): Promise<void> {
  for (const bucket of new Set(notifications.map((notification) => notification.bucket))) {
    await s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: bucket,
        NotificationConfiguration: {
          QueueConfigurations: notifications
            .filter((notification) => notification.bucket === bucket)
            .map(({ queueArn, events, prefix, suffix }) => ({
              QueueArn: queueArn,
              Events: events.map((event) => event as Event),
              Filter: {
                Key: {
                  FilterRules: [
                    { Name: "prefix" as const, Value: prefix },
                    { Name: "suffix" as const, Value: suffix },
                  ].filter(({ Value }) => Value !== ""),
                },
              },
            })),
        },
      }),
    );
  }
}
