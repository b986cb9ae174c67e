import type { Exchange } from "./exchange.ts";
import { decodeSegment, parseTarget } from "./request-target.ts";

/** What policies and authorizers are asked about: the method and path of the request as it was sent, not those of the document. */
export function methodArnOf(
  { deployment, request }: Pick<Exchange, "deployment" | "request">,
  partition: string,
): string {
  const { region, accountId, apiId, stageName } = deployment;
  const { path } = parseTarget(request.target);
  return `arn:${partition}:execute-api:${region}:${accountId}:${apiId}/${stageName}/${request.method}${path}`;
}

/**
 * The ARNs that a statement is looked up by. A denial counts in every spelling that finds the same resource: as it was sent, without
 * percent-encoding, without a slash at the end. Which of them AWS asks about is not documented, so an allowance counts as it was sent alone.
 */
export function arnsFor(effect: "Allow" | "Deny", methodArn: string): string[] {
  if (effect === "Allow") return [methodArn];
  const decoded = methodArn.split("/").map(decodeSegment).join("/");
  return [...new Set([methodArn, decoded].flatMap((arn) => [arn, arn.replace(/\/$/, "")]))];
}
