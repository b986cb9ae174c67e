// Runs a synthesized stack on this machine and takes records of every size through it.
import { inspect } from "node:util";
import {
  apiOptions,
  apiOptionsHelp,
  documentFiles,
  readApiChoices,
  withoutApiKeys,
} from "../cli/api-choices.ts";
import { chooseProxy } from "../cli/choose-proxy.ts";
import { command } from "../cli/command.ts";
import { type Cast, castOf } from "../cli/demo/cast.ts";
import { runScenario } from "../cli/demo/scenario.ts";
import type { Check } from "../cli/demo/step.ts";
import { callersOf } from "../cli/local-callers.ts";
import { stopSignal, untilAborted } from "../cli/stop-request.ts";
import { synthesize } from "../cli/synthesize.ts";
import { domain } from "../domain/domain.ts";
import { describeStack } from "../emulator/describe-stack.ts";
import { runStack } from "../emulator/run-stack.ts";
import { resolveStack } from "../emulator/terraform/resolve-stack.ts";
import { loadEnvironment } from "../env/load-environment.ts";

const help = `usage: npm run demo [-- [--skip "<METHOD> <path>"] [--api-key <id>=<value>] [--allow-host <host>]]

Synthesizes the first environment (dev, as shipped) and runs it on this machine. Sends a small, a large, an invalid and an oversized
${domain.noun}${domain.plainFiles ? ", a plain file" : ""} and, if the environment has two callers, records of both. Checks every answer.

Exit code: 0 if every check passed, 1 if not, 130 (Ctrl-C) or 143 if it was stopped.

${apiOptionsHelp}

Environment variables:
  PROXY              the proxy: haproxy or built-in. By default HAProxy if it is installed
  AWS_ENDPOINT_URL   URL of running AWS services (moto, LocalStack), to use instead of the embedded ones`;

export const main = command({ help, options: apiOptions }, async (args, context) => {
  const { env, environments, print, printError } = context;
  const choices = readApiChoices(args, env);
  const started = performance.now();
  const proxy = await chooseProxy(env["PROXY"]);
  const signal = stopSignal();
  const environment = loadEnvironment(Object.keys(environments)[0], environments);
  const { name } = environment;
  const cast = castOf(environment);
  print(`Synthesizing the environment ${name} …`);
  const directory = await synthesize(name, withoutApiKeys(env), signal);
  if (directory === undefined) return 1;
  const stack = describeStack(await resolveStack(directory), documentFiles(environment));
  print(`Running ${directory}/cdk.tf.json on this machine …`);
  print(`Proxy: ${proxy.description}.`);
  const problems: unknown[] = [];
  const running = await runStack({
    ...choices,
    stack,
    endpoint: env["AWS_ENDPOINT_URL"],
    port: 0,
    haproxy: proxy.haproxy,
    callers: callersOf(environment),
    signal,
    onEvent: (event) => {
      if (event.kind === "error") problems.push(event.error);
      if (event.kind === "notice") print(event.text);
    },
  });
  const scenario = showScenario(running.url, cast, print);
  try {
    await Promise.race([scenario, untilAborted(signal)]);
    signal.throwIfAborted();
  } finally {
    await running.stop();
  }
  const failed = await scenario;
  for (const problem of problems) printError(inspect(problem));
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const verdict =
    failed === 0 ? "All checks passed" : `${failed} ${failed === 1 ? "check" : "checks"} failed`;
  print(`\n${verdict}, in ${seconds} s. To send requests yourself, run: npm start`);
  return failed === 0 && problems.length === 0 ? 0 : 1;
});

/** Shows each step, and gives the number of checks that failed. */
async function showScenario(url: string, cast: Cast, print: (line: string) => void): Promise<number> {
  let failed = 0;
  for await (const { title, way, checks } of runScenario(url, cast)) {
    print(`\n${title}`);
    for (const line of way) print(`  ${line}`);
    for (const check of checks) print(`  ${formatCheck(check)}`);
    failed += checks.filter(({ passed }) => !passed).length;
  }
  return failed;
}

function formatCheck({ expected, passed, got }: Check): string {
  return passed ? `✓ ${expected}` : `✗ ${expected}: got ${got}`;
}
