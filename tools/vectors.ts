import { readVectors, runVectors, VectorError } from "../local/api-gateway/vectors/run-folder.ts";

const usage = `usage: npm run vectors -- <folder>

Runs every case of a folder of API Gateway behaviour vectors (*.json) against the local API Gateway, and names those
that fail. The format is described in docs/local-api-gateway.md.`;

async function main([folder, ...rest]: readonly string[]): Promise<void> {
  if (folder === "--help" || folder === "-h") return console.log(usage);
  if (folder === undefined || rest.length > 0) throw new VectorError(usage);
  const vectors = await readVectors(folder);
  let failed = 0;
  for await (const { file, name, differences } of runVectors(vectors)) {
    if (differences.length === 0) continue;
    failed++;
    console.log(`${file}: ${name}\n${differences.map((difference) => `  ${difference}`).join("\n")}`);
  }
  console.log(`${vectors.length - failed} of ${vectors.length} vectors pass.`);
  process.exitCode = failed === 0 ? 0 : 1;
}

await main(process.argv.slice(2));
