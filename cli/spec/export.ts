import {
  APIGatewayClient,
  GetExportCommand,
  paginateGetRestApis,
  type RestApi,
} from "@aws-sdk/client-api-gateway";
import { credentialsOf, describeClientError } from "../../contract/aws-client.ts";
import { resourceNames } from "../../contract/resource-names.ts";
import { UserError } from "../../contract/user-error.ts";
import { LARGE_API } from "../../domain/names.ts";
import { loadEnvironment } from "../../env/load-environment.ts";
import type { Environment, EnvironmentApi } from "../../env/schema.ts";
import { importDocument } from "../../openapi/import/import-document.ts";
import { command } from "../command.ts";
import { checkAwsAccount } from "../terraform/check-aws-account.ts";
import { boundNames } from "./bound-names.ts";
import { foreignOf } from "./home-options.ts";
import { givenNames, nameHelp, nameOptions } from "./import.ts";
import { writeDocument } from "./write-document.ts";

const help = (
  environmentNames: readonly string[],
) => `usage: npm run spec -- export <environment> <api> [--out <document>] [--<kind> <old>=<name> …]
       [--foreign refuse|keep] [--dry-run]

Exports the deployed stage of an API in an environment (${environmentNames.join(", ")}) from API Gateway and imports it. Use it to bring
changes that were made in the console into specs/. Placeholders keep the names that the environment binds. It needs
credentials of the environment's account with apigateway:GET.

  --out <document>        file to write; default: the API's document in specs/
  --foreign keep          gives resources of another account or region placeholders, which you bind to their ARNs. Default:
                          refuse, which fails if the environment does not bind such a resource
${nameHelp}

  npm run spec -- export dev ${LARGE_API} --dry-run`;

const shape = {
  help,
  positionals: [2, 2],
  missing: "Name an environment and an API.",
  options: { ...nameOptions, out: "text", foreign: "text", "dry-run": "flag" },
} as const;

export const runExport = command(shape, async ({ positionals, text, texts, isSet }, context) => {
  const [environmentName = "", apiName = ""] = positionals;
  const environment = loadEnvironment(environmentName, context.environments);
  const api = environment.apis.find(({ name }) => name === apiName);
  if (api === undefined) {
    const known = environment.apis.map(({ name }) => name).join(", ");
    throw new UserError(`The environment ${environmentName} has no API "${apiName}". It has: ${known}.`, {
      exitCode: 2,
    });
  }
  const names = givenNames(texts);
  const foreign = foreignOf(text("foreign"));
  await checkAwsAccount(environment, context.env);
  const exported = await fetchExport(environment, api, context.env);
  const source = `the stage ${api.stage} of ${resourceNames(environment.namePrefix).api(api.name)}`;
  const imported = importDocument(exported, {
    source,
    names,
    knownNames: boundNames(environment, api),
    // Its region stands in the servers of every export.
    account: environment.accountId,
    foreign,
  });
  const file = text("out") ?? `${process.cwd()}/specs/${api.document}`;
  writeDocument({ imported, source, file, dryRun: isSet("dry-run") }, context);
  return 0;
});

/** What API Gateway exports of the deployed stage, as text. */
async function fetchExport(
  environment: Environment,
  api: EnvironmentApi,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const client = new APIGatewayClient({
    region: env["AWS_REGION"] || environment.region,
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 30_000 },
    ...credentialsOf(env),
  });
  const name = resourceNames(environment.namePrefix).api(api.name);
  try {
    const found = await findApis(client, name);
    const [{ id: restApiId } = {}, second] = found;
    if (restApiId === undefined) {
      throw new UserError(
        `There is no REST API named ${name} in account ${environment.accountId}, ${environment.region}. Deploy it first: npm run apply -- ${environment.name}.`,
      );
    }
    if (second !== undefined) {
      const ids = found.map(({ id }) => id).join(", ");
      throw new UserError(
        `There are ${found.length} REST APIs named ${name}: ${ids}. Delete those that the stack does not own, or export the right one in the console and import that file.`,
      );
    }
    const { body } = await client.send(
      new GetExportCommand({
        restApiId,
        stageName: api.stage,
        exportType: "oas30",
        accepts: "application/json",
        parameters: { extensions: "apigateway" },
      }),
    );
    return Buffer.from(body ?? []).toString("utf8");
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(describeFailure(error, name, api.stage), { cause: error });
  } finally {
    client.destroy();
  }
}

async function findApis(client: APIGatewayClient, name: string): Promise<RestApi[]> {
  const found: RestApi[] = [];
  for await (const { items = [] } of paginateGetRestApis({ client, pageSize: 500 }, {})) {
    found.push(...items.filter((item) => item.name === name));
  }
  return found;
}

function describeFailure(error: unknown, name: string, stage: string): string {
  const { kind, reason } = describeClientError(error);
  const advice: Readonly<Record<string, string>> = {
    NotFoundException: `Perhaps the stage ${stage} is not deployed. Check it in the console, or apply again.`,
    AccessDeniedException: "The credentials need apigateway:GET on the REST APIs and their stages.",
    TooManyRequestsException:
      "API Gateway accepts only a few of these calls in a second. Try again in a minute.",
  };
  const what = advice[kind] ?? "Check the network, AWS_REGION and AWS_ENDPOINT_URL.";
  return `API Gateway did not export ${name} (${reason}). ${what}`;
}
