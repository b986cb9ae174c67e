import type { Integration, Mapping } from "../../../openapi/operations.ts";
import { GatewayError } from "../gateway-error.ts";
import { parseJsonPath } from "../json-path.ts";
import { NotExecutedError } from "../not-executed.ts";

const requestTarget = /^integration\.request\.(?:path|header|querystring)\..+$/s;
const responseTarget = /^method\.response\.header\..+$/s;

/** Those that hold JSON have the JSONPath as their `path`. */
const everywhere = [
  /^'.*'$/s,
  /^method\.request\.(?:path|querystring|multivaluequerystring|header|multivalueheader)\..+$/s,
  /^method\.request\.body(?:\.(?<path>.+))?$/s,
  /^context\.(?<path>.+)$/s,
  /^stageVariables\.[A-Za-z0-9_]+$/,
];
const ofAnswers = [
  /^integration\.response\.(?:header|multivalueheader)\..+$/s,
  /^integration\.response\.body(?:\.(?<path>.+))?$/s,
];

/**
 * Reads the parameter mappings of an integration before there is a request:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-parameter-mapping-sources.html
 * @throws NotExecutedError for the first one that is not executed here
 */
export function checkMappings({ type, requestParameters, responses }: Integration): void {
  for (const mapping of requestParameters) check(mapping, requestTarget, everywhere);
  // Proxies pass an answer back as it is.
  if (type.endsWith("_proxy")) return;
  for (const mapping of responses.flatMap(({ parameters }) => parameters)) {
    check(mapping, responseTarget, [...everywhere, ...ofAnswers]);
  }
}

function check({ name, source, pointer }: Mapping, target: RegExp, sources: readonly RegExp[]): void {
  if (!target.test(name)) {
    throw new NotExecutedError(
      `a mapping to "${name}" (${pointer})`,
      "map a request to integration.request.<path, header or querystring>.<name>, an answer to method.response.header.<name>",
    );
  }
  const found = sources.map((pattern) => pattern.exec(source)).find((match) => match !== null);
  const path = found?.groups?.["path"];
  if (found === undefined || (path !== undefined && !isJsonPath(path))) {
    throw new NotExecutedError(
      `a mapping from "${source}" (${pointer})`,
      "map from '<text>', method.request.…, context.… or stageVariables.…, for an answer from integration.response.<header or body>.…, without a filter",
    );
  }
}

function isJsonPath(path: string): boolean {
  try {
    parseJsonPath(`$.${path}`);
    return true;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return false;
  }
}
