/** A message as it was received: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_Message.html */
export interface QueueMessage {
  readonly messageId: string;
  /** Of this one receipt: the next one has another. */
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly attributes: {
    readonly ApproximateReceiveCount: string;
    readonly SentTimestamp: string;
    readonly SenderId: string;
    readonly ApproximateFirstReceiveTimestamp: string;
  };
}

export interface ReceiveOptions {
  /** 1 to 10. */
  readonly maxMessages: number;
  /** 0 to 20. */
  readonly waitSeconds: number;
  readonly signal?: AbortSignal;
}

/** What an event source mapping asks of a queue. */
export interface MessageQueue {
  readonly arn: string;
  /** What there is, or what comes within the time; messages are hidden from others for the visibility timeout. */
  receive(options: ReceiveOptions): Promise<readonly QueueMessage[]>;
  delete(messages: readonly QueueMessage[]): Promise<void>;
}
