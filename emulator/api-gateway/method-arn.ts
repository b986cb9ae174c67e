import type { Exchange } from "./exchange.ts";
import { parseTarget } from "./request-target.ts";

/** What policies and authorizers are asked about: the method and path of the request as it was sent, not those of the document. */
export function methodArnOf(
  { deployment, request }: Pick<Exchange, "deployment" | "request">,
  partition: string,
): string {
  const { region, accountId, apiId, stageName } = deployment;
  const { path } = parseTarget(request.target);
  return `arn:${partition}:execute-api:${region}:${accountId}:${apiId}/${stageName}/${request.method}${path}`;
}
