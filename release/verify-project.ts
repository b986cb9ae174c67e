import {
  BatchGetBuildsCommand,
  CodeBuildClient,
  type EnvironmentVariable,
  StartBuildCommand,
} from "@aws-sdk/client-codebuild";
import { credentialsOf } from "../contract/aws-client.ts";
import { UserError } from "../contract/user-error.ts";
import type { Verified } from "./verification-records.ts";

/** What a caller shows to the proxy of an environment. */
export type CallerCredential = "token" | "certificate" | "key";

export interface VerificationStart extends Verified {
  /** Of the released build: what was released is verified by what it was released with. */
  readonly commit: string;
  readonly credentials: readonly CallerCredential[];
}

export interface VerificationBuild {
  /** CodeBuild's: IN_PROGRESS, SUCCEEDED, FAILED, FAULT, TIMED_OUT or STOPPED; undefined where it does not list the build yet. */
  readonly status: string | undefined;
  readonly logUrl: string | undefined;
}

/** The project of CodeBuild that verifies. Every method throws UserError where CodeBuild does not do it. */
export interface VerifyProject {
  readonly name: string;
  /** Returns the build's id. */
  start(what: VerificationStart): Promise<string>;
  look(id: string): Promise<VerificationBuild>;
}

/** @param secretArn of the callers' credentials, which the started build reads and this one may not */
export function verifyProject(name: string, secretArn: string, env: NodeJS.ProcessEnv): VerifyProject {
  const endpoint = env["AWS_ENDPOINT_URL_CODEBUILD"];
  const region = env["AWS_REGION"];
  const client = new CodeBuildClient({
    ...(endpoint && { endpoint }),
    ...(region && { region }),
    ...credentialsOf(env),
  });
  return {
    name,
    start: (what) =>
      call(`start a build of ${name}`, async () => {
        const { build } = await client.send(
          new StartBuildCommand({
            projectName: name,
            sourceVersion: what.commit,
            environmentVariablesOverride: variablesFor(what, secretArn),
          }),
        );
        return build?.id ?? "";
      }),
    look: (id) =>
      call(`look at the build ${id}`, async () => {
        const { builds } = await client.send(new BatchGetBuildsCommand({ ids: [id] }));
        const [build] = builds ?? [];
        return { status: build?.buildStatus, logUrl: build?.logs?.deepLink };
      }),
  };
}

/** CodeBuild reads `<ARN>:<JSON key>` from Secrets Manager when the build starts. */
function variablesFor(
  { buildId, environment, credentials }: VerificationStart,
  secretArn: string,
): EnvironmentVariable[] {
  return [
    { name: "VERIFY_BUILD", value: buildId, type: "PLAINTEXT" },
    { name: "VERIFY_ENVIRONMENT", value: environment, type: "PLAINTEXT" },
    ...credentials.map(
      (credential): EnvironmentVariable => ({
        name: `VERIFY_${credential.toUpperCase()}`,
        value: `${secretArn}:${environment}_${credential}`,
        type: "SECRETS_MANAGER",
      }),
    ),
  ];
}

async function call<Result>(what: string, send: () => Promise<Result>): Promise<Result> {
  try {
    return await send();
  } catch (error) {
    const { name, message } = error as Error;
    throw new UserError(`Cannot ${what}: ${message || name}.`, { cause: error });
  }
}
