import { findBucket } from "../find-version.ts";
import { uploadsOf } from "../multipart-uploads.ts";
import { ownerOf } from "../owner.ts";
import { bucketNotEmpty, S3Error } from "../s3-error.ts";
import { type Operation, readDocument, type S3Context, type S3Request } from "../s3-request.ts";
import { formatXml, malformedXml, parseXml, textOf } from "../xml.ts";

const usEast1 = "us-east-1";

export const bucketOperations: readonly Operation[] = [
  {
    name: "ListBuckets",
    method: "GET",
    on: "service",
    run: (_, { store, accountId }) => ({
      status: 200,
      body: formatXml("ListAllMyBucketsResult", {
        Owner: ownerOf(accountId),
        Buckets: {
          Bucket: store
            .buckets()
            .map(({ name, createdAt }) => ({ Name: name, CreationDate: createdAt.toISOString() })),
        },
      }),
    }),
  },
  { name: "CreateBucket", method: "PUT", on: "bucket", run: createBucket },
  {
    name: "HeadBucket",
    method: "HEAD",
    on: "bucket",
    run(request, context) {
      findBucket(request, context);
      return {
        status: 200,
        headers: { "x-amz-bucket-region": context.region, "x-amz-access-point-alias": "false" },
      };
    },
  },
  { name: "DeleteBucket", method: "DELETE", on: "bucket", run: deleteBucket },
  {
    name: "GetBucketLocation",
    method: "GET",
    on: "bucket",
    subresource: "location",
    run(request, context) {
      findBucket(request, context);
      return {
        status: 200,
        body: formatXml("LocationConstraint", context.region === usEast1 ? "" : context.region),
      };
    },
  },
  {
    name: "GetBucketVersioning",
    method: "GET",
    on: "bucket",
    subresource: "versioning",
    run: (request, context) => ({
      status: 200,
      body: formatXml("VersioningConfiguration", { Status: findBucket(request, context).versioning }),
    }),
  },
  { name: "PutBucketVersioning", method: "PUT", on: "bucket", subresource: "versioning", run: putVersioning },
];

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const bucketName = /^(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

async function createBucket(request: S3Request, { store, region }: S3Context) {
  const name = request.bucket;
  if (!bucketName.test(name)) {
    throw new S3Error(400, "InvalidBucketName", "The specified bucket is not valid.", { BucketName: name });
  }
  const document = await readDocument(request.body);
  const location =
    document.length === 0
      ? undefined
      : textOf(parseXml(document, "CreateBucketConfiguration"), "LocationConstraint");
  if ((location ?? usEast1) !== region) {
    throw new S3Error(
      400,
      "IllegalLocationConstraintException",
      `The ${location ?? "unspecified"} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    );
  }
  if (store.bucketOf(name) === undefined) store.createBucket(name);
  // Of a bucket that is there already, us-east-1 alone answers that all is well.
  else if (region !== usEast1) {
    throw new S3Error(
      409,
      "BucketAlreadyOwnedByYou",
      "Your previous request to create the named bucket succeeded and you already own it.",
      { BucketName: name },
    );
  }
  return { status: 200, headers: { location: `/${name}` } };
}

async function deleteBucket(request: S3Request, context: S3Context) {
  const bucket = findBucket(request, context);
  if (bucket.keys.size > 0) throw bucketNotEmpty(bucket.name, bucket.versioning !== undefined);
  context.store.deleteBucket(bucket.name);
  // What was begun to be uploaded does not keep a bucket, and goes with it.
  for (const { parts } of uploadsOf(bucket).values()) await context.store.discard([...parts.values()]);
  return { status: 204 };
}

async function putVersioning(request: S3Request, context: S3Context) {
  const configuration = parseXml(await readDocument(request.body), "VersioningConfiguration");
  const status = textOf(configuration, "Status");
  if (status === undefined) {
    const message = "The Versioning element must be specified";
    throw new S3Error(400, "IllegalVersioningConfigurationException", message);
  }
  if (status !== "Enabled" && status !== "Suspended") throw malformedXml();
  findBucket(request, context).versioning = status;
  return { status: 200 };
}
