import { Fn, Token } from "cdktf";
import type { Environment } from "../../env/schema.ts";
import type { AwsAccount } from "../constructs/aws-account.ts";
import { keyAlertGrants, keyServiceGrants } from "../constructs/encryption-key.ts";
import { listingPolicyDocument, policyDocument, type Statement } from "../constructs/policy-document.ts";
import { bucketStatements } from "../constructs/private-bucket.ts";
import type { EnvironmentVariables } from "../variables/environment-variables.ts";
import { existingEndpointStatements } from "./execute-api-endpoint.ts";
import type { IngestionRoles } from "./ingestion-roles.ts";
import type { PermissionTargets } from "./role-permissions.ts";

export interface RequiredPoliciesProps {
  readonly account: AwsAccount;
  readonly roles: IngestionRoles;
  readonly targets: PermissionTargets;
  readonly executionArns: readonly string[];
  readonly proxyAddresses: EnvironmentVariables["proxy"]["addresses"];
}

/** The policy of each dependency that exists already, as its owner has to keep it: JSON by the dependency's name. */
export function requiredPolicies(
  { alerts, buckets, encryption, vpcEndpoint }: Environment,
  { account, roles, targets, executionArns, proxyAddresses }: RequiredPoliciesProps,
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
  if (vpcEndpoint.kind === "existing") {
    required["vpc-endpoint"] = listingPolicyDocument(
      existingEndpointStatements(executionArns, proxyAddresses),
    );
  }
  require("key", encryption.kind, () => [
    ...keyServiceGrants(account, targets.intakeBucketArn),
    ...(alerts.kind === "routed" ? keyAlertGrants(account) : []),
    ...roles.keyGrants("all", targets),
  ]);
  return required;
}

/** What the owner of an existing dependency has to keep besides its policy: sentences by the dependency's name. */
export function requiredSettings(
  { buckets }: Environment,
  {
    retention: { intakeObjectDays, nonCurrentDocumentDays },
    proxy,
    region,
    vpcEndpoint: referenced,
  }: EnvironmentVariables,
): Record<string, string> {
  const always = "Public access blocked, ACLs disabled (BucketOwnerEnforced), default encryption on";
  return {
    ...(buckets.intake.kind === "existing" && {
      "intake-bucket": `${always}. Versioning off. Objects expire ${Token.asString(intakeObjectDays)} days after creation. Nothing else uses the bucket: the stack replaces its notification configuration.`,
    }),
    ...(buckets.documents.kind === "existing" && {
      "documents-bucket": `${always}. Versioning on: the service deletes a document by deleting its versions. No MFA delete and no Object Lock: both refuse this deletion. No replication: replicas would stay. Noncurrent versions expire after ${Token.asString(nonCurrentDocumentDays)} days, nothing else expires. Nothing else uses the bucket.`,
    }),
    ...(referenced.kind === "existing" && {
      "vpc-endpoint": endpointSettings(referenced, { region, proxy }),
    }),
  };
}

/** Nothing of another account's endpoint is looked up: what a plan would find wrong with one of its own is said here. */
function endpointSettings(
  { account }: { readonly account?: string },
  { region, proxy: { addresses } }: Pick<EnvironmentVariables, "region" | "proxy">,
): string {
  const proxy = addresses === "any" ? "the external API proxy" : Fn.join(", ", addresses);
  const always = `Its security groups allow HTTPS (TCP port 443) only from ${proxy}.`;
  if (account === undefined) return always;
  return `It belongs to account ${account}, so no plan of this stack can check it. Its owner makes sure of this: It is an endpoint for execute-api in ${region}, and is available. Its policy has the statement of required_policies. The network of the proxy reaches it, through shared subnets, peering or a transit gateway. ${always}`;
}
