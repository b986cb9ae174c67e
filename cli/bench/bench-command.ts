import { type Command, command, wrongCommandLine } from "../command.ts";
import { type Benchmarks, runBenchmarks } from "./run-benchmarks.ts";

/** Runs the benchmarks that are named, all if none is. */
export function benchCommand(benchmarks: Benchmarks): Command {
  const known = Object.keys(benchmarks);
  const help = `usage: npm run bench [-- <benchmark> …]

Runs benchmarks, all if none is named: ${known.join(", ")}.

Prints each as a table of medians and a table of comparisons with their targets, and all of them as one line of JSON at
the end. A missed target is a result like any other. The exit code is 1 where a benchmark has numbers that cannot be
right: it is not reported then.`;
  return command({ help, positionals: [0, Number.POSITIVE_INFINITY] }, ({ positionals }) => {
    const unknown = positionals.find((name) => !known.includes(name));
    if (unknown !== undefined) throw wrongCommandLine(`There is no benchmark "${unknown}".`, help);
    return runBenchmarks(benchmarks, positionals.length > 0 ? positionals : known, console);
  });
}
