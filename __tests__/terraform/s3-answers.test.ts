import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalS3, startLocalS3 } from "../support/local-s3.ts";
import { type Moto, startMoto } from "../support/moto/moto.ts";

let moto: Moto;
let s3: LocalS3;
/** Of each server: the last ids that its answers brought. */
const uploadIds = new Map<string, string>();
const versionIds = new Map<string, string>();

beforeAll(async () => {
  [moto, s3] = await Promise.all([startMoto("111111111111"), startLocalS3()]);
});

afterAll(async () => {
  await s3.stop();
  await moto.stop();
});

interface Answer {
  readonly status: number;
  /** Of an error. */
  readonly code?: string | undefined;
  readonly values: readonly string[];
}

interface Step {
  /** `{uploadId}` stands for that of the last upload, `{versionId}` for that of the last object that was put. */
  readonly request: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** Where moto is not like Amazon S3: what that answers, and where it says so. */
  readonly aws?: Pick<Answer, "status" | "code"> & { readonly source: string };
}

const api = "https://docs.aws.amazon.com/AmazonS3/latest/API/";
const recorded =
  "https://github.com/localstack/localstack/blob/022af99ecdf78652011ebb5692d86ceda8ba1a56/tests/aws/services/s3/test_s3_api.snapshot.json";
/** The entity tag is in the document, and in no header. */
const copied = { status: 200, code: undefined, source: `${api}API_CopyObject.html` };
const base64 = (algorithm: string, text: string) => createHash(algorithm).update(text).digest("base64");
const eTag = (text: string) => createHash("md5").update(text).digest("hex");
const completion = (...parts: [number, string][]) =>
  `<CompleteMultipartUpload>${parts.map(([number, tag]) => `<Part><PartNumber>${number}</PartNumber><ETag>${tag}</ETag></Part>`).join("")}</CompleteMultipartUpload>`;
const deletion = (...keys: string[]) =>
  `<Delete>${keys.map((key) => `<Object><Key>${key}</Key></Object>`).join("")}</Delete>`;
const located =
  "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>";
const versioning = (status: string) =>
  `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`;
const tagging = "<Tagging><TagSet><Tag><Key>colour</Key><Value>red</Value></Tag></TagSet></Tagging>";

const steps: readonly Step[] = [
  { request: "PUT /orders", body: located },
  { request: "PUT /orders", body: located },
  { request: "HEAD /orders" },
  { request: "HEAD /none" },
  { request: "GET /none" },
  {
    request: "PUT /orders/a",
    body: "first",
    headers: { "x-amz-meta-item": "1", "content-type": "text/plain" },
  },
  { request: "HEAD /orders/a" },
  { request: "GET /orders/a" },
  { request: "GET /orders/a", headers: { range: "bytes=1-2" } },
  { request: "GET /orders/a", headers: { range: "bytes=3-" } },
  { request: "GET /orders/a", headers: { range: "bytes=-2" } },
  { request: "GET /orders/a", headers: { range: "bytes=9-" } },
  { request: "GET /orders/a", headers: { "if-match": '"0"' } },
  { request: "GET /orders/a", headers: { "if-none-match": `"${eTag("first")}"` } },
  { request: "GET /orders/none" },
  { request: "HEAD /orders/none" },
  { request: "PUT /orders/b", body: "second", headers: { "content-md5": base64("md5", "second") } },
  {
    request: "PUT /orders/b",
    body: "second",
    headers: { "content-md5": base64("md5", "other") },
    aws: { status: 400, code: "BadDigest", source: `${api}ErrorResponses.html` },
  },
  {
    request: "PUT /orders/b",
    body: "second",
    headers: { "x-amz-checksum-sha256": base64("sha256", "other") },
    aws: { status: 400, code: "BadDigest", source: `${api}ErrorResponses.html` },
  },
  { request: "PUT /orders/b", body: "third", headers: { "if-none-match": "*" } },
  { request: "PUT /orders/sub/c%20d", body: "" },
  { request: "GET /orders?list-type=2" },
  { request: "GET /orders?list-type=2&prefix=sub/" },
  { request: "GET /orders?list-type=2&delimiter=/" },
  { request: "GET /orders?list-type=2&max-keys=1" },
  { request: "GET /orders?list-type=2&start-after=a" },
  { request: "GET /orders?prefix=a" },
  { request: "PUT /orders/a?tagging", body: tagging, headers: { "content-md5": base64("md5", tagging) } },
  { request: "GET /orders/a?tagging" },
  { request: "HEAD /orders/a" },
  { request: "DELETE /orders/a?tagging" },
  {
    request: "PUT /orders/copy",
    headers: { "x-amz-copy-source": "/orders/a" },
    aws: copied,
  },
  { request: "GET /orders/copy" },
  { request: "PUT /orders/copy", headers: { "x-amz-copy-source": "/orders/none" } },
  { request: "PUT /orders/a", headers: { "x-amz-copy-source": "/orders/a" } },
  {
    request: "PUT /orders/copy",
    headers: { "x-amz-copy-source": "/orders/a", "x-amz-copy-source-if-match": '"0"' },
    aws: { status: 412, code: "PreconditionFailed", source: `${api}API_CopyObject.html` },
  },
  {
    request: "GET /orders/a",
    headers: { "x-amz-expected-bucket-owner": "222222222222" },
    aws: {
      status: 403,
      code: "AccessDenied",
      source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html",
    },
  },
  { request: "POST /orders/parts?uploads" },
  { request: "PUT /orders/parts?partNumber=1&uploadId={uploadId}", body: "one" },
  { request: "PUT /orders/parts?partNumber=2&uploadId={uploadId}", body: "two" },
  {
    request: "PUT /orders/other?partNumber=1&uploadId={uploadId}",
    body: "one",
    aws: { status: 404, code: "NoSuchUpload", source: `${api}API_UploadPart.html` },
  },
  {
    request: "PUT /orders/parts?partNumber=1&uploadId=none",
    body: "one",
    aws: { status: 404, code: "NoSuchUpload", source: `${api}API_UploadPart.html` },
  },
  { request: "PUT /orders/parts?partNumber=10001&uploadId={uploadId}", body: "one" },
  { request: "GET /orders/parts?uploadId={uploadId}" },
  { request: "GET /orders/parts?uploadId={uploadId}&max-parts=1" },
  { request: "GET /orders?uploads" },
  {
    request: "POST /orders/parts?uploadId={uploadId}",
    body: completion([1, eTag("one")], [2, eTag("two")]),
  },
  {
    request: "POST /orders/parts?uploadId={uploadId}",
    body: completion([2, eTag("two")], [1, eTag("one")]),
    aws: { status: 400, code: "InvalidPartOrder", source: `${api}API_CompleteMultipartUpload.html` },
  },
  { request: "POST /orders/parts?uploadId={uploadId}", body: completion([3, eTag("one")]) },
  { request: "POST /orders/parts?uploadId={uploadId}", body: completion([1, eTag("two")]) },
  { request: "POST /orders/parts?uploadId={uploadId}", body: completion() },
  { request: "POST /orders/parts?uploadId={uploadId}", body: completion([1, eTag("one")]) },
  { request: "GET /orders/parts" },
  { request: "POST /orders/aborted?uploads" },
  { request: "DELETE /orders/aborted?uploadId={uploadId}" },
  { request: "DELETE /orders/aborted?uploadId={uploadId}" },
  { request: "DELETE /orders/none" },
  { request: "DELETE /orders" },
  {
    request: "POST /orders?delete",
    body: deletion("a", "b"),
    headers: { "content-md5": base64("md5", deletion("a", "b")) },
  },
  { request: "GET /orders?list-type=2" },
  { request: "GET /orders?versions" },
  { request: "GET /orders?versioning" },
  { request: "DELETE /orders/copy" },
  { request: "DELETE /orders/parts" },
  { request: "DELETE /orders/sub/c%20d" },
  { request: "DELETE /orders" },
  { request: "HEAD /orders" },
];

const attributes = { "x-amz-object-attributes": "ETag,ObjectSize,StorageClass" };

const stepsWithVersions: readonly Step[] = [
  { request: "PUT /kept", body: located },
  { request: "PUT /kept?versioning", body: versioning("Enabled") },
  { request: "GET /kept?versioning" },
  { request: "PUT /kept/a", body: "second" },
  { request: "PUT /kept/a", body: "first" },
  { request: "PUT /kept/b", body: "other" },
  { request: "GET /kept/a" },
  { request: "GET /kept/b?versionId={versionId}" },
  {
    request: "GET /kept/b?versionId=none",
    aws: { status: 400, code: "InvalidArgument", source: recorded },
  },
  { request: "GET /kept?versions" },
  { request: "GET /kept/a?attributes", headers: attributes },
  { request: "GET /kept/none?attributes", headers: attributes },
  {
    request: "PUT /kept/copy",
    headers: { "x-amz-copy-source": "/kept/b?versionId={versionId}" },
    aws: copied,
  },
  { request: "GET /kept/copy" },
  { request: "POST /kept/parts?uploads" },
  {
    request: "PUT /kept/parts?partNumber=1&uploadId={uploadId}",
    headers: { "x-amz-copy-source": "/kept/b" },
    aws: { ...copied, source: `${api}API_UploadPartCopy.html` },
  },
  {
    request: "PUT /kept/parts?partNumber=2&uploadId={uploadId}",
    headers: { "x-amz-copy-source": "/kept/b", "x-amz-copy-source-range": "bytes=1-2" },
    aws: { ...copied, source: `${api}API_UploadPartCopy.html` },
  },
  { request: "GET /kept/parts?uploadId={uploadId}" },
  {
    request: "PUT /kept/parts?partNumber=3&uploadId={uploadId}",
    headers: { "x-amz-copy-source": "/kept/b", "x-amz-copy-source-range": "bytes=1-99" },
    aws: { status: 400, code: "InvalidArgument", source: recorded },
  },
  {
    request: "PUT /kept/parts?partNumber=3&uploadId={uploadId}",
    headers: { "x-amz-copy-source": "/kept/none" },
    aws: { status: 404, code: "NoSuchKey", source: `${api}ErrorResponses.html` },
  },
  { request: "POST /kept/parts?uploadId={uploadId}", body: completion([2, eTag("th")]) },
  { request: "GET /kept/parts" },
  { request: "DELETE /kept/b" },
  { request: "GET /kept/b" },
  { request: "HEAD /kept/b" },
  { request: "GET /kept/b?versionId={versionId}" },
  { request: "GET /kept?versions" },
  { request: "GET /kept?list-type=2" },
  { request: "DELETE /kept" },
  { request: "DELETE /kept/b?versionId={versionId}" },
  { request: "GET /kept/b?versionId={versionId}" },
  { request: "GET /kept?versions" },
  { request: "PUT /kept?versioning", body: versioning("Suspended") },
  { request: "GET /kept?versioning" },
];

const comparedHeaders = [
  "x-amz-delete-marker",
  "etag",
  "content-range",
  "x-amz-meta-item",
  "x-amz-tagging-count",
];
const comparedElements =
  /<(ETag|Key|Size|PartNumber|IsTruncated|KeyCount|Prefix|IsLatest|Value|Status)>([^<]*)</g;

async function send(endpoint: string, { request, headers, body }: Step): Promise<Answer> {
  const fill = (text: string) =>
    text
      .replace("{uploadId}", uploadIds.get(endpoint) ?? "")
      .replace("{versionId}", versionIds.get(endpoint) ?? "");
  const [method = "", target = ""] = fill(request).split(" ");
  const response = await fetch(`${endpoint}${target}`, {
    method,
    // moto finds its service by the name that a request is signed for.
    headers: {
      authorization:
        "AWS4-HMAC-SHA256 Credential=a/20260101/eu-central-1/s3/aws4_request, SignedHeaders=host, Signature=a",
      ...Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, fill(value)])),
    },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  const uploadId = /<UploadId>([^<]+)<\/UploadId>/.exec(text)?.[1];
  if (request.endsWith("?uploads") && uploadId !== undefined) uploadIds.set(endpoint, uploadId);
  const versionId = response.headers.get("x-amz-version-id");
  if (method === "PUT" && body !== undefined && versionId !== null) versionIds.set(endpoint, versionId);
  const code = /<Code>([^<]+)</.exec(text)?.[1];
  const shown = comparedHeaders.map((name) => `${name}: ${response.headers.get(name)}`);
  const elements = [...text.matchAll(comparedElements)].map(([, name, value]) =>
    `${name}: ${value}`.replaceAll(/&(quot|#34);/g, '"'),
  );
  const content = text.startsWith("<") ? elements.filter((each) => !each.endsWith(": ")).sort() : [text];
  return { status: response.status, code, values: response.ok ? [...shown, ...content] : [] };
}

describe("the local S3", () => {
  it.each([
    ["one version of each object", steps],
    ["all versions", stepsWithVersions],
  ])("answers as moto does, and as Amazon S3 where moto does not: %s", async (_, taken) => {
    const differences: unknown[] = [];

    for (const [index, step] of taken.entries()) {
      const [local, other] = [await send(s3.endpoint, step), await send(moto.endpoint, step)];
      const expected =
        step.aws === undefined ? other : { ...step.aws, source: undefined, values: local.values };
      if (JSON.stringify({ ...local }) !== JSON.stringify({ ...expected }))
        differences.push({ index, request: step.request, local, expected });
    }

    expect(differences).toEqual([]);
  });
});
