// Queues payloads that wait in the intake bucket of an applied environment again.
import { command } from "../cli/command.ts";
import { deployedStackHelp, deployedStackOptions, findDeployedStack } from "../cli/find-deployed-stack.ts";
import { numberOption } from "../cli/number-option.ts";
import { openOperatorClients } from "../cli/open-operator-clients.ts";
import { stopSignal } from "../cli/stop-request.ts";
import { loadEnvironment } from "../env/load-environment.ts";
import { replay } from "../operations/replay/replay.ts";
import { replayPrefix } from "../operations/replay/replay-prefix.ts";

const help = (
  environmentNames: readonly string[],
) => `usage: npm run replay -- <environment> <prefix> | --all [--outputs <file> | --local] [--apply] [--per-second <n>] [--older-than-minutes <n>]

Counts the payloads that wait below a prefix in the intake bucket of an environment (${environmentNames.join(", ")}). With --apply it
sends the intake queue a message for each, as S3 does when a payload arrives. Use it if such messages were lost. A payload that
is queued twice has one outcome. It counts, but does not queue, objects whose key an older version wrote or no API writes.
Ctrl-C stops it after the current payload.

  <prefix>                   a caller, a caller and an item (<caller>/<item>), or the beginning of keys (incoming/…)
  --all                      every waiting payload, in place of a prefix
${deployedStackHelp}
  --apply                    queues the payloads; without it the command changes nothing
  --per-second <n>           queues at most this many payloads per second (default 10)
  --older-than-minutes <n>   leaves out younger payloads, whose event of S3 may still arrive (default 15)

The stack's output operator_policy is the policy that a role needs for this command.

  npm run replay -- dev saas/4711
  npm run replay -- dev saas/4711 --apply`;

const options = {
  ...deployedStackOptions,
  all: "flag",
  apply: "flag",
  "per-second": "text",
  "older-than-minutes": "text",
} as const;

const minutesOfYear = 60 * 24 * 365;

export const main = command(
  { help, positionals: [1, 2], missing: "Name an environment.", options },
  async (args, { env, environments, print, printError }) => {
    const environment = loadEnvironment(args.positionals[0], environments);
    const prefix = replayPrefix(args.positionals[1], args.isSet("all"));
    const perSecond = numberOption(args, "per-second", { least: 1, most: 1_000, otherwise: 10 });
    const range = { least: 0, most: minutesOfYear, otherwise: 15 };
    const olderThanMinutes = numberOption(args, "older-than-minutes", range);
    const stack = await findDeployedStack(environment, args, env);
    const signal = stopSignal();
    const clients = await openOperatorClients(environment, stack, env);
    try {
      const apply = args.isSet("apply");
      const printing = { print, printProgress: printError };
      await replay(stack, clients, { prefix, apply, perSecond, olderThanMinutes, signal, ...printing });
      signal.throwIfAborted();
      return 0;
    } finally {
      clients.destroy();
    }
  },
);
