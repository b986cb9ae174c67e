// Shows what waits in the dead-letter queue of an applied environment, and moves it back to the intake queue.
import { command } from "../cli/command.ts";
import { deployedStackHelp, deployedStackOptions, findDeployedStack } from "../cli/find-deployed-stack.ts";
import { numberOption } from "../cli/number-option.ts";
import { openOperatorClients } from "../cli/open-operator-clients.ts";
import { stopSignal } from "../cli/stop-request.ts";
import { loadEnvironment } from "../env/load-environment.ts";
import { redrive } from "../operations/redrive/redrive.ts";

const help = (
  environmentNames: readonly string[],
) => `usage: npm run redrive -- <environment> [--outputs <file> | --local] [--apply] [--all] [--per-second <n>] [--max <n>] [--json]

Shows what waits in the dead-letter queue of an environment (${environmentNames.join(", ")}), by cause, and what a redrive does
with it. SQS has no peek: messages are received for that, which raises their receive count, and given back at once.
With --apply they are moved back to the intake queue, except for those that can never succeed. A copy is sent before a message is
deleted, so that nothing is lost wherever it ends; what is processed twice has one outcome. Ctrl-C ends it after the message
in hand.

${deployedStackHelp}
  --apply            moves messages; without it nothing is changed
  --all              also those that can never succeed
  --per-second <n>   moves so many in a second at most, 10 without it
  --max <n>          looks at, or moves, so many at most: 1000 are looked at and all are moved without it
  --json             for programs; call it by npm run -s redrive

The output operator_policy of the stack is the policy of a role that may do this.

  npm run redrive -- dev
  npm run redrive -- dev --apply`;

const options = {
  ...deployedStackOptions,
  apply: "flag",
  all: "flag",
  "per-second": "text",
  max: "text",
  json: "flag",
} as const;

export const main = command(
  { help, positionals: [1, 1], missing: "Name an environment.", options },
  async (args, { env, environments, print, printError }) => {
    const environment = loadEnvironment(args.positionals[0], environments);
    const isSet = (option: keyof typeof options) => args.isSet(option);
    const perSecond = numberOption(args, "per-second", { least: 1, most: 1_000, otherwise: 10 });
    const otherwise = isSet("apply") ? Number.POSITIVE_INFINITY : 1_000;
    const maxMessages = numberOption(args, "max", { least: 1, most: 1_000_000, otherwise });
    const stack = await findDeployedStack(environment, args, env);
    const signal = stopSignal();
    const clients = await openOperatorClients(environment, stack, env);
    try {
      await redrive(stack, clients, {
        apply: isSet("apply"),
        all: isSet("all"),
        json: isSet("json"),
        perSecond,
        maxMessages,
        signal,
        print,
        printProgress: printError,
      });
      signal.throwIfAborted();
      return 0;
    } finally {
      clients.destroy();
    }
  },
);
