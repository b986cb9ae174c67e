import { isDeepStrictEqual } from "node:util";
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";

type Attributes = Record<string, AttributeValue>;

/** The table of records in memory, as far as the record store uses DynamoDB: by its key, under conditions, by one index. */
export class MemoryTable {
  readonly rows = new Map<string, Attributes>();

  /** What the store calls. */
  get client(): DynamoDBClient {
    return { send: async (command: unknown) => this.#send(command) } as unknown as DynamoDBClient;
  }

  #send(command: unknown): unknown {
    if (command instanceof GetItemCommand) {
      const Item = this.rows.get(keyOf(command.input.Key));
      return { Item };
    }
    if (command instanceof PutItemCommand) {
      const { Item = {}, ConditionExpression, ExpressionAttributeValues } = command.input;
      if (!meets(this.rows.get(keyOf(Item)), ConditionExpression, ExpressionAttributeValues)) {
        throw new ConditionalCheckFailedException({ message: "", $metadata: {} });
      }
      this.rows.set(keyOf(Item), Item);
      return {};
    }
    if (command instanceof QueryCommand) return this.#query(command.input);
    throw new Error(`this table does not know ${String(command)}`);
  }

  /** By the index. As DynamoDB's, a page that is full names its end, whether there is more or not. */
  #query({ ExpressionAttributeValues = {}, Limit = 0, ExclusiveStartKey }: QueryCommand["input"]) {
    const group = ExpressionAttributeValues[":groupKey"]?.S;
    const place = ({ groupItem, pk }: Attributes) => `${groupItem?.S}\n${pk?.S}`;
    const after = ExclusiveStartKey && place(ExclusiveStartKey);
    const Items = [...this.rows.values()]
      .filter(({ groupKey }) => group !== undefined && groupKey?.S === group)
      .toSorted((left, right) => (place(left) < place(right) ? -1 : 1))
      .filter((row) => after === undefined || place(row) > after)
      .slice(0, Limit);
    const last = Items.at(-1);
    return { Items, ...(last && Items.length === Limit && { LastEvaluatedKey: last }) };
  }
}

function keyOf({ pk, sk }: Attributes = {}): string {
  return `${pk?.S} ${sk?.S}`;
}

function meets(row: Attributes | undefined, condition: string | undefined, values: Attributes = {}): boolean {
  return (condition ?? "").split(" AND ").every((part) => {
    if (part === "attribute_not_exists(pk)") return row === undefined;
    const [, name = "", value = ""] = /^(\w+) = (:\w+)$/.exec(part) ?? [];
    if (name === "") throw new Error(`this table does not know the condition "${part}"`);
    return row !== undefined && isDeepStrictEqual(row[name], values[value]);
  });
}
