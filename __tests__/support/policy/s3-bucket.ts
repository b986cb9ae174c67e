import type { StateResource } from "../deployment.ts";
import type { State } from "./rule.ts";
import { find, list, managed, parseJson } from "./state.ts";

/** The values of the resource that holds one aspect of a bucket. */
export function part(state: State, aspect: string, name: string): StateResource["values"] | undefined {
  return find(state, `aws_s3_bucket_${aspect}`, "bucket", name)?.values;
}

export function encryption(state: State, name: string) {
  return part(state, "server_side_encryption_configuration", name)?.rule?.[0]
    ?.apply_server_side_encryption_by_default?.[0];
}

/** The enabled rules that hold for all objects. */
export function lifecycle(state: State, name: string): StateResource["values"][] {
  return list(part(state, "lifecycle_configuration", name)?.rule).filter(
    ({ status, filter }) => status === "Enabled" && !filter?.[0]?.prefix && !filter?.[0]?.tag?.length,
  );
}

export function expiryDays(state: State, name: string): number {
  return Math.max(0, ...lifecycle(state, name).map(({ expiration }) => expiration?.[0]?.days ?? 0));
}

export function isArchive({ values }: StateResource, state: State): boolean {
  return expiryDays(state, values["bucket"]) === 0;
}

export function isVersioned({ values }: StateResource, state: State): boolean {
  const status = part(state, "versioning", values["bucket"])?.versioning_configuration?.[0]?.status;
  return status === "Enabled";
}

export function queueOf(state: State, name: string) {
  const arn = part(state, "notification", name)?.queue?.[0]?.queue_arn;
  return managed(state, "aws_sqs_queue").find(({ values }) => values["arn"] === arn);
}

/** Seconds for which a message about an object of the bucket may wait. */
export function retention(state: State, name: string): number {
  const queue = queueOf(state, name)?.values;
  const deadLetterArn = parseJson(queue?.["redrive_policy"])?.deadLetterTargetArn;
  const deadLetters = find(state, "aws_sqs_queue", "arn", deadLetterArn)?.values;
  return (queue?.["message_retention_seconds"] ?? 0) + (deadLetters?.["message_retention_seconds"] ?? 0);
}
