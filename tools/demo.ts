// Runs the synthesized dev stack on this machine and takes a small and a large proposal through it.
import { describeStack } from "../local/describe-stack.ts";
import { runStack } from "../local/run-stack.ts";
import { resolveStack } from "../local/terraform/resolve-stack.ts";
import { chooseProxy } from "./choose-proxy.ts";
import { createClient } from "./demo/client.ts";
import { type Check, runScenario } from "./demo/scenario.ts";
import { synthesize } from "./synthesize.ts";

process.exitCode = await main();

async function main(): Promise<number> {
  const started = performance.now();
  const proxy = await chooseProxy();
  console.log("Synthesizing the environment dev …");
  const directory = synthesize("dev");
  if (directory === undefined) return 1;
  const stack = describeStack(await resolveStack(directory));
  console.log(`Running ${directory}/cdk.tf.json on this machine …`);
  console.log(`In front of it: ${proxy.description}.`);
  const problems: unknown[] = [];
  const running = await runStack({
    stack,
    endpoint: process.env["AWS_ENDPOINT_URL"],
    port: 0,
    haproxy: proxy.haproxy,
    onEvent: (event) => {
      if (event.kind === "error") problems.push(event.error);
    },
  });
  let failed = 0;
  try {
    for await (const { title, way, checks } of runScenario(createClient(running.url))) {
      console.log(`\n${title}`);
      for (const line of way) console.log(`  ${line}`);
      for (const check of checks) console.log(`  ${formatCheck(check)}`);
      failed += checks.filter(({ passed }) => !passed).length;
    }
  } finally {
    await running.stop();
  }
  for (const problem of problems) console.error(problem);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const verdict = failed === 0 ? "All of it is right" : `${failed} checks failed`;
  console.log(`\n${verdict}, after ${seconds} s. "npm start" leaves it running.`);
  return failed === 0 && problems.length === 0 ? 0 : 1;
}

function formatCheck({ expected, passed, got }: Check): string {
  return passed ? `✓ ${expected}` : `✗ ${expected}: got ${got}`;
}
