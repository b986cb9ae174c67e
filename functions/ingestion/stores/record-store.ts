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
import { filesGroupKey, groupKey, type ItemKey, tableKey } from "../../../contract/keys.ts";
import { outcomeSchema } from "../outcome.ts";
import type { CallOptions } from "./call-options.ts";
import {
  type CurrentState,
  itemKeySchema,
  recordSchema,
  type StoredRecord,
  tombstoneSchema,
} from "./record.ts";

/** How a submission ended. Written once, kept until `expiresAt`. */
export const submissionResultSchema = z.object({
  ...itemKeySchema,
  submissionId: z.string(),
  receivedAt: z.number(),
  correlationId: z.optional(z.string()),
  finishedAt: z.number(),
  outcome: outcomeSchema,
  /** Epoch seconds. */
  expiresAt: z.number(),
});

export type SubmissionResult = z.infer<typeof submissionResultSchema>;

/**
 * A record in the table. Its content is JSON text: numbers, names and nesting beyond what DynamoDB takes come back as they
 * were, and the text's length is what it occupies.
 */
const rowSchema = z.discriminatedUnion("kind", [
  z.extend(recordSchema, { content: z.pipe(z.string(), z.transform(parseContent)) }),
  tombstoneSchema,
]);

export interface Page {
  readonly limit: number;
  /** The item or the file to list after. */
  readonly after?: string;
}

export interface RecordPage {
  readonly records: StoredRecord[];
  /** The item or the file to list after; absent on the last page. */
  readonly last?: string;
}

export interface RecordStore {
  readCurrent(key: ItemKey): Promise<CurrentState | undefined>;
  /**
   * Puts the state where `expected` still stands; false when another writer was faster. "uncertain" when a repeated call was
   * refused: its first try may have written the state, and its answer been lost.
   */
  replaceCurrent(next: CurrentState, expected: CurrentState | undefined): Promise<boolean | "uncertain">;
  readResult(key: ItemKey, submissionId: string): Promise<SubmissionResult | undefined>;
  /** False when the submission has a result already. */
  writeResult(result: SubmissionResult): Promise<boolean>;
  /** Live records of a caller's group in the order of their items; eventually consistent. */
  listGroup(caller: string, group: string, page: Page): Promise<RecordPage>;
  /** Live plain files of an item in the order of their ids; eventually consistent. */
  listFiles(key: ItemKey, page: Page): Promise<RecordPage>;
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

  const list = async (group: string, after: ItemKey | undefined, { limit, after: groupItem }: Page) => {
    const { Items = [], LastEvaluatedKey } = await dynamodb.send(
      new QueryCommand({
        TableName: tableName,
        IndexName: "byGroup",
        KeyConditionExpression: "groupKey = :groupKey",
        ExpressionAttributeValues: marshall({ ":groupKey": group }),
        Limit: limit,
        ...(after && {
          ExclusiveStartKey: { ...recordKey(after), ...marshall({ groupKey: group, groupItem }) },
        }),
      }),
      options,
    );
    const records = Items.map((attributes) => rowSchema.parse(unmarshall(attributes))).filter(
      (state) => state.kind === "record",
    );
    const last = LastEvaluatedKey?.["groupItem"]?.S;
    return { records, ...(last !== undefined && { last }) };
  };

  return {
    async readCurrent(key) {
      return z.optional(rowSchema).parse(await read(recordKey(key)));
    },
    async replaceCurrent(next, expected) {
      const put = new PutItemCommand({
        TableName: tableName,
        Item: { ...toAttributes(next), ...recordKey(next) },
        ...(expected ? standsStill(expected) : nothingThere),
      });
      const { written, attempts } = await tryPut(dynamodb.send(put, options));
      return !written && attempts > 1 ? "uncertain" : written;
    },
    async readResult(key, submissionId) {
      return z.optional(submissionResultSchema).parse(await read(resultKey(key, submissionId)));
    },
    async writeResult(result) {
      const Item = { ...toAttributes(result), ...resultKey(result, result.submissionId) };
      const put = new PutItemCommand({ TableName: tableName, Item, ...nothingThere });
      return (await tryPut(dynamodb.send(put, options))).written;
    },
    listGroup(caller, group, page) {
      const after = page.after === undefined ? undefined : { caller, item: page.after };
      return list(groupKey(caller, group), after, page);
    },
    listFiles({ caller, item }, page) {
      const after = page.after === undefined ? undefined : { caller, item, fileId: page.after };
      return list(filesGroupKey({ caller, item }), after, page);
    },
  };
}

const nothingThere = { ConditionExpression: "attribute_not_exists(pk)" };

/** The last of them tells a tombstone from itself after a repeated deletion. */
function standsStill({ submissionId, receivedAt, documentsSince }: CurrentState) {
  return {
    ConditionExpression:
      "submissionId = :submissionId AND receivedAt = :receivedAt AND documentsSince = :documentsSince",
    ExpressionAttributeValues: marshall({
      ":submissionId": submissionId,
      ":receivedAt": receivedAt,
      ":documentsSince": documentsSince,
    }),
  };
}

function recordKey(key: ItemKey): Record<string, AttributeValue> {
  return { pk: { S: tableKey(key) }, sk: { S: "record" } };
}

function resultKey(key: ItemKey, submissionId: string): Record<string, AttributeValue> {
  return { pk: { S: tableKey(key) }, sk: { S: `submission#${submissionId}` } };
}

function toAttributes(row: CurrentState | SubmissionResult): Record<string, AttributeValue> {
  const content = "content" in row && { content: JSON.stringify(row.content) };
  return marshall({ ...row, ...content }, { removeUndefinedValues: true });
}

function parseContent(text: string): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
}

/** Whether it was written, and how often the SDK has tried. */
async function tryPut(put: Promise<unknown>): Promise<{ written: boolean; attempts: number }> {
  try {
    await put;
    return { written: true, attempts: 1 };
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) {
      return { written: false, attempts: error.$metadata.attempts ?? 1 };
    }
    throw error;
  }
}
