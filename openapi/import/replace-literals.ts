import { isJsonObject, type Json, type JsonObject, stringAt } from "../json.ts";
import { parseServiceUri } from "../service-uri.ts";
import { otherArn, ownArn } from "./literals/arns.ts";
import { foreign } from "./literals/foreign.ts";
import { awsHost, bucketPath } from "./literals/hosts.ts";
import {
  connection,
  overriddenName,
  quotedBucket,
  quotedQueue,
  serviceUri,
} from "./literals/integration-uris.ts";
import type { Place, ReplaceOptions, Step } from "./literals/literal.ts";
import { endpointId, knownBucket, namedValue, plain, tableKey, userPoolId } from "./literals/names.ts";
import { queueUrl, variableQueuePath } from "./literals/queue-urls.ts";

/** The document with a placeholder for every literal of an account that can be told for sure. */
export function replaceLiterals<T extends Json>(document: T, options: ReplaceOptions): T;
export function replaceLiterals(document: Json, options: ReplaceOptions): Json {
  const visit = (value: Json, place: Place): Json => {
    if (typeof value === "string") return replaceText(value, place, options);
    if (Array.isArray(value)) return value.map((entry) => visit(entry, place));
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, visit(entry, placeBelow(place, key, entry))]),
    );
  };
  return visit(document, { key: "", inExtension: false });
}

/** Kept for people alone. */
const documentationKey = "x-amazon-apigateway-documentation";

function placeBelow(place: Place, key: string, entry: Json): Place {
  return {
    ...place,
    key,
    inExtension: place.inExtension || (key.startsWith("x-amazon-") && key !== documentationKey),
    ...(key === "x-amazon-apigateway-integration" && isJsonObject(entry) && { integration: describe(entry) }),
  };
}

function describe(integration: JsonObject): NonNullable<Place["integration"]> {
  const uri = parseServiceUri(stringAt(integration, "uri") ?? "");
  const first =
    uri?.service === "s3" && uri.kind === "path" ? /^\{([^{}+]+)\+?\}/.exec(uri.rest)?.[1] : undefined;
  const queue =
    uri?.service === "sqs" && uri.kind === "path"
      ? /^(?:[^/]*\/)?\{([^{}+]+)\}$/.exec(uri.rest)?.[1]
      : undefined;
  return {
    service: uri?.service ?? "",
    queueParameters: queue === undefined ? [] : [`integration.request.path.${queue}`],
    bucketParameters:
      uri?.service === "s3"
        ? [
            ...(first === undefined ? [] : [`integration.request.path.${first}`]),
            "integration.request.querystring.Bucket",
            "integration.request.querystring.bucket",
            "integration.request.header.x-amz-copy-source",
          ]
        : [],
  };
}

function replaceText(text: string, place: Place, options: ReplaceOptions): string {
  return steps.reduce((before, step) => step(before, place, options), text);
}

/** What says most comes first. */
const steps: readonly Step[] = [
  foreign,
  variableQueuePath,
  serviceUri,
  quotedBucket,
  quotedQueue,
  overriddenName,
  ownArn,
  otherArn,
  queueUrl,
  bucketPath,
  awsHost,
  namedValue,
  tableKey,
  userPoolId,
  endpointId,
  connection,
  knownBucket,
  plain,
];
