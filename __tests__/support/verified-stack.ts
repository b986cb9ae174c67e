import { asTerraformPrints, localOutputs } from "../../cli/local-run.ts";
import { describeStack, type StackDescription } from "../../emulator/describe-stack.ts";
import { type RunningStack, runStack, type StackEvent } from "../../emulator/run-stack.ts";
import { resolveStack } from "../../emulator/terraform/resolve-stack.ts";
import { type DeployedStack, parseDeployedStack } from "../../operations/deployed-stack.ts";
import { type OperatorClients, operatorClients } from "../../operations/operator-clients.ts";
import { createClient } from "../../operations/verify/client.ts";
import { createOperatorView, type OperatorView } from "../../operations/verify/operator-view.ts";
import { createPayloads } from "../../operations/verify/payloads.ts";
import type { StepReport, Verification } from "../../operations/verify/step.ts";
import { loadEnvironment, synthesizedStack } from "./environments.ts";

const caller = "saas";

/** dev on this machine, with something in it that is broken, and what verifies it. */
export interface VerifiedStack {
  readonly stack: DeployedStack;
  readonly running: RunningStack;
  readonly clients: OperatorClients;
  readonly events: readonly StackEvent[];
  verification(changes?: Partial<Verification>): Verification;
  stop(): Promise<void>;
}

export async function startVerifiedStack(
  change: (stack: StackDescription) => StackDescription = (stack) => stack,
): Promise<VerifiedStack> {
  const environment = loadEnvironment("dev");
  const resolved = await resolveStack(synthesizedStack("dev"));
  const described = change(describeStack(resolved));
  const events: StackEvent[] = [];
  const running = await runStack({
    stack: described,
    port: 0,
    callers: environment.proxy.kind === "haproxy" ? environment.proxy.callers : "shared",
    onEvent: (event) => events.push(event),
  });
  const { url, apisUrl, endpoint } = running;
  const outputs = asTerraformPrints(await localOutputs(resolved.outputs, described, endpoint));
  const local = { url, apisUrl, endpoint, pid: process.pid };
  const stack = parseDeployedStack(JSON.stringify(outputs), "a test", environment, local);
  const clients = operatorClients(stack, process.env);
  const view = createOperatorView(stack, clients, new AbortController().signal);
  return {
    stack,
    running,
    clients,
    events,
    verification: (changes) => verificationOf(stack, view, changes),
    async stop() {
      clients.destroy();
      await running.stop();
    },
  };
}

function verificationOf(
  stack: DeployedStack,
  view: OperatorView,
  changes: Partial<Verification> = {},
): Verification {
  const entrance = { kind: "proxy", url: stack.local?.url ?? "" } as const;
  return {
    stack,
    entrance,
    client: createClient({
      entrance,
      caller,
      credentials: { token: caller },
      thresholdBytes: stack.payload.thresholdBytes,
    }),
    caller,
    view,
    payloads: createPayloads(stack.payload),
    proxyAddresses: "any",
    timeoutSeconds: 30,
    signal: new AbortController().signal,
    seen: { sentItems: new Set(), storedItems: new Set(), retryAfter: [] },
    ...changes,
  };
}

/** What failed, by step: what was expected, and the part and section that are named. */
export function failuresOf(reports: readonly StepReport[]) {
  return reports.flatMap(({ id, checks }) =>
    checks.flatMap(({ expected, result, finding }) =>
      result === "fails" ? [{ step: id, expected, part: finding?.part, section: finding?.section }] : [],
    ),
  );
}
