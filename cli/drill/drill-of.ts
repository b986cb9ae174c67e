import { once } from "node:events";
import { SHARED_CALLER } from "../../contract/keys.ts";
import { UserError } from "../../contract/user-error.ts";
import type { StackDescription } from "../../emulator/describe-stack.ts";
import type { Environment } from "../../env/schema.ts";
import { callersOf } from "../local-callers.ts";
import { createDrill, type Drill, type DrillRun } from "./drill.ts";

/** @throws UserError where the AWS services are not the embedded ones, which alone a drill can break */
export function checkDrill(env: NodeJS.ProcessEnv, isApplied: boolean): void {
  if (!isApplied && !env["AWS_ENDPOINT_URL"]) return;
  throw new UserError(
    "--drill needs the embedded AWS services, because it breaks them. Unset AWS_ENDPOINT_URL and leave out --applied.",
    { exitCode: 2 },
  );
}

/** The drill of an environment, as its first caller. */
export function drillOf(
  environment: Environment,
  stack: StackDescription,
  print: (text: string) => void,
): Drill {
  const callers = callersOf(environment);
  const caller = callers === SHARED_CALLER ? SHARED_CALLER : (callers[0]?.name ?? SHARED_CALLER);
  return createDrill({
    environment: environment.name,
    stack,
    caller,
    intakeBucket: environment.buckets.intake.name,
    print,
  });
}

/** Enter ends the outage. Without a terminal, such as in the background, a signal does. */
export function operatorAtTerminal(signal: AbortSignal): Pick<DrillRun, "untilMended" | "howToMend"> {
  const { stdin, pid } = process;
  const bySignal = once(process, "SIGUSR2", { signal });
  // It is awaited late, or never.
  bySignal.catch(() => undefined);
  return {
    howToMend: stdin.isTTY ? "press Enter here." : `kill -USR2 ${pid}`,
    async untilMended() {
      const byKey = stdin.isTTY ? [once(stdin, "data", { signal })] : [];
      await Promise.race([bySignal, ...byKey]).finally(() => stdin.isTTY && stdin.pause());
    },
  };
}
