import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { App } from "cdktf";
import { loadEnvironments } from "./env/load-environment.ts";
import { buildFunctionBundle } from "./functions/build-bundle.ts";
import { ApiDefinitionError } from "./stacks/constructs/private-apis.ts";
import { DeliveryStack } from "./stacks/delivery-stack.ts";
import { IngestionStack } from "./stacks/ingestion-stack.ts";
import { OpenApiError } from "./stacks/openapi/openapi-error.ts";
import { parseDocument } from "./stacks/openapi/parse-document.ts";
import { WorkspaceStack } from "./stacks/workspace-stack.ts";

const projectRoot = process.cwd();
const environments = loadEnvironments();
const files = readdirSync(join(projectRoot, "specs")).filter((file) => file.endsWith(".openapi.json"));
const documents = Object.fromEntries(
  forEach(files, (file) => [
    file,
    parseDocument(readFileSync(join(projectRoot, "specs", file), "utf8"), `specs/${file}`),
  ]),
);
const bundle = await buildFunctionBundle({ projectRoot });

const app = new App();
const ingestion = forEach(
  environments,
  (environment) =>
    new IngestionStack(app, `proposals-${environment.name}`, { environment, documents, bundle }),
);
const delivery = environments.flatMap((environment) =>
  environment.delivery.kind === "codebuild"
    ? [
        new DeliveryStack(app, `delivery-${environment.name}`, {
          environment,
          delivery: environment.delivery,
        }),
      ]
    : [],
);
const workspaces = environments.flatMap((environment) => {
  const { backend } = environment;
  if (backend.kind !== "tfe" || backend.managed === undefined) return [];
  const managed = { ...backend, managed: backend.managed };
  return [new WorkspaceStack(app, `workspace-${environment.name}`, { environment, backend: managed })];
});
app.synth();

for (const stack of [...ingestion, ...delivery]) {
  const directory = join(app.outdir, "stacks", stack.node.id);
  const file = join(directory, `${stack.node.id}.auto.tfvars.json`);
  writeFileSync(file, `${JSON.stringify(stack.variableValues, null, 2)}\n`);
  console.log(directory);
}
for (const stack of workspaces) console.log(join(app.outdir, "stacks", stack.node.id));

/** Does the work for every item before it reports what is wrong with any: people mend all problems at once. */
function forEach<Item, Result>(items: readonly Item[], work: (item: Item) => Result): Result[] {
  const problems: string[] = [];
  const results = items.flatMap((item) => {
    try {
      return [work(item)];
    } catch (error) {
      if (!(error instanceof ApiDefinitionError || error instanceof OpenApiError)) {
        throw error;
      }
      problems.push(error.message);
      return [];
    }
  });
  if (problems.length > 0) {
    throw new ApiDefinitionError(problems.join("\n"));
  }
  return results;
}
