// Tells the intake queue of an applied environment again of payloads that wait in the intake bucket.
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

Counts the payloads that wait below a prefix in the intake bucket of an environment (${environmentNames.join(", ")}), and with --apply
tells the intake queue of each again, as S3 did when it came: after events were lost. Told of twice, a submission still has
one outcome. Objects whose keys no API writes, and those of older versions, are counted and left alone.
Ctrl-C ends it after the payload in hand.

  <prefix>                   a caller, a caller and an item as <caller>/<item>, or the beginning of keys: incoming/…
  --all                      all that waits, in place of a prefix
${deployedStackHelp}
  --apply                    tells the queue; without it nothing is changed
  --per-second <n>           tells of so many in a second at most, 10 without it
  --older-than-minutes <n>   leaves out what has come since, whose own event may still be under way; 15 without it

The output operator_policy of the stack is the policy of a role that may do this.

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
