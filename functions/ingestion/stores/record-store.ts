import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod/mini";
import { outcomeSchema } from "../outcome.ts";
import type { CallOptions } from "./call-options.ts";
import { type CurrentState, currentStateSchema, recordSchema, type StoredRecord } from "./record.ts";

/** How a submission ended. Written once, kept until `expiresAt`. */
export const submissionResultSchema = z.object({
  item: z.string(),
  submissionId: z.string(),
  receivedAt: z.number(),
  correlationId: z.exactOptional(z.string()),
  finishedAt: z.number(),
  outcome: outcomeSchema,
  /** Epoch seconds. */
  expiresAt: z.number(),
});

export type SubmissionResult = z.infer<typeof submissionResultSchema>;

export interface RecordPage {
  readonly records: StoredRecord[];
  /** The item to list after; absent on the last page. */
  readonly lastItem?: string;
}

export interface RecordStore {
  readCurrent(item: string): Promise<CurrentState | undefined>;
  /** Puts the state where `expected` still stands; false when another writer was faster. */
  replaceCurrent(next: CurrentState, expected: CurrentState | undefined): Promise<boolean>;
  readResult(item: string, submissionId: string): Promise<SubmissionResult | undefined>;
  /** False when the submission has a result already. */
  writeResult(result: SubmissionResult): Promise<boolean>;
  /** Live records of a client in the order of their items; eventually consistent. */
  listByClient(clientId: string, page: { limit: number; afterItem?: string }): Promise<RecordPage>;
}

export function createRecordStore(
  dynamodb: DynamoDBClient,
  tableName: string,
  options: CallOptions = {},
): RecordStore {
  const read = async (key: Record<string, AttributeValue>) => {
    const { Item } = await dynamodb.send(
      new GetItemCommand({ TableName: tableName, Key: key, ConsistentRead: true }),
      options,
    );
    return Item && unmarshall(Item);
  };

  return {
    async readCurrent(item) {
      return z.optional(currentStateSchema).parse(await read(recordKey(item)));
    },
    replaceCurrent(next, expected) {
      return wasWritten(
        dynamodb.send(
          new PutItemCommand({
            TableName: tableName,
            Item: { ...marshall(next), ...recordKey(next.item) },
            ...(expected ? standsStill(expected) : nothingThere),
          }),
          options,
        ),
      );
    },
    async readResult(item, submissionId) {
      return z.optional(submissionResultSchema).parse(await read(resultKey(item, submissionId)));
    },
    writeResult(result) {
      const Item = { ...marshall(result), ...resultKey(result.item, result.submissionId) };
      const put = new PutItemCommand({ TableName: tableName, Item, ...nothingThere });
      return wasWritten(dynamodb.send(put, options));
    },
    async listByClient(clientId, { limit, afterItem }) {
      const { Items = [], LastEvaluatedKey } = await dynamodb.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: "byClient",
          KeyConditionExpression: "clientId = :clientId",
          ExpressionAttributeValues: marshall({ ":clientId": clientId }),
          Limit: limit,
          ...(afterItem && {
            ExclusiveStartKey: { ...recordKey(afterItem), ...marshall({ clientId, item: afterItem }) },
          }),
        }),
        options,
      );
      const records = Items.map((attributes) => recordSchema.parse(unmarshall(attributes)));
      const lastItem = LastEvaluatedKey?.["item"]?.S;
      return { records, ...(lastItem && { lastItem }) };
    },
  };
}

const nothingThere = { ConditionExpression: "attribute_not_exists(pk)" };

function standsStill({ submissionId, receivedAt }: CurrentState) {
  return {
    ConditionExpression: "submissionId = :submissionId AND receivedAt = :receivedAt",
    ExpressionAttributeValues: marshall({ ":submissionId": submissionId, ":receivedAt": receivedAt }),
  };
}

function recordKey(item: string): Record<string, AttributeValue> {
  return { pk: { S: `item#${item}` }, sk: { S: "record" } };
}

function resultKey(item: string, submissionId: string): Record<string, AttributeValue> {
  return { pk: { S: `item#${item}` }, sk: { S: `submission#${submissionId}` } };
}

async function wasWritten(put: Promise<unknown>): Promise<boolean> {
  try {
    await put;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) {
      return false;
    }
    throw error;
  }
}
