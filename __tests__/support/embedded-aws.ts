import { once } from "node:events";
import type { Server } from "node:http";
import {
  CreateTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import dynalite from "dynalite";
import { buildApp } from "fauxqs";

const loopback = "127.0.0.1";

export const intakeBucket = "intake";
export const documentsBucket = "documents";
export const tableName = "proposals";

/** S3 and DynamoDB in this process, on free ports of the loopback interface, with the buckets and the table. */
export async function startEmbeddedAws() {
  const s3Server = buildApp({ logger: false, host: loopback });
  const s3Endpoint = await s3Server.listen({ port: 0, host: loopback });
  const dynamodbServer = dynalite({ createTableMs: 0 });
  const dynamodbEndpoint = await listen(dynamodbServer);

  const s3 = new S3Client({ ...clientConfig, endpoint: s3Endpoint });
  const dynamodb = new DynamoDBClient({ ...clientConfig, endpoint: dynamodbEndpoint });
  await s3.send(new CreateBucketCommand({ Bucket: intakeBucket }));
  await s3.send(new CreateBucketCommand({ Bucket: documentsBucket }));
  await createTable(dynamodb);

  return {
    clientConfig,
    s3,
    dynamodb,
    s3Endpoint,
    dynamodbEndpoint,
    async stop() {
      s3.destroy();
      dynamodb.destroy();
      await s3Server.close();
      dynamodbServer.closeAllConnections();
      dynamodbServer.close();
      await once(dynamodbServer, "close");
    },
  };
}

const clientConfig = {
  region: "eu-central-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
} satisfies DynamoDBClientConfig;

/** Lets a server listen on a free port of the loopback interface, and gives its URL. */
export async function listen(server: Server): Promise<string> {
  server.listen(0, loopback);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") {
    throw new Error("The server listens on no port");
  }
  return `http://${loopback}:${address.port}`;
}

async function createTable(client: DynamoDBClient): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: ["pk", "sk", "clientId", "item"].map((name) => ({
        AttributeName: name,
        AttributeType: "S",
      })),
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "byClient",
          KeySchema: [
            { AttributeName: "clientId", KeyType: "HASH" },
            { AttributeName: "item", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "ALL" },
        },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1, maxDelay: 1 }, { TableName: tableName });
}
