import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from "@aws-sdk/client-sts";
import { credentialsOf, describeClientError } from "../../contract/aws-client.ts";
import { UserError } from "../../contract/user-error.ts";
import type { Environment } from "../../env/schema.ts";

/** Errors by which AWS says that it knows no such credentials, or none any more. */
const REFUSALS = [
  "AccessDenied",
  "ExpiredToken",
  "ExpiredTokenException",
  "InvalidClientTokenId",
  "RequestExpired",
  "SignatureDoesNotMatch",
  "UnrecognizedClientException",
];
const NO_CREDENTIALS = ["CredentialsProviderError", "TokenProviderError"];

/**
 * Finds out early whose the credentials are. What cannot be found out is left to Terraform, which may have a way to
 * AWS that this check has not (a proxy), and refuses another account as well.
 * @returns what to warn of
 * @throws UserError when there are no AWS credentials, they are not accepted, or are another account's
 */
export async function checkAwsAccount(
  environment: Environment,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const found = await identify(environment, env);
  if (found.kind === "refused") throw new UserError(found.problem, { cause: found.cause });
  return found.kind === "silent"
    ? `${found.problem} Terraform continues without this check. Its AWS provider also refuses a wrong account. If Terraform fails too, check the network, AWS_REGION and AWS_ENDPOINT_URL.`
    : undefined;
}

/**
 * The same for what goes on without AWS.
 * @returns why AWS cannot be asked; undefined where it can
 * @throws UserError when the credentials are another account's
 */
export async function findAwsAccount(
  environment: Environment,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const found = await identify(environment, env);
  return found.kind === "own" ? undefined : found.problem;
}

type Identity =
  | { readonly kind: "own" }
  | { readonly kind: "refused"; readonly problem: string; readonly cause: unknown }
  | { readonly kind: "silent"; readonly problem: string };

async function identify(environment: Environment, env: NodeJS.ProcessEnv): Promise<Identity> {
  const { name, accountId } = environment;
  const source = describeSource(env);
  try {
    const { Account: account, Arn: arn } = await getIdentity(environment, env);
    if (account === accountId) return { kind: "own" };
    throw new UserError(
      `Wrong AWS account for ${name}: ${source} is ${arn} in account ${account}, but env/${name}.ts expects account ${accountId}. Use credentials of ${accountId} (AWS_PROFILE=<profile>), or correct accountId there.`,
    );
  } catch (error) {
    if (error instanceof UserError) throw error;
    const refusal = describeRefusal(error, name, source, env);
    return refusal === undefined
      ? { kind: "silent", problem: describeSilence(error, name, env) }
      : { kind: "refused", problem: refusal, cause: error };
  }
}

function getIdentity({ region }: Environment, env: NodeJS.ProcessEnv) {
  const config: STSClientConfig = {
    region: env["AWS_REGION"] || region,
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 10_000 },
    ...credentialsOf(env),
  };
  return new STSClient(config).send(new GetCallerIdentityCommand({}));
}

function describeSource(env: NodeJS.ProcessEnv): string {
  if (env["AWS_ACCESS_KEY_ID"] && env["AWS_SECRET_ACCESS_KEY"]) {
    return "AWS_ACCESS_KEY_ID";
  }
  return env["AWS_PROFILE"] ? `AWS_PROFILE "${env["AWS_PROFILE"]}"` : "the default profile or role";
}

function describeRefusal(
  error: unknown,
  name: string,
  source: string,
  env: NodeJS.ProcessEnv,
): string | undefined {
  const profile = env["AWS_PROFILE"] ? ` --profile ${env["AWS_PROFILE"]}` : "";
  const renew = `Sign in (aws sso login${profile}), or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.`;
  const { kind, reason } = describeClientError(error);
  if (NO_CREDENTIALS.includes(kind)) {
    return `No AWS credentials for ${name} from ${source} (${reason}). ${renew}`;
  }
  if (REFUSALS.includes(kind)) {
    return `AWS does not accept the credentials for ${name} from ${source} (${reason}). They are expired or wrong. ${renew}`;
  }
  return undefined;
}

function describeSilence(error: unknown, name: string, env: NodeJS.ProcessEnv): string {
  const endpoint = env["AWS_ENDPOINT_URL_STS"] ?? env["AWS_ENDPOINT_URL"] ?? "its own endpoint";
  return `AWS STS at ${endpoint} did not answer, so it is unknown to which account the credentials for ${name} belong (${describeClientError(error).reason}).`;
}
