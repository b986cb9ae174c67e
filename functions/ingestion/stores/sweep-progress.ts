import { type DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import * as z from "zod/mini";
import type { CallOptions } from "./call-options.ts";

const progressSchema = z.object({
  /** When the last whole pass began, in epoch milliseconds; 0 before the first. */
  previousPassAt: z.number(),
  /** The pass that has not reached the end yet. */
  pass: z.exactOptional(z.object({ startedAt: z.number(), after: z.string() })),
});

/** How far a task of the sweep has come: a pass may take several runs. */
export type Progress = z.infer<typeof progressSchema>;
export type SweepTask = "intake" | "documents" | "deleted-documents";

export interface SweepProgress {
  read(task: SweepTask): Promise<Progress>;
  write(task: SweepTask, progress: Progress): Promise<void>;
}

export function createSweepProgress(
  dynamodb: DynamoDBClient,
  tableName: string,
  options: CallOptions = {},
): SweepProgress {
  const keyOf = (task: SweepTask) => ({ pk: { S: `sweep#${task}` }, sk: { S: "progress" } });
  return {
    async read(task) {
      const get = new GetItemCommand({ TableName: tableName, Key: keyOf(task), ConsistentRead: true });
      const { Item } = await dynamodb.send(get, options);
      return Item ? progressSchema.parse(unmarshall(Item)) : { previousPassAt: 0 };
    },
    async write(task, progress) {
      const Item = { ...marshall(progress), ...keyOf(task) };
      await dynamodb.send(new PutItemCommand({ TableName: tableName, Item }), options);
    },
  };
}
