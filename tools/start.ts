// Runs the synthesized stack of an environment on this machine until it is interrupted.

import {
  apiOptions,
  apiOptionsHelp,
  documentFiles,
  readApiChoices,
  withoutApiKeys,
} from "../cli/api-choices.ts";
import { type ChosenProxy, chooseProxy } from "../cli/choose-proxy.ts";
import { command } from "../cli/command.ts";
import {
  createSamples,
  type Samples,
  showCredentials,
  showRequests,
  writeSamples,
} from "../cli/demo/requests.ts";
import { checkDrill, drillOf, operatorAtTerminal } from "../cli/drill/drill-of.ts";
import { stackDirectory } from "../cli/find-deployed-stack.ts";
import { formatAlarm, formatAlarmEvent } from "../cli/format-alarm.ts";
import { formatStackEvent } from "../cli/format-stack-event.ts";
import { callersOf } from "../cli/local-callers.ts";
import { localOutputs, openErrorLog, writeLocalRun } from "../cli/local-run.ts";
import { showApiRequests } from "../cli/show-api-requests.ts";
import { stopSignal, untilAborted } from "../cli/stop-request.ts";
import { synthesize } from "../cli/synthesize.ts";
import { readTerraform } from "../cli/terraform/read-terraform.ts";
import { CALLER_HEADER } from "../contract/keys.ts";
import { UserError } from "../contract/user-error.ts";
import { domain } from "../domain/domain.ts";
import { isSizeRouted, LARGE_API, SMALL_API } from "../domain/names.ts";
import { collectMetrics } from "../emulator/cloudwatch/collect-metrics.ts";
import { alarmsRaised, type RaisedAlarm } from "../emulator/cloudwatch/evaluate-alarms.ts";
import { type AlarmWatch, watchAlarms } from "../emulator/cloudwatch/watch-alarms.ts";
import { describeStack, type StackDescription } from "../emulator/describe-stack.ts";
import { type RunningStack, runStack } from "../emulator/run-stack.ts";
import { readState } from "../emulator/terraform/read-state.ts";
import { type ResolvedStack, resolveStack } from "../emulator/terraform/resolve-stack.ts";
import { loadEnvironment } from "../env/load-environment.ts";
import type { Callers } from "../proxy/callers.ts";

const help = (
  environmentNames: readonly string[],
) => `usage: npm start [-- [<environment>] [--applied] [--drill] [--skip "<METHOD> <path>"] [--api-key <id>=<value>] [--allow-host <host>]]

Synthesizes an environment (${environmentNames.join(", ")}; by default the first) and runs it on this machine until Ctrl-C: its
APIs behind one URL, its functions, queues, buckets and table. Stored data is deleted when it stops.

Exit code: 0 if it was stopped while it ran, 130 (Ctrl-C) or 143 if it was stopped while it started, 1 if it could not start.

  --applied                  runs the APIs and functions of a stack that was applied to the services at AWS_ENDPOINT_URL, such as
                             moto. Reads Terraform's state; synthesizes and creates nothing
  --drill                    rehearses an outage: messages that always fail, a table that does not answer, a lost event. Prints
                             what to do next (docs/operations.md#rehearse-an-outage)
${apiOptionsHelp}

Environment variables:
  PORT               port of the URL on 127.0.0.1. By default 8080; 0 chooses a free one
  PROXY              the proxy: haproxy or built-in. By default HAProxy if it is installed
  AWS_ENDPOINT_URL   URL of running AWS services (moto, LocalStack), to use instead of the embedded ones`;

export const main = command(
  { help, positionals: [0, 1], options: { ...apiOptions, applied: "flag", drill: "flag" } },
  async (args, { env, environments, print }) => {
    const { positionals } = args;
    const choices = readApiChoices(args, env);
    const environment = loadEnvironment(positionals[0] ?? Object.keys(environments)[0], environments);
    const callers = callersOf(environment);
    const port = readPort(env["PORT"]);
    const proxy = await chooseProxy(env["PROXY"]);
    const signal = stopSignal();
    const isApplied = args.isSet("applied");
    const isDrill = args.isSet("drill");
    if (isDrill) checkDrill(env, isApplied);
    const resolved = isApplied
      ? await readApplied(environment.name, env)
      : await synthesizeStack(environment.name, env, signal, print);
    const { directory } = resolved;
    const described = describeStack(resolved, documentFiles(environment));
    const drill = isDrill ? drillOf(environment, described, print) : undefined;
    const stack = drill?.stack ?? described;
    const metrics = collectMetrics(resolved);
    const errorLog = openErrorLog(environment.name, env);
    const printLine = (line: string) => print(`${new Date().toISOString().slice(11, 23)}  ${line}`);
    let alarms: AlarmWatch | undefined;
    const running = await runStack({
      ...choices,
      stack,
      endpoint: env["AWS_ENDPOINT_URL"],
      provisioned: isApplied,
      port,
      haproxy: proxy.haproxy,
      callers,
      signal,
      faults: drill?.faults,
      onEvent: (event) => {
        metrics.observe(event);
        alarms?.observe(event);
        drill?.observe(event);
        if (event.kind === "log") errorLog.add(event.line);
        const line = formatStackEvent(event);
        if (line !== undefined) printLine(line);
      },
    });
    const samples = createSamples();
    writeSamples(samples);
    const { url, apisUrl, endpoint } = running;
    const run = { url, apisUrl, endpoint, pid: process.pid, errorLog: errorLog.file };
    const outputs = await localOutputs(resolved.outputs, stack, endpoint);
    const removeLocalRun = writeLocalRun(environment.name, run, outputs, env);
    print(describe({ directory, stack, running, proxy, callers, samples, skip: choices.skip ?? [] }));
    const watching = { resolved, stack, endpoint, metrics };
    alarms = watchAlarms({
      ...watching,
      onEvent: (event) => printLine(formatAlarmEvent(event, environment.name)),
    });
    const drilling = drill
      ?.run({ running, signal, ...operatorAtTerminal(signal) })
      .catch((error: unknown) => {
        if (!signal.aborted)
          print(`The drill ended early: ${error instanceof Error ? error.message : String(error)}`);
      });
    await untilAborted(signal);
    print("\nStopping …");
    removeLocalRun();
    await drilling;
    alarms.stop();
    errorLog.remove();
    metrics.observeAges(Date.now());
    await running.stop();
    print(describeAlarms(alarmsRaised(resolved, metrics.store, { onlyWithData: true })));
    return 0;
  },
);

async function synthesizeStack(
  environment: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  print: (line: string) => void,
): Promise<ResolvedStack> {
  print(`Synthesizing the environment ${environment} …`);
  const directory = await synthesize(environment, withoutApiKeys(env), signal);
  if (directory === undefined)
    throw new UserError(
      "Nothing was started: the environment cannot be synthesized. Correct the problems above.",
    );
  return resolveStack(directory);
}

/** @throws UserError where nothing was applied, or AWS itself would be called */
async function readApplied(environment: string, env: NodeJS.ProcessEnv): Promise<ResolvedStack> {
  if (!env["AWS_ENDPOINT_URL"]) {
    throw new UserError(
      "--applied runs a stack that was applied to an emulator of AWS, such as moto. Set AWS_ENDPOINT_URL to the URL of the emulator.",
    );
  }
  const directory = stackDirectory(environment, env);
  const state: unknown = JSON.parse(await readTerraform(directory, ["show", "-json"], env));
  // An empty state has no values.
  if (typeof state === "object" && state !== null && !("values" in state)) {
    throw new UserError(
      `--applied: ${environment} is not applied: Terraform's state in ${directory} is empty. Apply it first, with the same AWS_ENDPOINT_URL and CDKTF_OUTDIR.`,
    );
  }
  return readState(state, directory);
}

/** By what happened in the whole time, as if it were one period. */
function describeAlarms(raised: readonly RaisedAlarm[]): string {
  if (raised.length === 0) return "CloudWatch would have raised no alarm.";
  return [
    "CloudWatch would have raised these alarms:",
    ...raised.map((alarm) => `  ${formatAlarm(alarm)}`),
  ].join("\n");
}

function readPort(text = "8080"): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new UserError(`PORT is "${text}": it must be a number from 0 to 65535.`, { exitCode: 2 });
  }
  return port;
}

interface Started {
  readonly directory: string;
  readonly stack: StackDescription;
  readonly running: RunningStack;
  readonly proxy: ChosenProxy;
  readonly callers: Callers;
  readonly samples: Samples;
  readonly skip: readonly string[];
}

function describe({ directory, stack, running, proxy, callers, samples, skip }: Started): string {
  const { apis, thresholdBytes } = stack;
  const { url, apisUrl, endpoint } = running;
  const others = apis.filter(({ name }) => !isSizeRouted(name));
  const lines = [
    `proxy: ${proxy.description}`,
    `payloads below ${thresholdBytes} bytes go to "${SMALL_API}", all others${domain.plainFiles ? " and plain files" : ""} to "${LARGE_API}"`,
    ...others.map(({ name, paths }) => `requests at and below ${paths.join(", ")} go to "${name}"`),
    ...apis.map(({ name, stageName }) => `"${name}" without the proxy: ${apisUrl}/apis/${name}/${stageName}`),
    `without the proxy, set the header ${CALLER_HEADER} yourself`,
    `S3, SQS and DynamoDB: AWS_ENDPOINT_URL=${endpoint} AWS_REGION=${stack.region}`,
    "",
    ...showCredentials(callers),
    "",
    "requests to try, in another terminal and in this folder; docs/send-payloads.md explains them:",
    ...showRequests(url, callers, samples),
    ...others.flatMap((api) => ["", ...showApiRequests({ ...api, skip }, running, callers)]),
  ];
  return `
${directory}/cdk.tf.json runs at ${url}

${lines.map((line) => (line === "" ? line : `  ${line}`)).join("\n")}

Ctrl-C stops it and deletes its data.
`;
}
