import type { PolicyRule } from "./rule.ts";
import {
  encryption,
  expiryDays,
  isArchive,
  isVersioned,
  lifecycle,
  part,
  queueOf,
  retention,
} from "./s3-bucket.ts";
import { find, list } from "./state.ts";
import { allowsEveryone, deniesInsecureTransport } from "./statements.ts";

const SECONDS_PER_DAY = 86_400;
const ACCESS_BLOCKS = [
  "block_public_acls",
  "block_public_policy",
  "ignore_public_acls",
  "restrict_public_buckets",
];
const bucket = { resource: "aws_s3_bucket" } as const;

export const s3Rules: readonly PolicyRule[] = [
  {
    id: "CT.S3.PR.1",
    sources: ["CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56", "CKV2_AWS_6", "AwsSolutions-S2"],
    ...bucket,
    sentence: "All four blocks of public access are on.",
    holds: ({ values }, state) => {
      const block = part(state, "public_access_block", values["bucket"]);
      return ACCESS_BLOCKS.every((name) => block?.[name] === true);
    },
  },
  {
    id: "CKV2_AWS_65",
    sources: [],
    ...bucket,
    sentence: "Objects belong to the bucket's owner and ACLs are off.",
    holds: ({ values }, state) =>
      part(state, "ownership_controls", values["bucket"])?.rule?.[0]?.object_ownership ===
      "BucketOwnerEnforced",
  },
  {
    id: "CKV_AWS_20",
    sources: ["CKV_AWS_57"],
    ...bucket,
    sentence: "No ACL grants anything to a group such as everyone.",
    holds: ({ values }) => list(values["grant"]).every(({ uri }) => !uri),
  },
  {
    id: "CKV_AWS_19",
    sources: [],
    ...bucket,
    sentence: "Objects are encrypted at rest.",
    holds: ({ values }, state) =>
      ["AES256", "aws:kms", "aws:kms:dsse"].includes(encryption(state, values["bucket"])?.sse_algorithm),
  },
  {
    id: "CKV_AWS_145",
    sources: [],
    ...bucket,
    sentence: "Objects are encrypted with a customer-managed key.",
    holds: ({ values }, state) => Boolean(encryption(state, values["bucket"])?.kms_master_key_id),
  },
  {
    id: "CT.S3.PR.8",
    sources: ["AwsSolutions-S10"],
    ...bucket,
    sentence: "The policy refuses every request without TLS, to the bucket and to its objects.",
    holds: ({ values }, state) =>
      deniesInsecureTransport(part(state, "policy", values["bucket"])?.policy, "s3", [
        values["arn"],
        `${values["arn"]}/*`,
      ]),
  },
  {
    id: "CKV_AWS_70",
    sources: [],
    ...bucket,
    sentence: "The policy allows nothing to everyone.",
    holds: ({ values }, state) => !allowsEveryone(part(state, "policy", values["bucket"])?.policy),
  },
  {
    id: "CT.S3.PR.6",
    sources: ["CKV2_AWS_61"],
    ...bucket,
    sentence: "A lifecycle rule is enabled for all objects.",
    holds: ({ values }, state) => lifecycle(state, values["bucket"]).length > 0,
  },
  {
    id: "CKV_AWS_300",
    sources: [],
    resource: "aws_s3_bucket_lifecycle_configuration",
    sentence: "Incomplete multipart uploads are aborted within a week.",
    holds: ({ values }) =>
      list(values["rule"]).some(({ status, abort_incomplete_multipart_upload: abort }) => {
        const days = abort?.[0]?.days_after_initiation ?? 0;
        return status === "Enabled" && days >= 1 && days <= 7;
      }),
  },
  {
    id: "CKV_AWS_21",
    sources: ["CT.S3.PR.11"],
    ...bucket,
    sentence: "A bucket that is an archive, whose objects do not expire, keeps their versions.",
    applies: isArchive,
    holds: isVersioned,
  },
  {
    id: "CT.S3.PR.3",
    sources: [],
    ...bucket,
    sentence: "Old versions in a versioned bucket expire.",
    applies: isVersioned,
    holds: ({ values }, state) =>
      list(part(state, "lifecycle_configuration", values["bucket"])?.rule).some(
        ({ status, noncurrent_version_expiration: old }) =>
          status === "Enabled" && old?.[0]?.noncurrent_days > 0,
      ),
  },
  {
    id: "PIA-S3-LIFETIME",
    sources: [],
    ...bucket,
    sentence: "Objects that a queue is told of outlive that queue's retention and its dead-letter queue's.",
    applies: ({ values }, state) => queueOf(state, values["bucket"]) !== undefined,
    holds: ({ values }, state) =>
      expiryDays(state, values["bucket"]) * SECONDS_PER_DAY > retention(state, values["bucket"]),
  },
  {
    id: "CT.S3.PR.4",
    sources: ["CKV2_AWS_62"],
    resource: "aws_s3_bucket_notification",
    sentence: "A queue of the stack is told of every created object, below one prefix.",
    holds: ({ values }, state) =>
      list(values["queue"]).length > 0 &&
      list(values["queue"]).every(
        ({ queue_arn, events, filter_prefix }) =>
          find(state, "aws_sqs_queue", "arn", queue_arn) !== undefined &&
          events?.includes("s3:ObjectCreated:*") &&
          filter_prefix?.endsWith("/"),
      ),
  },
  {
    id: "CT.S3.PR.2",
    sources: ["CKV_AWS_18", "AwsSolutions-S1"],
    ...bucket,
    sentence: "Requests are logged to another bucket.",
    holds: ({ values }, state) => {
      const target = part(state, "logging", values["bucket"])?.target_bucket;
      return Boolean(target) && target !== values["bucket"];
    },
  },
  {
    id: "CKV_AWS_144",
    sources: [],
    ...bucket,
    sentence: "An archive is replicated to another region.",
    applies: isArchive,
    holds: ({ values }, state) => part(state, "replication_configuration", values["bucket"]) !== undefined,
  },
  {
    id: "PIA-S3-FORCE-DESTROY",
    sources: [],
    ...bucket,
    sentence: "Terraform does not delete the bucket while objects are in it.",
    holds: ({ values }) => values["force_destroy"] !== true,
  },
];
