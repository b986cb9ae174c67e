import { readArguments } from "../command-arguments.ts";
import { CommandError } from "../command-error.ts";

/** What to run: everything that is known if nothing is named. Or the help, where that was asked for. */
export type BenchArguments =
  | { readonly names: readonly string[]; readonly help?: undefined }
  | { readonly help: string };

/** @throws CommandError (exit code 2) for anything that is not known */
export function readBenchArguments(args: readonly string[], known: readonly string[]): BenchArguments {
  const help = `usage: npm run bench [-- <benchmark> …]

Runs benchmarks, all if none is named: ${known.join(", ")}.

Prints each as a table of medians and a table of comparisons with their targets, and all of them as one line of JSON at
the end. A missed target is a result like any other. The exit code is 1 where a benchmark has numbers that cannot be
right: it is not reported then.`;
  const { positionals, wantsHelp } = readArguments(args, {
    help,
    positionals: [0, Number.POSITIVE_INFINITY],
    options: {},
  });
  if (wantsHelp) return { help };
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new CommandError(`There is no benchmark "${unknown}".\n\n${help}`, { exitCode: 2 });
  }
  return { names: positionals.length > 0 ? positionals : known };
}
