import { credentialsOf, describeClientError } from "../../contract/aws-client.ts";
import type { Environment, RegisteredEnvironments } from "../../env/schema.ts";

/** What a look at the account found: what would break, or what could not be looked at. */
export interface Finding {
  readonly kind: "problem" | "warning";
  readonly text: string;
}

/** Looks at what an environment finds in its account, before Terraform plans. Changes nothing. */
export type Look = (
  environment: Environment,
  env: NodeJS.ProcessEnv,
  registered: RegisteredEnvironments,
) => Promise<readonly Finding[]>;

export const problem = (text: string): Finding => ({ kind: "problem", text });
export const warning = (text: string): Finding => ({ kind: "warning", text });

/** Of a client that asks once and soon gives up; where it asks, AWS's usual variables say. */
export function lookClientConfig({ region }: Environment, env: NodeJS.ProcessEnv) {
  return {
    region,
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 10_000 },
    ...credentialsOf(env),
  };
}

/** @param right the permission that the check needs */
export function unlooked(what: string, right: string, error: unknown): Finding {
  const { reason } = describeClientError(error);
  return warning(`Not checked: ${what} (${reason}). The check needs the permission ${right}.`);
}
