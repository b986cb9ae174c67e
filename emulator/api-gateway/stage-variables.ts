import type { Deployment } from "./request-context.ts";

/**
 * A URI with the values of the stage in it; of a variable that the stage does not have, nothing:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/aws-api-gateway-stage-variables-reference.html
 */
export function withStageVariables(
  uri: string,
  { stageVariables }: Pick<Deployment, "stageVariables">,
): string {
  return uri.replace(/\$\{stageVariables\.([A-Za-z0-9_]+)\}/g, (_, name: string) =>
    Object.hasOwn(stageVariables, name) ? (stageVariables[name] ?? "") : "",
  );
}
