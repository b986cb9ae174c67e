import { vi } from "vitest";
import { type Command, type CommandContext, processContext } from "../../cli/command.ts";
import { registeredEnvironments } from "../fixtures/env/environments.ts";

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Calls a command as cli/run.mjs does, in this process and with the tests' environments. `env` comes on top of this process's
 * variables, where AWS's SDK looks for its own; `vi.unstubAllEnvs()` takes it away again.
 */
export async function callCommand(
  main: Command,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  context: Partial<CommandContext> = {},
): Promise<CommandResult> {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const output = { stdout: "", stderr: "" };
  const code = await main(args, {
    ...processContext(),
    env: { ...process.env },
    environments: registeredEnvironments,
    print(line) {
      output.stdout += `${line}\n`;
    },
    printError(line) {
      output.stderr += `${line}\n`;
    },
    ...context,
  });
  return { code, ...output };
}
