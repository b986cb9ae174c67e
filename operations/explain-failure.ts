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
    return 'The output operator_policy says what an operator\'s role needs: "terraform output -raw operator_policy".';
  }
  if (/Credentials|ExpiredToken|InvalidClientTokenId/.test(reason)) {
    return "AWS needs credentials of the environment's account: log in first (aws sso login), or set AWS_ACCESS_KEY_ID and its like.";
  }
  return "Nothing is lost by that: run it again once the cause is gone.";
}
