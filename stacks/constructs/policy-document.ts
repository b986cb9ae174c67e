import { Fn } from "cdktf";

/** One statement of an IAM, bucket, queue, key or endpoint policy, spelled as AWS spells it. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | Readonly<Record<string, string | readonly string[]>>;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export function policyDocument(statements: readonly Statement[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** The same by Terraform: a list that is a variable has no place in a text. */
export function listingPolicyDocument(statements: readonly Statement[]): string {
  return Fn.jsonencode({ Version: "2012-10-17", Statement: statements });
}

/** Refuses every request to these resources that does not come over TLS. */
export function denyInsecureTransport(service: string, resources: string | readonly string[]): Statement {
  return {
    Sid: "DenyInsecureTransport",
    Effect: "Deny",
    Principal: "*",
    Action: `${service}:*`,
    Resource: resources,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}

/**
 * The permission, with a condition where it is one of S3: names of buckets are the world's, so that a bucket that is gone can come
 * back as somebody else's.
 */
export function inAccount(accountId: string, statement: Statement): Statement {
  const { Action, Condition } = statement;
  if (![Action].flat().some((action) => action.startsWith("s3:"))) return statement;
  const StringEquals = { ...Condition?.["StringEquals"], "aws:ResourceAccount": accountId };
  return { ...statement, Condition: { ...Condition, StringEquals } };
}

/** The same permission, granted by the resource's own policy instead of by the role's. */
export function grantTo(roleArn: string, sidPrefix: string, statement: Statement): Statement {
  const { Sid, Effect, ...rest } = statement;
  return { Sid: `${sidPrefix}${Sid}`, Effect, Principal: { AWS: roleArn }, ...rest };
}
