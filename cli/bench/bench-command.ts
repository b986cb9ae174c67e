import { type Command, command, wrongCommandLine } from "../command.ts";
import { type Benchmarks, runBenchmarks } from "./run-benchmarks.ts";

/** Runs the benchmarks that are named, all if none is. */
export function benchCommand(benchmarks: Benchmarks): Command {
  const known = Object.keys(benchmarks);
  const help = `usage: npm run bench [-- <benchmark> …]

Runs the named benchmarks, by default all: ${known.join(", ")}.

Prints a table of medians and a table of comparisons for each, and one line of JSON for all at the end. A missed target does not
fail the command. Exit code: 1 if the numbers of a benchmark cannot be right. That benchmark is not reported.`;
  return command({ help, positionals: [0, Number.POSITIVE_INFINITY] }, ({ positionals }) => {
    const unknown = positionals.find((name) => !known.includes(name));
    if (unknown !== undefined) throw wrongCommandLine(`There is no benchmark "${unknown}".`, help);
    return runBenchmarks(benchmarks, positionals.length > 0 ? positionals : known, console);
  });
}
