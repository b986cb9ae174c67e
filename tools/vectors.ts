// Runs recorded API Gateway behaviour against the local API Gateway.

import { displayPath, fromCaller } from "../cli/caller-files.ts";
import { command } from "../cli/command.ts";
import { readVectors, runVectors } from "../emulator/api-gateway/vectors/run-folder.ts";

const help = `usage: npm run vectors -- <folder>

Runs every case of a folder of API Gateway behaviour vectors (*.json) against the local API Gateway, and names those
that fail. The format is described in docs/local-api-gateway.md.`;

export const main = command(
  { help, positionals: [1, 1], missing: "Name a folder." },
  async ({ positionals: [folder = ""] }, { env, print }) => {
    const vectors = await readVectors(displayPath(fromCaller(folder, env)));
    let failed = 0;
    for await (const { file, name, differences } of runVectors(vectors)) {
      if (differences.length === 0) continue;
      failed++;
      print(`${file}: ${name}\n${differences.map((difference) => `  ${difference}`).join("\n")}`);
    }
    print(`${vectors.length - failed} of ${vectors.length} vectors pass.`);
    return failed === 0 ? 0 : 1;
  },
);
