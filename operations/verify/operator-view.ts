import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { describeClientError } from "../../contract/aws-client.ts";
import type { DeployedStack } from "../deployed-stack.ts";
import type { OperatorClients } from "../operator-clients.ts";

/** SQS's counts, which are approximate. */
export interface QueueDepth {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

export interface AlarmState {
  readonly name: string;
  readonly state: string;
  /** Of docs/operations.md, where the alarm's description ends with it. */
  readonly section: string | undefined;
}

/** What was seen, or why nobody could look. */
export type Seen<Value> =
  | { readonly kind: "seen"; readonly value: Value }
  /** AWS says that the thing itself is not there. */
  | { readonly kind: "missing"; readonly reason: string }
  | { readonly kind: "unseen"; readonly reason: string };

/** Looks at a stack as its operators do, and changes nothing. */
export interface OperatorView {
  keysBelow(bucket: string, prefix: string): Promise<Seen<readonly string[]>>;
  depthOf(queueUrl: string): Promise<Seen<QueueDepth>>;
  alarms(): Promise<Seen<readonly AlarmState[]>>;
}

/** Of S3 and SQS, where a bucket or a queue does not exist. */
const MISSING = [
  "NoSuchBucket",
  "QueueDoesNotExist",
  "AWS.SimpleQueueService.NonExistentQueue",
  "NonExistentQueue",
];

export function createOperatorView(
  { accountId, namePrefix, local }: Pick<DeployedStack, "accountId" | "namePrefix" | "local">,
  { s3, sqs, cloudWatch }: Pick<OperatorClients, "s3" | "sqs" | "cloudWatch">,
  abortSignal: AbortSignal,
): OperatorView {
  return {
    keysBelow: (bucket, prefix) =>
      look(async () => {
        const { Contents = [] } = await s3.send(
          new ListObjectsV2Command({
            Bucket: bucket,
            Prefix: prefix,
            MaxKeys: 100,
            ExpectedBucketOwner: accountId,
          }),
          { abortSignal },
        );
        return Contents.flatMap(({ Key }) => Key ?? []);
      }),
    depthOf: (queueUrl) =>
      look(async () => {
        const { Attributes = {} } = await sqs.send(
          new GetQueueAttributesCommand({
            QueueUrl: queueUrl,
            AttributeNames: [
              "ApproximateNumberOfMessages",
              "ApproximateNumberOfMessagesNotVisible",
              "ApproximateNumberOfMessagesDelayed",
            ],
          }),
          { abortSignal },
        );
        return {
          visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
          inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
          delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
        };
      }),
    alarms: () =>
      look(async () => {
        const states: AlarmState[] = [];
        let NextToken: string | undefined;
        do {
          const page = await cloudWatch.send(
            new DescribeAlarmsCommand({
              AlarmNamePrefix: `${namePrefix}-`,
              // Without it, composite alarms are left out.
              AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
              ...(NextToken !== undefined && { NextToken }),
            }),
            { abortSignal },
          );
          states.push(...[...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])].map(stateOf));
          NextToken = page.NextToken;
        } while (NextToken !== undefined);
        return ownAlarms(states, namePrefix);
      }, local && "no CloudWatch answers on this machine"),
  };
}

/** Each environment has one. */
const OUTAGE = "-outage";

/** Without those of another environment of the account, whose prefix begins with this one. */
function ownAlarms(alarms: readonly AlarmState[], namePrefix: string): AlarmState[] {
  const others = alarms
    .filter(({ name }) => name.endsWith(OUTAGE) && name !== `${namePrefix}${OUTAGE}`)
    .map(({ name }) => name.slice(0, -OUTAGE.length));
  return alarms.filter(({ name }) => !others.some((other) => name.startsWith(`${other}-`)));
}

/** One view for all that nobody can look at. */
export function blindView(reason: string): OperatorView {
  const unseen = async () => ({ kind: "unseen", reason }) as const;
  return { keysBelow: unseen, depthOf: unseen, alarms: unseen };
}

interface DescribedAlarm {
  readonly AlarmName?: string | undefined;
  readonly StateValue?: string | undefined;
  readonly AlarmDescription?: string | undefined;
}

function stateOf({ AlarmName = "", StateValue = "", AlarmDescription = "" }: DescribedAlarm): AlarmState {
  return { name: AlarmName, state: StateValue, section: /#([a-z-]+)\s*$/.exec(AlarmDescription)?.[1] };
}

async function look<Value>(read: () => Promise<Value>, instead?: string): Promise<Seen<Value>> {
  try {
    return { kind: "seen", value: await read() };
  } catch (error) {
    const { kind, reason } = describeClientError(error);
    const short = reason.split("\n")[0]?.slice(0, 200) ?? kind;
    if (MISSING.includes(kind)) return { kind: "missing", reason: short };
    return { kind: "unseen", reason: instead ?? short };
  }
}
