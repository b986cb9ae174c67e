import { UserError } from "../../contract/user-error.ts";
import type { Environment } from "../../env/schema.ts";
import type { DeployedStack } from "../../operations/deployed-stack.ts";
import { chooseCaller } from "../../operations/verify/choose-caller.ts";
import { type Credentials, createClient } from "../../operations/verify/client.ts";
import { chooseEntrance, type Entrance } from "../../operations/verify/entrance.ts";
import { createPayloads } from "../../operations/verify/payloads.ts";
import type { Verification } from "../../operations/verify/step.ts";
import type { Arguments } from "../command.ts";
import { openView } from "./open-view.ts";
import { readConnectTo, readCredentials } from "./read-credentials.ts";

export interface VerificationRequest {
  readonly environment: Environment;
  readonly stack: DeployedStack;
  readonly args: Pick<Arguments, "text">;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/**
 * All that a verification needs; nothing is sent yet.
 * @throws UserError where something is missing or wrong in the command line, or the AWS account is another
 */
export async function openVerification({ environment, stack, args, env, signal }: VerificationRequest) {
  const { text } = args;
  const timeoutSeconds = readSeconds(text("timeout-seconds"));
  const connectTo = readConnectTo(text("connect"));
  const entrance = chooseEntrance(environment, stack, text("proxy"));
  const isLocal = stack.local !== undefined && text("proxy") === undefined;
  const given = needsCredentials(entrance, isLocal) ? readCredentials(environment, args, env) : {};
  const caller = chooseCaller(environment, text("caller"), given.token);
  if (entrance.kind === "endpoint" && caller === undefined) {
    throw new UserError(
      'The environment has no list of callers (proxy.kind is "external"). Give --caller <name>.',
      { exitCode: 2 },
    );
  }
  const { view, close } = await openView(environment, stack, env, signal);
  const verification: Verification = {
    stack,
    entrance,
    client: createClient({
      entrance,
      caller: caller ?? "",
      credentials: isLocal ? localCredentials(environment, caller) : given,
      thresholdBytes: stack.payload.thresholdBytes,
      connectTo,
    }),
    caller,
    view,
    payloads: createPayloads(stack.payload),
    proxyAddresses: environment.proxy.addresses,
    timeoutSeconds,
    signal,
    seen: { sentItems: new Set(), storedItems: new Set(), retryAfter: [] },
  };
  return { verification, close };
}

/** An API by itself asks for none, and `npm start` believes a name. */
function needsCredentials({ kind }: Entrance, isLocal: boolean): boolean {
  return kind === "proxy" && !isLocal;
}

function localCredentials({ proxy }: Environment, caller: string | undefined): Credentials {
  return proxy.kind === "haproxy" && proxy.callers !== "shared" ? { token: caller } : {};
}

function readSeconds(text = "120"): number {
  const seconds = Number(text);
  if (!/^\d+$/.test(text) || seconds < 1 || seconds > 3_600) {
    throw new UserError("--timeout-seconds must be a number from 1 to 3600.", { exitCode: 2 });
  }
  return seconds;
}
