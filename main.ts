import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import { loadEnvironments } from "./env/load-environment.ts";
import { buildFunctionBundle } from "./functions/build-bundle.ts";
import { IngestionStack } from "./stacks/ingestion-stack.ts";
import { parseDocument } from "./stacks/openapi/parse-document.ts";

const projectRoot = process.cwd();
const environments = loadEnvironments();
const documents = Object.fromEntries(
  readdirSync(join(projectRoot, "specs"))
    .filter((file) => file.endsWith(".openapi.json"))
    .map((file) => [
      file,
      parseDocument(readFileSync(join(projectRoot, "specs", file), "utf8"), `specs/${file}`),
    ]),
);
const bundle = await buildFunctionBundle({ projectRoot });

const app = new App();
const stacks = environments.map(
  (environment) =>
    new IngestionStack(app, `proposals-${environment.name}`, { environment, documents, bundle }),
);
app.synth();

for (const stack of stacks) {
  const directory = join(app.outdir, "stacks", stack.node.id);
  const file = join(directory, `${stack.node.id}.auto.tfvars.json`);
  writeFileSync(file, `${JSON.stringify(stack.variableValues, null, 2)}\n`);
  console.log(directory);
}
