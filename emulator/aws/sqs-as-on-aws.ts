import { parseJson } from "../../contract/parse-json.ts";
import type { ServiceRequest, ServiceResponse } from "../api-gateway/messages.ts";

/** fauxqs has every queue in this account. */
const queuesAccount = "000000000000";

interface SqsOptions {
  readonly accountId: string;
  readonly send: (request: ServiceRequest) => Promise<ServiceResponse>;
}

/**
 * Lets fauxqs take what AWS takes of the queues' own account: the ARN of a dead-letter queue, without which it moves no message there, and
 * a queue's URL as AWS has it, which the outputs of a stack say.
 * @returns what sends a request of that target (`AmazonSQS.<operation>`)
 */
export function sqsAsOnAws({ accountId, send }: SqsOptions) {
  /** By the queue's name: fauxqs's own has the host that created it. */
  const urls = new Map<string, string>();
  return async (target: string, request: ServiceRequest): Promise<ServiceResponse> => {
    const operation = target.slice(target.indexOf(".") + 1);
    const settles = operation === "CreateQueue" || operation === "SetQueueAttributes";
    const input = readInput(request.body);
    const { QueueUrl: given } = input;
    const own = typeof given === "string" ? urls.get(nameOf(given)) : undefined;
    const translated = JSON.stringify({ ...input, ...(own !== undefined && { QueueUrl: own }) });
    const body = settles ? inQueuesAccount(translated, accountId) : translated;
    const answer = await send({ ...request, body: Buffer.from(body) });
    if (operation === "CreateQueue") {
      const { QueueUrl: url } = readInput(answer.body);
      if (typeof url === "string") urls.set(nameOf(url), url);
    }
    return answer;
  };
}

function readInput(body: Buffer): Readonly<Record<string, unknown>> {
  const input = parseJson(body.toString("utf8"));
  return typeof input === "object" && input !== null ? { ...input } : {};
}

function nameOf(queueUrl: string): string {
  return queueUrl.slice(queueUrl.lastIndexOf("/") + 1);
}

function inQueuesAccount(text: string, accountId: string): string {
  return text.replaceAll(/(arn:[\w-]+:sqs:[\w-]*:)(\d{12}):/g, (arn, start, account) =>
    account === accountId ? `${start}${queuesAccount}:` : arn,
  );
}
