import { S3BucketNotification } from "@cdktf/provider-aws/lib/s3-bucket-notification/index.js";
import { SqsQueue } from "@cdktf/provider-aws/lib/sqs-queue/index.js";
import { SqsQueuePolicy } from "@cdktf/provider-aws/lib/sqs-queue-policy/index.js";
import { SqsQueueRedriveAllowPolicy } from "@cdktf/provider-aws/lib/sqs-queue-redrive-allow-policy/index.js";
import { Fn, Op, Token } from "cdktf";
import { Construct } from "constructs";
import { INTAKE_PREFIX } from "../../contract/keys.ts";
import { denyInsecureTransport, policyDocument } from "../constructs/policy-document.ts";

const SECONDS_PER_DAY = 86_400;

export interface IntakeQueueProps {
  readonly name: string;
  readonly deadLetterName: string;
  readonly accountId: string;
  readonly bucket: { readonly name: string; readonly arn: string };
  /** Whether the bucket's notification configuration, which is this stack's alone, tells EventBridge too. */
  readonly eventBridge: boolean;
  /** Absent: SSE-SQS. S3 cannot write to a queue that uses the AWS managed key `alias/aws/sqs`. */
  readonly keyArn: string | undefined;
  readonly functionTimeoutSeconds: number;
  readonly batchWindowSeconds: number;
  readonly maxReceiveCount: number;
  readonly retentionDays: number;
  readonly deadLetterRetentionDays: number;
}

/** The queue that the intake bucket notifies, its dead-letter queue, and the notification itself. */
export class IntakeQueue extends Construct {
  readonly queue: SqsQueue;
  readonly deadLetterQueue: SqsQueue;

  constructor(scope: Construct, id: string, props: IntakeQueueProps) {
    super(scope, id);
    this.deadLetterQueue = new SqsQueue(this, "dead-letter", {
      name: props.deadLetterName,
      messageRetentionSeconds: days(props.deadLetterRetentionDays),
      ...encryption(props.keyArn),
    });
    this.queue = new SqsQueue(this, "queue", {
      name: props.name,
      messageRetentionSeconds: days(props.retentionDays),
      // AWS's rule: a retry must not begin while an invocation may still be running.
      visibilityTimeoutSeconds: Token.asNumber(
        Op.add(Op.mul(6, props.functionTimeoutSeconds), props.batchWindowSeconds),
      ),
      receiveWaitTimeSeconds: 20,
      redrivePolicy: Fn.jsonencode({
        deadLetterTargetArn: this.deadLetterQueue.arn,
        maxReceiveCount: props.maxReceiveCount,
      }),
      ...encryption(props.keyArn),
    });
    this.#protectDeadLetterQueue();
    this.#notify(props);
  }

  #protectDeadLetterQueue(): void {
    new SqsQueueRedriveAllowPolicy(this, "redrive-allow", {
      queueUrl: this.deadLetterQueue.url,
      redriveAllowPolicy: JSON.stringify({ redrivePermission: "byQueue", sourceQueueArns: [this.queue.arn] }),
    });
    new SqsQueuePolicy(this, "dead-letter-policy", {
      queueUrl: this.deadLetterQueue.url,
      policy: policyDocument([denyInsecureTransport("sqs", this.deadLetterQueue.arn)]),
    });
  }

  #notify({ bucket, accountId, eventBridge }: IntakeQueueProps): void {
    const policy = new SqsQueuePolicy(this, "policy", {
      queueUrl: this.queue.url,
      policy: policyDocument([
        {
          Sid: "BucketNotifications",
          Effect: "Allow",
          Principal: { Service: "s3.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: this.queue.arn,
          Condition: {
            ArnEquals: { "aws:SourceArn": bucket.arn },
            StringEquals: { "aws:SourceAccount": accountId },
          },
        },
        denyInsecureTransport("sqs", this.queue.arn),
      ]),
    });
    new S3BucketNotification(this, "notification", {
      bucket: bucket.name,
      queue: [{ queueArn: this.queue.arn, events: ["s3:ObjectCreated:*"], filterPrefix: INTAKE_PREFIX }],
      ...(eventBridge && { eventbridge: true }),
      // S3 checks that it may write before it accepts the notification.
      dependsOn: [policy],
    });
  }
}

function days(count: number): number {
  return Token.asNumber(Op.mul(count, SECONDS_PER_DAY));
}

function encryption(keyArn: string | undefined) {
  return keyArn
    ? { kmsMasterKeyId: keyArn, kmsDataKeyReusePeriodSeconds: 300 }
    : { sqsManagedSseEnabled: true };
}
