import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import util from "node:util";
import { App } from "cdktf";
import { command } from "./cli/command.ts";
import { writePlanTest } from "./cli/plan-tests/plan-test.ts";
import { readDocuments } from "./cli/read-documents.ts";
import { ADOPTED_FILE, accountStackName } from "./contract/gateway-logging.ts";
import { collectProblems, throwProblems } from "./contract/user-error.ts";
import { ingestionStackName } from "./domain/names.ts";
import { copiedTags } from "./env/copied-tags.ts";
import { loadEnvironments } from "./env/load-environment.ts";
import { buildFunctionBundle } from "./functions/build-bundle.ts";
import { AccountStack } from "./stacks/account/account-stack.ts";
import { DeliveryStack } from "./stacks/delivery/delivery-stack.ts";
import { IngestionStack } from "./stacks/ingestion/ingestion-stack.ts";
import { WorkspaceStack } from "./stacks/workspace/workspace-stack.ts";

const help = `usage: npm run synth

Writes the Terraform JSON of all environments to cdktf.out/stacks. To use another folder than cdktf.out, set CDKTF_OUTDIR.
"npx cdktf synth" writes the same. The stacks of an environment:

  ${ingestionStackName("<environment>")}   the environment itself
  account-<environment>     the logging role of the account, if roles.gatewayLogging is managed
  delivery-<environment>    builds and releases, if delivery.kind is "codebuild"
  workspace-<environment>   the workspace in Terraform Enterprise, if backend.managed is set`;

// cdktf 0.21 calls util.isArray, for which Node.js 22 and later print a warning.
Object.assign(util, { isArray: Array.isArray });

/** The composition root: `npm run synth`, and the app of cdktf.json. */
export const main = command({ help }, async (_, { env, environments, print, printError }) => {
  const projectRoot = process.cwd();
  const loaded = loadEnvironments(environments);
  for (const warning of copiedTags(loaded)) printError(warning);
  const documents = readDocuments(projectRoot);
  const bundle = await buildFunctionBundle({ projectRoot });
  const outdir = env["CDKTF_OUTDIR"] || "cdktf.out";
  mkdirSync(outdir, { recursive: true });
  const app = new App({ outdir });
  const ingestion = mapCollectingProblems(
    loaded,
    (environment) =>
      new IngestionStack(app, ingestionStackName(environment.name), { environment, documents, bundle }),
  );
  const accounts = loaded.flatMap((environment) => {
    const { gatewayLogging: logging } = environment.roles;
    if (logging.kind === "existing") return [];
    return [new AccountStack(app, accountStackName(environment.name), { environment, logging })];
  });
  const delivery = loaded.flatMap((environment) =>
    environment.delivery.kind === "codebuild"
      ? [
          new DeliveryStack(app, `delivery-${environment.name}`, {
            environment,
            delivery: environment.delivery,
          }),
        ]
      : [],
  );
  const workspaces = loaded.flatMap((environment) => {
    const { backend } = environment;
    if (backend.kind !== "tfe" || backend.managed === undefined) return [];
    const managed = { ...backend, managed: backend.managed };
    return [new WorkspaceStack(app, `workspace-${environment.name}`, { environment, backend: managed })];
  });
  app.synth();

  for (const stack of [...ingestion, ...accounts, ...delivery]) {
    const directory = join(app.outdir, "stacks", stack.node.id);
    const file = join(directory, `${stack.node.id}.auto.tfvars.json`);
    writeFileSync(file, `${JSON.stringify(stack.variableValues, null, 2)}\n`);
    rmSync(join(directory, ADOPTED_FILE), { force: true });
    writePlanTest(directory);
    print(directory);
  }
  for (const stack of workspaces) print(join(app.outdir, "stacks", stack.node.id));
  return 0;
});

function mapCollectingProblems<Item, Result>(items: readonly Item[], work: (item: Item) => Result): Result[] {
  const { results, problems } = collectProblems(items, work);
  throwProblems(problems);
  return results;
}
