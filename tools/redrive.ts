// Shows the messages in the dead-letter queue of an applied environment, moves them back to the intake queue, or deletes some.
import { command } from "../cli/command.ts";
import { deployedStackHelp, deployedStackOptions, findDeployedStack } from "../cli/find-deployed-stack.ts";
import { numberOption } from "../cli/number-option.ts";
import { openOperatorClients } from "../cli/open-operator-clients.ts";
import { stopSignal } from "../cli/stop-request.ts";
import { UserError } from "../contract/user-error.ts";
import { loadEnvironment } from "../env/load-environment.ts";
import { redrive } from "../operations/redrive/redrive.ts";

const help = (
  environmentNames: readonly string[],
) => `usage: npm run redrive -- <environment> [--outputs <file> | --local] [--apply] [--all | --delete <key>] [--per-second <n>] [--max <n>] [--json]

Shows the messages in the dead-letter queue of an environment (${environmentNames.join(", ")}) by cause, and what a redrive would
do with each. SQS shows a message only by delivering it, so each receive count goes up
by one. The command makes the messages visible again before it ends.
With --apply it moves them back to the intake queue, except those that can never succeed. It sends a copy before it deletes a
message, so no message is lost if it is interrupted. A payload that is processed twice has one outcome. Ctrl-C stops it after
the current message.

${deployedStackHelp}
  --apply            moves messages, or deletes them with --delete; without it the command changes nothing
  --all              also moves the messages that can never succeed
  --delete <key>     selects the messages about this object of the intake bucket, or the message with this id, to delete them.
                     It deletes no object
  --per-second <n>   moves at most this many messages per second (default 10)
  --max <n>          shows at most this many messages (default 1000), or moves at most this many (default all)
  --json             prints one JSON document; call it as npm run -s redrive

The stack's output operator_policy is the policy that a role needs for this command.

  npm run redrive -- dev
  npm run redrive -- dev --apply
  npm run redrive -- dev --delete incoming/saas/4711/payload/aWQ= --apply`;

const options = {
  ...deployedStackOptions,
  apply: "flag",
  all: "flag",
  delete: "text",
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
    const wanted = args.text("delete");
    if (wanted !== undefined && isSet("all")) {
      throw new UserError("Give --delete or --all, not both: --delete moves nothing.", { exitCode: 2 });
    }
    const ignored = (["per-second", "max"] as const).find((option) => args.text(option) !== undefined);
    if (wanted !== undefined && ignored !== undefined) {
      throw new UserError(`--${ignored} has no effect with --delete: leave it out.`, { exitCode: 2 });
    }
    if (wanted === "") throw new UserError("--delete is empty: give a key or a message id.", { exitCode: 2 });
    const stack = await findDeployedStack(environment, args, env);
    const signal = stopSignal();
    const clients = await openOperatorClients(environment, stack, env);
    try {
      await redrive(stack, clients, {
        apply: isSet("apply"),
        all: isSet("all"),
        delete: wanted,
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
