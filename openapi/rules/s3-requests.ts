import type { JsonObject } from "../json.ts";
import type { Mapping } from "../operations.ts";
import type { Finding, Rule } from "../rule.ts";
import { s3Integrations } from "../s3-integrations.ts";

const s3Proxy =
  "https://docs.aws.amazon.com/apigateway/latest/developerguide/integrating-api-with-aws-services-s3.html";

/** A placeholder, or a name of which the environment says a part. */
const oneBucket =
  /^(?:\{\{bucket\.[A-Za-z0-9.]+\}\}|[a-z0-9.-]*\$\{stageVariables\.\w+\}[a-z0-9.-]*|stageVariables\.\w+)$/;

export const s3Bucket: Rule = {
  id: "s3-bucket",
  why: "A literal bucket name is right in one environment only. If callers choose the bucket, they can use every bucket that the role may use.",
  link: s3Proxy,
  check: (document) =>
    s3Integrations(document).flatMap(({ pointer, bucket, requestParameters }): Finding[] => {
      const named = /^\{([^{}]+)\}$/.exec(bucket)?.[1];
      const constant = requestParameters.find(({ name }) => name === `integration.request.path.${named}`);
      const mapped = requestParameters
        .filter(({ name }) => /^integration\.request\.querystring\.bucket$/i.test(name))
        .filter(({ source }) => !oneBucket.test(source.replace(/^'(.*)'$/, "$1")))
        .map((mapping) => ({
          pointer: mapping.pointer,
          message: "a mapping sets the bucket; remove it, and write ?Bucket={{bucket.name}} in the URI",
        }));
      // The caller has no choice where a constant or a stage variable stands for the bucket.
      const value = constant?.source.replace(/^'(.*)'$/, "$1") ?? bucket;
      if (oneBucket.test(value)) return mapped;
      const message = `the bucket is "${bucket}"; write {{bucket.name}} alone in its place`;
      return [{ pointer: `${pointer}/uri`, message }, ...mapped];
    }),
};

export const s3BucketOwner: Rule = {
  id: "s3-bucket-owner",
  severity: "warning",
  why: "If a bucket is deleted, another account can create one with the same name. That account would then receive the data, and control what is read.",
  link: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html",
  check: (document) =>
    s3Integrations(document).flatMap(({ pointer, requestParameters }): Finding[] => {
      const owner = requestParameters.find(({ name }) =>
        /^integration\.request\.header\.x-amz-expected-bucket-owner$/i.test(name),
      );
      if (owner === undefined) {
        const message =
          "no expected bucket owner is set; map integration.request.header.x-amz-expected-bucket-owner to \"'{{account}}'\"";
        return [{ pointer: `${pointer}/requestParameters`, message }];
      }
      // A placeholder for another account is one of the document's own.
      if (/^'\{\{[A-Za-z0-9.]+\}\}'$/.test(owner.source)) return [];
      return [
        {
          pointer: owner.pointer,
          message: `the expected bucket owner is ${owner.source}; write '{{account}}'`,
        },
      ];
    }),
};

export const s3CopySource: Rule = {
  id: "s3-copy-source",
  why: "A caller who can choose the source of a copy can read every object that the integration's role may read.",
  link: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html",
  check: (document) =>
    s3Integrations(document)
      .flatMap(({ requestParameters }) => requestParameters)
      .filter(({ name }) => /^integration\.request\.header\.x-amz-copy-source$/i.test(name))
      .filter(({ source }) => !/^'\/?\{\{bucket\.[A-Za-z0-9.]+\}\}\/[^']+'$/.test(source))
      .map(({ source, pointer }) => {
        return {
          pointer,
          message: `the copy source is ${source}; write '{{bucket.name}}/key', or remove the mapping`,
        };
      }),
};

export const s3Credentials: Rule = {
  id: "s3-credentials",
  why: "Without a role, API Gateway sends unsigned requests to S3, and a private bucket refuses them.",
  link: s3Proxy,
  check: (document) =>
    s3Integrations(document).flatMap(({ pointer, value }) =>
      typeof value["credentials"] === "string" && value["credentials"] !== ""
        ? []
        : [
            {
              pointer: `${pointer}/credentials`,
              message: "the integration has no role for S3; write {{role.name}}",
            },
          ],
    ),
};

/** What S3 takes with POST: parts of a multipart upload, and lists of objects. */
const postedSubresource = /^(uploads|uploadid|delete|restore|select)$/i;

export const s3Post: Rule = {
  id: "s3-post",
  why: "S3 answers a POST to an object with status 200 and an error document. PutObject is a PUT.",
  link: s3Proxy,
  check: (document) =>
    s3Integrations(document).flatMap(({ pointer, method, value, uri, requestParameters }): Finding[] => {
      if (calledMethod(value, method) !== "POST" || isPosted(uri, requestParameters)) return [];
      const message = "S3 is called with POST; use PUT to write an object";
      return [{ pointer: `${pointer}/httpMethod`, message }];
    }),
};

export const s3AnyMethod: Rule = {
  id: "s3-any-method",
  severity: "warning",
  why: "The caller's method decides what S3 does: DELETE deletes the object, and S3 answers POST with status 200 and an error document.",
  link: s3Proxy,
  check: (document) =>
    s3Integrations(document)
      .filter(({ value, method }) => calledMethod(value, method) === "ANY")
      .map(({ pointer }) => {
        const message =
          "S3 is called with the caller's method; write a separate operation for each method that callers need";
        return { pointer: `${pointer}/httpMethod`, message };
      }),
};

/** ANY passes the caller's method on, which an operation of one method has decided. */
function calledMethod(integration: JsonObject, method: string): string {
  const called = String(integration["httpMethod"]).toUpperCase();
  if (called !== "ANY") return called;
  return method === "x-amazon-apigateway-any-method" ? "ANY" : method.toUpperCase();
}

function isPosted(uri: string, requestParameters: readonly Mapping[]): boolean {
  const query = uri.split("?")[1] ?? "";
  const mapped = requestParameters.map(
    ({ name }) => /^integration\.request\.querystring\.(.+)$/.exec(name)?.[1] ?? "",
  );
  const names = [...query.split("&").map((part) => part.split("=")[0] ?? ""), ...mapped];
  return names.some((name) => postedSubresource.test(name));
}

export const s3AclHeader: Rule = {
  id: "s3-acl-header",
  why: "An ACL can give other accounts access to the object. A bucket with ACLs disabled answers 400.",
  link: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html",
  check: (document) =>
    s3Integrations(document).flatMap(({ requestParameters }) =>
      requestParameters.flatMap(({ name, pointer }): Finding[] => {
        const header = /^integration\.request\.header\.(x-amz-acl|x-amz-grant-.*)$/i.exec(name)?.[1];
        return header === undefined
          ? []
          : [
              {
                pointer,
                message: `${header} is mapped; remove it, and control access in the bucket's policy`,
              },
            ];
      }),
    ),
};
