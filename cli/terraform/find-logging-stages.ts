import {
  APIGatewayClient,
  GetRestApisCommand,
  GetStagesCommand,
  type RestApi,
  type Stage,
} from "@aws-sdk/client-api-gateway";
import type { Environment } from "../../env/schema.ts";
import { lookClientConfig } from "./finding.ts";

/** Every stage of a REST API that logs in the environment's account and region, as `<API>/<stage>`. */
export async function findLoggingStages(environment: Environment, env: NodeJS.ProcessEnv): Promise<string[]> {
  const client = new APIGatewayClient(lookClientConfig(environment, env));
  const found: string[] = [];
  for (const { id, name } of await listApis(client)) {
    const { item = [] } = await client.send(new GetStagesCommand({ restApiId: id }));
    found.push(...item.filter(isLogging).map(({ stageName }) => `${name}/${stageName}`));
  }
  return found;
}

async function listApis(client: APIGatewayClient): Promise<RestApi[]> {
  const all: RestApi[] = [];
  let position: string | undefined;
  do {
    const page = await client.send(
      new GetRestApisCommand({ limit: 500, ...(position !== undefined && { position }) }),
    );
    all.push(...(page.items ?? []));
    position = page.position;
  } while (position !== undefined);
  return all;
}

function isLogging({ accessLogSettings, methodSettings = {} }: Stage): boolean {
  const levels = Object.values(methodSettings).map(({ loggingLevel }) => loggingLevel ?? "OFF");
  return accessLogSettings?.destinationArn !== undefined || levels.some((level) => level !== "OFF");
}
