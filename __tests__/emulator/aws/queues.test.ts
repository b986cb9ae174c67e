import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Clients, createClients } from "../../../emulator/aws/clients.ts";
import { type EmbeddedAws, startEmbeddedAws } from "../../../emulator/aws/embedded-aws.ts";

const region = "eu-central-1";
const accountId = "111111111111";
/** As AWS has it, and the outputs of a stack say it. */
const urlOf = (name: string) => `https://sqs.${region}.amazonaws.com/${accountId}/${name}`;
let aws: EmbeddedAws;
let clients: Clients;

beforeAll(async () => {
  aws = await startEmbeddedAws({ region, accountId });
  clients = createClients(region, aws.endpoint);
  await clients.sqs.send(new CreateQueueCommand({ QueueName: "dead-letters" }));
  const deadLetterTargetArn = `arn:aws:sqs:${region}:${accountId}:dead-letters`;
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 });
  await clients.sqs.send(
    new CreateQueueCommand({ QueueName: "queue", Attributes: { RedrivePolicy, VisibilityTimeout: "0" } }),
  );
});

afterAll(async () => {
  clients.destroy();
  await aws.stop();
});

describe("a queue of embedded SQS", () => {
  it("is known by the URL that it has on AWS, and moves what was received too often to its dead-letter queue", async () => {
    const QueueUrl = urlOf("queue");
    const { MessageId } = await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "poison" }));

    const first = await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    const second = await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    const dead = await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl: urlOf("dead-letters") }));

    expect([first, second].map(({ Messages = [] }) => Messages.length)).toEqual([1, 0]);
    expect(dead.Messages).toMatchObject([{ MessageId, Body: "poison" }]);
  });

  it("is refused by a URL of no queue", async () => {
    const attributes = new GetQueueAttributesCommand({ QueueUrl: urlOf("other"), AttributeNames: ["All"] });

    await expect(clients.sqs.send(attributes)).rejects.toMatchObject({ name: "QueueDoesNotExist" });
  });
});
