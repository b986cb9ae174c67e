import { type CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import * as z from "zod";
import { describeClientError } from "../../contract/aws-client.ts";
import { parseJson } from "../../contract/parse-json.ts";
import { lambdaLogGroupName } from "../../contract/resource-names.ts";

export interface LoggedErrors {
  /** The name of the last error of a message, by its id: SQS keeps it when it moves a message to the dead-letter queue. */
  readonly byMessageId: ReadonlyMap<string, string>;
  /** Why nothing, or not all, is known; undefined where all of the log was read. */
  readonly unread: string | undefined;
}

/** As functions/ingestion/queue/queue-handler.ts logs it, inside of what Lambda's JSON format writes around it. */
const entrySchema = z.object({
  message: z.object({
    message: z.literal("message failed"),
    messageId: z.string(),
    errorName: z.string().max(256),
  }),
});

/** A page holds up to 10,000 events or 1 MB, and may hold none though more come. */
const maxPages = 50;

export type LogsCalls = Pick<CloudWatchLogsClient, "send">;

/**
 * What the queue function logged of messages that failed since then. Without the right to read logs, or without logs, the causes
 * are told from the rest.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export async function readLoggedErrors(
  logs: LogsCalls,
  functionName: string,
  since: number,
): Promise<LoggedErrors> {
  const byMessageId = new Map<string, string>();
  const request = {
    logGroupName: lambdaLogGroupName(functionName),
    filterPattern: '"message failed"',
    startTime: since,
  };
  let nextToken: string | undefined;
  try {
    for (let page = 0; page < maxPages; page += 1) {
      const answer = await logs.send(
        new FilterLogEventsCommand({ ...request, ...(nextToken && { nextToken }) }),
      );
      for (const { message = "" } of answer.events ?? []) addEntry(message, byMessageId);
      nextToken = answer.nextToken;
      if (nextToken === undefined) return { byMessageId, unread: undefined };
    }
  } catch (error) {
    return {
      byMessageId,
      unread: `reading ${request.logGroupName} failed with ${describeClientError(error).reason}`,
    };
  }
  return { byMessageId, unread: `only the first ${maxPages} pages of ${request.logGroupName} were read` };
}

/** The same from lines of the log, as the local service keeps them. */
export function readLoggedLines(text: string): LoggedErrors["byMessageId"] {
  const byMessageId = new Map<string, string>();
  for (const line of text.split("\n")) addEntry(line, byMessageId);
  return byMessageId;
}

function addEntry(entry: string, byMessageId: Map<string, string>): void {
  const { data } = entrySchema.safeParse(parseJson(entry));
  if (data) byMessageId.set(data.message.messageId, data.message.errorName);
}
