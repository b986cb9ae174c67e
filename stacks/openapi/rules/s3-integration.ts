import type { OpenApiDocument } from "../openapi-document.ts";
import { type Integration, type IntegrationResponse, mappedOperations } from "../operations.ts";
import { formatStatuses, patternsOf, selectedStatuses, unselectedStatuses } from "../response-selection.ts";
import type { Finding, Rule } from "../rule.ts";

const integrationResponses =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration-responses.html";
const s3Proxy =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/integrating-api-with-aws-services-s3.html";

/** `arn:partition:apigateway:region:[bucket.]s3:path/…`, or `action/…` */
const s3Uri = /^arn:[^:]*:apigateway:[^:]*:(?:(?<host>.+)\.)?s3:(?<kind>path|action)\/(?<rest>.*)$/;

export const s3ErrorAsSuccess: Rule = {
  id: "s3-error-as-success",
  why: "An error of S3 that is answered as a success is a lost write reported as stored.",
  link: integrationResponses,
  check: (document) =>
    s3Integrations(document).flatMap(({ responses }) => responses.flatMap(errorsAsSuccess)),
};

export const s3UncoveredStatus: Rule = {
  id: "s3-uncovered-status",
  why: "An answer that no pattern selects and no default takes is a configuration error, 500, instead of the answer.",
  link: integrationResponses,
  check: (document) =>
    s3Integrations(document).flatMap(({ pointer, responses }) => {
      const uncovered = unselectedStatuses(responses);
      if (uncovered.length === 0 || patternsOf(responses).length < responses.length) return [];
      const message = `no response for S3's ${formatStatuses(uncovered)}; add a default that is an error`;
      return [{ pointer: `${pointer}/responses`, message }];
    }),
};

export const s3Post: Rule = {
  id: "s3-post",
  why: "S3 answers a POST to an object with an error document inside a 200; PutObject is a PUT.",
  link: s3Proxy,
  check: (document) =>
    s3Integrations(document).flatMap(({ pointer, value }) =>
      String(value["httpMethod"]).toUpperCase() === "POST"
        ? [{ pointer: `${pointer}/httpMethod`, message: "S3 is called with POST; write an object with PUT" }]
        : [],
    ),
};

export const s3CallerBucket: Rule = {
  id: "s3-caller-bucket",
  why: "A caller who chooses the bucket uses the integration's role on every bucket that it may touch.",
  link: s3Proxy,
  check: (document) =>
    s3Integrations(document).flatMap(({ pointer, uri }) => {
      const bucket = bucketOf(uri);
      if (!bucket.includes("{")) return [];
      return [
        { pointer: `${pointer}/uri`, message: `the bucket "${bucket}" is not fixed; write {{bucket.name}}` },
      ];
    }),
};

export const s3AclHeader: Rule = {
  id: "s3-acl-header",
  why: "An ACL opens the object to others, and a bucket with ACLs disabled answers it with 400.",
  link: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html",
  check: (document) =>
    s3Integrations(document).flatMap(({ requestParameters }) =>
      requestParameters.flatMap(({ name, pointer }): Finding[] => {
        const header = /^integration\.request\.header\.(x-amz-acl|x-amz-grant-.*)$/i.exec(name)?.[1];
        return header === undefined
          ? []
          : [{ pointer, message: `${header} is mapped; leave access to the bucket` }];
      }),
    ),
};

function errorsAsSuccess({ pattern, pointer, status }: IntegrationResponse): Finding[] {
  if (!/^[23]/.test(status)) return [];
  if (pattern === "default") {
    const message = `the default answers ${status}; make it an error, and add 2[0-9]{2} for success`;
    return [{ pointer, message }];
  }

  const firstError = status.startsWith("3") ? 400 : 300;
  const errors = (selectedStatuses(pattern) ?? []).filter((selected) => selected >= firstError);
  if (errors.length === 0) return [];
  return [
    { pointer, message: `S3's ${formatStatuses(errors)} are answered as ${status}; narrow the pattern` },
  ];
}

function s3Integrations(document: OpenApiDocument): Integration[] {
  return mappedOperations(document)
    .map(({ integration }) => integration)
    .filter(({ uri }) => s3Uri.test(uri));
}

/** What names the bucket in a URI, placeholders removed: they are fixed when the document is bound. */
function bucketOf(uri: string): string {
  const { host = "", kind, rest = "" } = s3Uri.exec(uri.replaceAll(/\{\{[^{}]*\}\}/g, "fixed"))?.groups ?? {};
  if (host !== "") return host;
  return kind === "path" ? (rest.split("/")[0] ?? "") : (/[?&]Bucket=([^&]*)/.exec(rest)?.[1] ?? "");
}
