import type { Environment } from "../../env/schema.ts";
import type { AwsAccount } from "./aws-account.ts";
import { keyServiceGrants } from "./encryption-key.ts";
import { endpointStatements } from "./execute-api-endpoint.ts";
import { policyDocument, type Statement } from "./policy-document.ts";
import { bucketStatements } from "./private-bucket.ts";
import type { ProposalRoles } from "./proposal-roles.ts";
import type { PermissionTargets } from "./role-permissions.ts";

export interface RequiredPoliciesProps {
  readonly account: AwsAccount;
  readonly roles: ProposalRoles;
  readonly targets: PermissionTargets;
  readonly executionArns: readonly string[];
}

/** The policy of each dependency that exists already, as its owner has to keep it: JSON by the dependency's name. */
export function requiredPolicies(
  { buckets, encryption, vpcEndpoint }: Environment,
  { account, roles, targets, executionArns }: RequiredPoliciesProps,
): Record<string, string> {
  const required: Record<string, string> = roles.requiredPolicies(targets);
  const require = (name: string, kind: string, statements: () => Statement[]) => {
    if (kind === "existing") {
      required[name] = policyDocument(statements());
    }
  };
  for (const [name, arn] of [
    ["intake", targets.intakeBucketArn],
    ["documents", targets.documentsBucketArn],
  ] as const) {
    require(`${name}-bucket`, buckets[name].kind, () =>
      bucketStatements(arn, roles.bucketGrants("all", targets, arn)));
  }
  require("vpc-endpoint", vpcEndpoint.kind, () => endpointStatements(executionArns));
  require("key", encryption.kind, () => [
    ...keyServiceGrants(account, targets.intakeBucketArn),
    ...roles.keyGrants("all", targets),
  ]);
  return required;
}
