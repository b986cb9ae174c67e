import { GetBucketNotificationConfigurationCommand, S3Client } from "@aws-sdk/client-s3";
import { resourceNames } from "../../contract/resource-names.ts";
import type { Environment } from "../../env/schema.ts";
import { type Finding, type Look, lookClientConfig, problem, unlooked } from "./finding.ts";

/**
 * What an apply would take from an existing intake bucket: S3 keeps one notification configuration for a bucket, and each write
 * replaces all of it.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html
 */
export const lookAtIntakeBucket: Look = async (environment, env) => {
  const { intake } = environment.buckets;
  if (intake.kind === "managed") return [];
  const endpoint = env["AWS_ENDPOINT_URL_S3"] ?? env["AWS_ENDPOINT_URL"];
  const client = new S3Client({
    ...lookClientConfig(environment, env),
    forcePathStyle: endpoint !== undefined,
  });
  try {
    const found = await client.send(
      new GetBucketNotificationConfigurationCommand({
        Bucket: intake.name,
        ExpectedBucketOwner: environment.accountId,
      }),
    );
    return [
      ...lookAtEventBridge(found.EventBridgeConfiguration !== undefined, intake, environment.name),
      ...lookAtOthers(othersIn(found, environment), intake.name, environment.name),
    ];
  } catch (error) {
    if (error instanceof Error && error.name === "NoSuchBucket") {
      return [
        problem(
          `There is no bucket ${intake.name}, which env/${environment.name}.ts names as buckets.intake. Correct the name, or let the stack create the bucket: { kind: "managed", name: "${intake.name}" }.`,
        ),
      ];
    }
    const what = `the notifications of the bucket ${intake.name}, which the first apply replaces`;
    return [unlooked(what, "s3:GetBucketNotification", error)];
  }
};

type ExistingBucket = Extract<Environment["buckets"]["intake"], { kind: "existing" }>;

function lookAtEventBridge(
  isOn: boolean,
  { name, eventBridge }: ExistingBucket,
  environment: string,
): Finding[] {
  if (!isOn || eventBridge) return [];
  return [
    problem(
      `The bucket ${name} sends its events to EventBridge, and the apply of ${environment} would turn that off. Write into env/${environment}.ts:\n  buckets: { intake: { kind: "existing", name: "${name}", eventBridge: true } },\nor ask the owner of the bucket to turn it off first.`,
    ),
  ];
}

interface Notifications {
  readonly TopicConfigurations?: readonly { readonly TopicArn: string | undefined }[] | undefined;
  readonly QueueConfigurations?: readonly { readonly QueueArn: string | undefined }[] | undefined;
  readonly LambdaFunctionConfigurations?:
    | readonly { readonly LambdaFunctionArn: string | undefined }[]
    | undefined;
}

/** ARNs of what the bucket notifies besides the environment's own queue. */
function othersIn(found: Notifications, { accountId, region, namePrefix }: Environment): string[] {
  const own = `:sqs:${region}:${accountId}:${resourceNames(namePrefix).queue}`;
  return [
    ...(found.TopicConfigurations ?? []).map(({ TopicArn }) => TopicArn),
    ...(found.QueueConfigurations ?? []).map(({ QueueArn }) => QueueArn),
    ...(found.LambdaFunctionConfigurations ?? []).map(({ LambdaFunctionArn }) => LambdaFunctionArn),
  ].filter((arn) => arn !== undefined && !arn.endsWith(own)) as string[];
}

function lookAtOthers(others: readonly string[], bucket: string, environment: string): Finding[] {
  if (others.length === 0) return [];
  return [
    problem(
      `The bucket ${bucket} notifies ${others.join(", ")}, and the apply of ${environment} would end that: S3 has one notification configuration for a bucket, and the stack replaces it. Name a bucket in env/${environment}.ts that serves nothing else, or ask its owner to remove these notifications first.`,
    ),
  ];
}
