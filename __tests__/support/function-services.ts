import type { FunctionVariable } from "../../contract/function-variables.ts";
import { clientConfigOf, createClients, queueUrlOf } from "../../emulator/aws/clients.ts";
import { startEmbeddedAws } from "../../emulator/aws/embedded-aws.ts";
import { provision } from "../../emulator/aws/provision.ts";

export const intakeBucket = "intake";
export const documentsBucket = "documents";
export const tableName = "records";
const queueName = "intake-queue";

/** The account that owns the buckets. */
export const bucketOwner = "111111111111";
const region = "eu-central-1";

/** What the functions call, in this process: their buckets and their table. */
export async function startFunctionServices() {
  const aws = await startEmbeddedAws({ region, accountId: bucketOwner });
  const clients = createClients(region, aws.endpoint);
  await provision(
    {
      region,
      buckets: [intakeBucket, documentsBucket],
      versionedBuckets: [documentsBucket],
      queues: [{ name: queueName, arn: "", url: "", attributes: {} }],
      tables: [table],
    },
    clients,
  );
  return {
    clientConfig: clientConfigOf(region),
    endpoint: aws.endpoint,
    s3: clients.s3,
    dynamodb: clients.dynamodb,
    sqs: clients.sqs,
    queueUrl: await queueUrlOf(clients.sqs, `arn:aws:sqs:${region}:000000000000:${queueName}`),
    async stop() {
      clients.destroy();
      await aws.stop();
    },
  };
}

const table = {
  TableName: tableName,
  BillingMode: "PAY_PER_REQUEST" as const,
  AttributeDefinitions: ["pk", "sk", "groupKey", "groupItem"].map((name) => ({
    AttributeName: name,
    AttributeType: "S" as const,
  })),
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" as const },
    { AttributeName: "sk", KeyType: "RANGE" as const },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: "byGroup",
      KeySchema: [
        { AttributeName: "groupKey", KeyType: "HASH" as const },
        { AttributeName: "groupItem", KeyType: "RANGE" as const },
      ],
      Projection: { ProjectionType: "ALL" as const },
    },
  ],
};

/** What the stack gives the functions, for these services. */
export const functionVariables = {
  BUCKET_OWNER: bucketOwner,
  INTAKE_BUCKET: intakeBucket,
  DOCUMENTS_BUCKET: documentsBucket,
  TABLE_NAME: tableName,
  MAX_PAYLOAD_BYTES: "10485760",
  SUBMISSION_RETENTION_DAYS: "30",
  DELETED_DOCUMENT_DAYS: "0",
} satisfies Record<FunctionVariable, string>;
