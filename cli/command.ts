import { parseArgs } from "node:util";
import { UserError } from "../contract/user-error.ts";
import { registeredEnvironments } from "../env/environments.ts";
import type { RegisteredEnvironments } from "../env/schema.ts";
import { checkRegistration } from "./check-registration.ts";

/** The environment of a command, and where its output goes. Tests pass their own. */
export interface CommandContext {
  readonly env: NodeJS.ProcessEnv;
  readonly environments: RegisteredEnvironments;
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
}

/**
 * An entry of tools/ exports it as `main`: cli/run.mjs calls it with the command line, and ends with the exit code.
 * An error that it throws is a bug, and is shown with its stack.
 */
export type Command = (args: readonly string[], context?: CommandContext) => Promise<number>;

/** Prints the message of an error for the user, and ends with its exit code. */
export function reportUserErrors(
  run: (args: readonly string[], context: CommandContext) => Promise<number>,
): Command {
  return async (args, given) => {
    const context = given ?? processContext();
    try {
      // Only for the environments of env/: tests pass their own.
      if (given === undefined) checkRegistration(process.cwd(), context.environments);
      return await run(args, context);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      context.printError(error.message);
      return error.exitCode;
    }
  };
}

/** The environment of this process, with the environments of env/. */
export function processContext(): CommandContext {
  return {
    env: process.env,
    environments: registeredEnvironments,
    print: (line) => console.log(line),
    printError: (line) => console.error(line),
  };
}

export interface Arguments {
  readonly positionals: readonly string[];
  text(option: string): string | undefined;
  texts(option: string): readonly string[];
  isSet(option: string): boolean;
}

export interface CommandShape {
  /** Printed for --help, and after the problem of a wrong command line. */
  readonly help: string | ((environmentNames: readonly string[]) => string);
  /** The least and the greatest number of positionals. Default: none. */
  readonly positionals?: readonly [least: number, most: number];
  /** The problem if there are too few positionals, or an empty one. */
  readonly missing?: string;
  readonly options?: Readonly<Record<string, "flag" | "text" | "texts">>;
}

/**
 * A command with help (`--help`, `-h`, `help`), which refuses unknown arguments with exit code 2.
 * @param run returns the exit code
 */
export function command(
  shape: CommandShape,
  run: (args: Arguments, context: CommandContext) => number | Promise<number>,
): Command {
  return reportUserErrors(async (args, context) => {
    const { help } = shape;
    const helpText = typeof help === "string" ? help : help(Object.keys(context.environments));
    const asked = readArguments(args, shape, helpText);
    if (asked !== "help") return run(asked, context);
    context.print(helpText);
    return 0;
  });
}

function readArguments(args: readonly string[], shape: CommandShape, help: string): Arguments | "help" {
  const { positionals: [least, most] = [0, 0], missing = "An argument is empty.", options = {} } = shape;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h" },
        ...Object.fromEntries(
          Object.entries(options).map(([name, kind]) => [
            name,
            { type: kind === "flag" ? "boolean" : "string", multiple: kind === "texts" } as const,
          ]),
        ),
      },
    });
    const given: Readonly<Record<string, unknown>> = values;
    if (given["help"] === true || (positionals[0] === "help" && positionals.length === 1)) return "help";
    if (positionals.length < least || positionals.includes("")) throw new Error(missing);
    if (positionals.length > most) throw new Error(`Unknown argument: "${positionals[most]}".`);
    const texts = (option: string) =>
      [given[option] ?? []].flat().filter((value) => typeof value === "string");
    return {
      positionals,
      texts,
      text: (option) => texts(option)[0],
      isSet: (option) => given[option] === true,
    };
  } catch (error) {
    throw wrongCommandLine(problemOf(error), help);
  }
}

/** Without Node.js's advice to pass such a text as a positional: no positional begins with a hyphen. */
function problemOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/ To specify a positional argument .*$/s, "");
}

/** Ends with exit code 2. */
export function wrongCommandLine(problem: string, help: string): UserError {
  return new UserError(`${problem}\n\n${help}`, { exitCode: 2 });
}
