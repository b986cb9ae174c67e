import { at, type Case, headerTo, item, lambdaUri, queryTo, uriOf } from "./case.ts";

const anyToS3 = {
  type: "aws",
  httpMethod: "ANY",
  uri: uriOf("s3:path/{{bucket.files}}/{item}"),
};

/** Changes to the sound document, each of which breaks a rule. */
export const broken: Case[] = [
  { rule: "s3-acl-header", breaks: "maps an ACL", change: [headerTo("X-Amz-Acl"), "'private'"] },
  { rule: "s3-acl-header", breaks: "maps a grant", change: [headerTo("x-amz-grant-read"), "'x'"] },
  {
    rule: "s3-bucket-owner",
    breaks: "sets no expected bucket owner",
    change: [headerTo("x-amz-expected-bucket-owner"), undefined],
    found: `${at}/requestParameters`,
  },
  {
    rule: "s3-bucket-owner",
    breaks: "lets callers choose the expected bucket owner",
    change: [headerTo("x-amz-expected-bucket-owner"), "method.request.header.Content-Type"],
  },
  {
    rule: "s3-bucket",
    breaks: "takes the bucket from the path",
    change: [`${at}/uri`, uriOf("s3:path/{item}/a")],
  },
  {
    rule: "s3-bucket",
    breaks: "takes a part of the bucket from the path",
    change: [`${at}/uri`, uriOf("s3:path/{{bucket.files}}-{item}/a")],
  },
  {
    rule: "s3-bucket",
    breaks: "takes the bucket's host from the path",
    change: [`${at}/uri`, uriOf("{item}.s3:path/a")],
  },
  {
    rule: "s3-bucket",
    breaks: "takes an action's bucket from the path",
    change: [`${at}/uri`, uriOf("s3:action/PutObject?Bucket={item}&Key=a")],
  },
  {
    rule: "s3-bucket",
    breaks: "takes one of an action's buckets from the path",
    change: [`${at}/uri`, uriOf("s3:action/PutObject?Bucket={{bucket.files}}&Bucket={item}")],
  },
  {
    rule: "s3-bucket",
    breaks: "takes the bucket of the path from a constant that is a literal name",
    change: [
      at,
      {
        type: "aws",
        uri: uriOf("s3:path/{bucket}/{item}"),
        requestParameters: { "integration.request.path.bucket": "'prod-intake'" },
      },
    ],
    found: `${at}/uri`,
  },
  {
    rule: "s3-bucket",
    breaks: "maps an action's bucket from the request",
    change: [queryTo("Bucket"), "method.request.querystring.bucket"],
  },
  {
    rule: "s3-bucket",
    breaks: "names no bucket of an action",
    change: [`${at}/uri`, uriOf("s3:action/PutObject?Key=a")],
  },
  {
    rule: "s3-bucket",
    breaks: "has an empty bucket",
    change: [`${at}/uri`, uriOf("s3:path//{item}/a")],
  },
  {
    rule: "s3-bucket",
    breaks: "names a bucket",
    change: [`${at}/uri`, uriOf("s3:path/prod-intake/{item}")],
  },
  {
    rule: "s3-bucket",
    breaks: "adds to a bucket",
    change: [`${at}/uri`, uriOf("s3:path/prod-{{bucket.files}}/{item}")],
  },
  {
    rule: "s3-bucket",
    breaks: "joins two buckets",
    change: [`${at}/uri`, uriOf("s3:path/{{bucket.files}}{{bucket.other}}/{item}")],
  },
  {
    rule: "s3-bucket",
    breaks: "has a placeholder of another kind in place of the bucket",
    change: [`${at}/uri`, uriOf("s3:path/{{role.writer}}/{item}")],
  },
  {
    rule: "s3-bucket",
    breaks: "names a bucket and S3 in upper case",
    change: [`${at}/uri`, uriOf("S3:Path/prod-intake/{item}")],
  },
  {
    rule: "s3-bucket",
    breaks: "names a bucket in a proxy integration",
    change: [at, { type: "aws_proxy", uri: uriOf("s3:path/prod-intake/a") }],
    found: `${at}/uri`,
  },
  {
    rule: "s3-copy-source",
    breaks: "takes the source of a copy from the request",
    change: [headerTo("X-Amz-Copy-Source"), "method.request.header.Content-Type"],
  },
  {
    rule: "s3-copy-source",
    breaks: "names the bucket of a copy's source",
    change: [headerTo("x-amz-copy-source"), "'/prod-intake/a'"],
  },
  { rule: "s3-credentials", breaks: "has no role", change: [`${at}/credentials`, undefined] },
  { rule: "s3-credentials", breaks: "has an empty role", change: [`${at}/credentials`, ""] },
  { rule: "s3-post", breaks: "posts to a path", change: [`${at}/httpMethod`, "POST"] },
  {
    rule: "s3-post",
    breaks: "passes on the method of a POST operation",
    change: [item, { post: { "x-amazon-apigateway-integration": anyToS3 } }],
    found: `${item}/post/x-amazon-apigateway-integration/httpMethod`,
  },
  {
    rule: "s3-any-method",
    breaks: "passes on the caller's method",
    change: [item, { "x-amazon-apigateway-any-method": { "x-amazon-apigateway-integration": anyToS3 } }],
    found: `${item}/x-amazon-apigateway-any-method/x-amazon-apigateway-integration/httpMethod`,
  },
];

/** Changes that look alike and break none. */
export const allowed: Case[] = [
  {
    rule: "s3-bucket",
    breaks: "takes the bucket from a stage variable",
    change: [`${at}/uri`, uriOf("s3:path/${stageVariables.b}/{item}")],
  },
  {
    rule: "s3-bucket",
    breaks: "takes a part of the bucket's name from a stage variable",
    change: [`${at}/uri`, uriOf("s3:path/files-${stageVariables.env}/{item}")],
  },
  {
    rule: "s3-bucket-owner",
    breaks: "names the owner of a bucket of another account",
    change: [headerTo("x-amz-expected-bucket-owner"), "'{{account.archive}}'"],
  },
  {
    rule: "s3-bucket",
    breaks: "has an action with a bucket placeholder",
    change: [`${at}/uri`, uriOf("s3:action/PutObject?Key={item}&Bucket={{bucket.files}}")],
  },
  {
    rule: "s3-bucket",
    breaks: "has S3 in upper case before a placeholder",
    change: [`${at}/uri`, uriOf("S3:Path/{{bucket.files}}/{item}")],
  },
  {
    rule: "s3-bucket",
    breaks: "has the bucket as host",
    change: [`${at}/uri`, uriOf("{{bucket.files}}.s3:path/{item}")],
  },
  {
    rule: "s3-bucket",
    breaks: "has a query after the bucket",
    change: [`${at}/uri`, uriOf("s3:path/{{bucket.files}}?list-type=2")],
  },
  {
    rule: "s3-bucket",
    breaks: "takes the bucket of the path from a constant",
    change: [
      at,
      {
        type: "aws",
        httpMethod: "PUT",
        uri: uriOf("s3:path/{bucket}/{item}"),
        requestParameters: { "integration.request.path.bucket": "'{{bucket.files}}'" },
      },
    ],
  },
  {
    rule: "s3-any-method",
    breaks: "passes on the method of an operation",
    change: [`${at}/httpMethod`, "ANY"],
  },
  {
    rule: "s3-post",
    breaks: "starts a multipart upload",
    change: [at, { type: "aws", httpMethod: "POST", uri: uriOf("s3:path/{{bucket.files}}/{item}?uploads") }],
  },
  {
    rule: "s3-post",
    breaks: "completes a multipart upload",
    change: [
      at,
      {
        type: "aws",
        httpMethod: "POST",
        uri: uriOf("s3:path/{{bucket.files}}/{item}"),
        requestParameters: { "integration.request.querystring.uploadId": "method.request.path.item" },
      },
    ],
  },
  {
    rule: "s3-copy-source",
    breaks: "copies from a bucket of its own",
    change: [headerTo("x-amz-copy-source"), "'/{{bucket.files}}/a'"],
  },
  {
    rule: "s3-credentials",
    breaks: "calls a function that admits the API",
    change: [at, { type: "aws", httpMethod: "POST", uri: lambdaUri }],
  },
  {
    rule: "s3-post",
    breaks: "posts to a function",
    change: [
      `${at}`,
      {
        type: "aws",
        httpMethod: "POST",
        uri: lambdaUri,
      },
    ],
  },
];
