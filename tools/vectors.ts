// Runs recorded API Gateway behaviour against the local API Gateway.

import { displayPath, fromCaller } from "../cli/caller-files.ts";
import { command } from "../cli/command.ts";
import { coverageOf, formatCoverage, totalOf } from "../emulator/api-gateway/vectors/coverage.ts";
import { readVectors, runVectors, type VectorResult } from "../emulator/api-gateway/vectors/run-folder.ts";

const help = `usage: npm run vectors -- <folder> [--json]

Runs every case in a folder of recorded API Gateway behaviour (*.json) against the local API Gateway. Prints each failed case
with the expected and the actual answer, then how many pass, by area and by source of the expected answer. A case or a file
that cannot be read fails too. Exit code: 1 if a case fails. docs/local-api-gateway.md describes the format.

  --json   prints failures, coverage, passed and total as JSON`;

export const main = command(
  { help, positionals: [1, 1], missing: "Name a folder.", options: { json: "flag" } },
  async ({ positionals: [folder = ""], isSet }, { env, print }) => {
    const vectors = await readVectors(displayPath(fromCaller(folder, env)));
    const results = [];
    for await (const result of runVectors(vectors)) {
      results.push(result);
      if (!isSet("json") && result.differences.length > 0) print(formatFailure(result));
    }
    const { passed, total } = totalOf(results);
    if (isSet("json")) {
      const failures = results.filter(({ differences }) => differences.length > 0);
      print(JSON.stringify({ failures, coverage: coverageOf(results), passed, total }, null, 2));
    } else {
      print(
        `${formatCoverage([...coverageOf(results), totalOf(results)])}\n\n${passed} of ${total} vectors pass.`,
      );
    }
    return passed === total ? 0 : 1;
  },
);

function formatFailure({ file, name, differences }: VectorResult): string {
  return [`${file}: ${name}`, ...differences.flatMap((difference) => difference.split("\n"))].join("\n  ");
}
