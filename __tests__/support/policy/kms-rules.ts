import type { PolicyRule } from "./rule.ts";
import { allowed, allowsEveryone, restricts } from "./statements.ts";

const key = { resource: "aws_kms_key" } as const;

export const kmsRules: readonly PolicyRule[] = [
  {
    id: "CKV_AWS_7",
    sources: ["CT.KMS.PR.1", "AwsSolutions-KMS5"],
    ...key,
    sentence: "The key is rotated every year.",
    holds: ({ values }) => values["enable_key_rotation"] === true,
  },
  {
    id: "CKV_AWS_33",
    sources: [],
    ...key,
    sentence: "The key's policy allows nothing to everyone.",
    holds: ({ values }) => !allowsEveryone(values["policy"]),
  },
  {
    id: "CKV2_AWS_64",
    sources: [],
    ...key,
    sentence: "The key has a policy of its own.",
    holds: ({ values }) => allowed(values["policy"]).length > 0,
  },
  {
    id: "CKV_AWS_227",
    sources: [],
    ...key,
    sentence: "The key is enabled.",
    holds: ({ values }) => values["is_enabled"] !== false,
  },
  {
    id: "PIA-KMS-SERVICES",
    sources: [],
    ...key,
    sentence: "A service may use the key for one account only, or for its log groups.",
    applies: ({ values }) => allowed(values["policy"]).some(isForService),
    holds: ({ values }) =>
      allowed(values["policy"])
        .filter(isForService)
        .every((grant) => grantedFor.some((key) => restricts(grant, key))),
  },
];

/** CloudWatch Logs says whose log group it is by the context of the encryption. */
const grantedFor = ["aws:SourceAccount", "kms:EncryptionContext:aws:logs:arn"];

function isForService({ principals }: { readonly principals: readonly string[] }): boolean {
  return principals.some((principal) => principal.startsWith("Service:"));
}
