import { existsSync, readFileSync, statSync } from "node:fs";
import { isAbsolute, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { CommandError } from "./command-error.ts";

/** Runs with its own arguments; resolves to the exit code. */
export type Subcommand = (args: readonly string[], print: (line: string) => void) => number | Promise<number>;

interface Arguments {
  readonly positionals: readonly string[];
  readonly wantsHelp: boolean;
  text(option: string): string | undefined;
  texts(option: string): readonly string[];
  isSet(option: string): boolean;
}

export interface ArgumentsShape {
  /** How many positionals there may be, at least and at most. */
  readonly positionals: readonly [least: number, most: number];
  readonly options: Readonly<Record<string, "flag" | "text" | "texts">>;
  /** Printed where they don't fit. */
  readonly help: string;
}

/**
 * Positionals and options of a subcommand.
 * @throws CommandError (exit code 2) where they don't fit
 */
export function readArguments(
  args: readonly string[],
  { positionals: [least, most], options, help }: ArgumentsShape,
): Arguments {
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
    const textsOf = (option: string) =>
      [given[option] ?? []].flat().filter((value) => typeof value === "string");
    const wantsHelp = given["help"] === true;
    if (!wantsHelp && positionals.length < least) throw new Error("Something is missing.");
    if (!wantsHelp && positionals.length > most) throw new Error(`What is "${positionals[most]}"?`);
    return {
      positionals,
      wantsHelp,
      text: (option) => textsOf(option)[0],
      texts: textsOf,
      isSet: (option) => given[option] === true,
    };
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : error}\n\n${help}`, { exitCode: 2 });
  }
}

/** The text of a file that was named from where npm was called. */
export function readInput(file: string): string {
  const path = fromCaller(file);
  if (!existsSync(path)) throw new CommandError(`There is no file ${file}.`);
  if (statSync(path).isDirectory()) throw new CommandError(`${file} is a folder; name a file.`);
  return readFileSync(path, "utf8");
}

/** Files are named from where npm was called. */
export function fromCaller(file: string): string {
  return resolve(process.env["INIT_CWD"] ?? "", file);
}

/** As short as it can be said from here. */
export function displayPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith("..") || isAbsolute(short) ? path : short;
}
