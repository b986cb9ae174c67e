import type { AwsAccount } from "./aws-account.ts";
import type { Statement } from "./policy-document.ts";

type KeyUser = "s3" | "sqs" | "dynamodb" | "secretsmanager";

/** Nothing, where AWS's own keys encrypt. */
export function useKey(
  { account, keyArn }: { readonly account: AwsAccount; readonly keyArn: string | undefined },
  sid: string,
  services: KeyUser[],
  actions: string[],
): Statement[] {
  if (!keyArn) {
    return [];
  }
  const via = services.map((service) => `${service}.${account.region}.amazonaws.com`);
  return [
    {
      Sid: sid,
      Effect: "Allow",
      Action: actions,
      Resource: keyArn,
      Condition: { StringEquals: { "kms:ViaService": via } },
    },
  ];
}
