// Sends records through an applied environment, follows each to its outcome, and prints which checks hold.

import { command } from "../cli/command.ts";
import { deployedStackHelp, deployedStackOptions, findDeployedStack } from "../cli/find-deployed-stack.ts";
import { stopSignal } from "../cli/stop-request.ts";
import { openVerification } from "../cli/verify/open-verification.ts";
import { credentialHelp, credentialOptions } from "../cli/verify/read-credentials.ts";
import { showVerification } from "../cli/verify/show-verification.ts";
import { loadEnvironment } from "../env/load-environment.ts";
import { runVerification } from "../operations/verify/run-verification.ts";

const help = (
  environmentNames: readonly string[],
) => `usage: npm run verify -- <environment> [--proxy <url>] [--outputs <file> | --local] [--json] …

Sends a small and a large record through an applied environment (${environmentNames.join(", ")}) as one of its callers, follows each to its
outcome, compares documents byte for byte, looks at queues and alarms, and deletes its records. For a check that fails, it prints
the part at fault and where to look (docs/verify.md). Exit code 0: no check failed. Checks that are not possible from here do
not count.

${deployedStackHelp}
  --proxy <url>               URL of the proxy (default: proxy.url of the environment)
  --connect <host:port>       connects to this address instead, with Host and certificate check of the URL, for a port-forward
  --caller <name>             the caller to use (default: the token's, or the first that may read, write and delete)
${credentialHelp}
  --timeout-seconds <number>  how long to wait for an outcome (default 120)
  --json                      prints one JSON document

Environment variables:
  NODE_EXTRA_CA_CERTS   a file with the CA of the proxy's certificate, if this machine does not know it
  AWS credentials       of the environment's account, to look at buckets, queues and alarms. Without them these are not checked`;

export const main = command(
  {
    help,
    positionals: [1, 1],
    missing: "Name an environment.",
    options: {
      ...deployedStackOptions,
      ...credentialOptions,
      proxy: "text",
      connect: "text",
      caller: "text",
      "timeout-seconds": "text",
      json: "flag",
    },
  },
  async (args, { env, environments, print, printError }) => {
    const environment = loadEnvironment(args.positionals[0], environments);
    const signal = stopSignal();
    const stack = await findDeployedStack(environment, args, env);
    const { verification, close } = await openVerification({ environment, stack, args, env, signal });
    const show = showVerification(verification, { json: args.isSet("json"), print, printError });
    try {
      return show.end(await runVerification(verification, show));
    } finally {
      close();
    }
  },
);
