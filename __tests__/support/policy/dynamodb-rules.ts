import type { PolicyRule } from "./rule.ts";

const table = { resource: "aws_dynamodb_table" } as const;

export const dynamodbRules: readonly PolicyRule[] = [
  {
    id: "CKV_AWS_28",
    sources: ["CT.DYNAMODB.PR.1", "AwsSolutions-DDB3"],
    ...table,
    sentence: "Point-in-time recovery is on.",
    holds: ({ values }) => values["point_in_time_recovery"]?.[0]?.enabled === true,
  },
  {
    id: "CKV_AWS_119",
    sources: ["CT.DYNAMODB.PR.2"],
    ...table,
    sentence: "Records are encrypted with a customer-managed key.",
    holds: ({ values }) => {
      const [encryption] = values["server_side_encryption"] ?? [];
      return encryption?.enabled === true && Boolean(encryption.kms_key_arn);
    },
  },
  {
    id: "PIA-DYNAMODB-DELETION",
    sources: [],
    ...table,
    sentence: "Deletion protection is on.",
    holds: ({ values }) => values["deletion_protection_enabled"] === true,
  },
  {
    id: "PIA-DYNAMODB-TTL",
    sources: [],
    ...table,
    sentence: "Records that have a time to live expire.",
    holds: ({ values }) => values["ttl"]?.[0]?.enabled === true && Boolean(values["ttl"][0].attribute_name),
  },
  {
    id: "CKV2_AWS_16",
    sources: [],
    ...table,
    sentence: "Capacity follows the load: the table is billed on demand.",
    holds: ({ values }) => values["billing_mode"] === "PAY_PER_REQUEST",
  },
];
