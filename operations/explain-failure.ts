import { describeClientError } from "../contract/aws-client.ts";
import { UserError } from "../contract/user-error.ts";

/**
 * An answer of AWS, or none, in words for an operator; anything else is a bug and stays as it is.
 * @param doing what was tried, as "Moving messages back"
 */
export function explainFailure(doing: string, error: unknown): unknown {
  if (error instanceof UserError || !isOfClient(error)) return error;
  const { reason } = describeClientError(error);
  return new UserError(`${doing} failed. ${reason}\n${adviceFor(reason)}`, { cause: error });
}

function isOfClient(error: unknown): boolean {
  return (
    error instanceof Error && ("$metadata" in error || "code" in error || /Credentials/.test(error.name))
  );
}

function adviceFor(reason: string): string {
  if (/AccessDenied|not authorized/i.test(reason)) {
    return "The role lacks a permission. The stack's output operator_policy is the policy that an operator's role needs (docs/operations.md#who-may-use-the-commands).";
  }
  if (/Credentials|ExpiredToken|InvalidClientTokenId/.test(reason)) {
    return "No valid AWS credentials were found. Log in to the environment's account (aws sso login), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.";
  }
  return "No message or payload is lost. Fix the cause, then run the command again.";
}
