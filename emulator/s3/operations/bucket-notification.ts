import { findBucket } from "../find-version.ts";
import type { Bucket } from "../object-version.ts";
import { type Operation, readDocument } from "../s3-request.ts";
import { formatXml, parseXml } from "../xml.ts";

/** As they were put: what tells of objects is configured by whoever started this server. */
const configurations = new WeakMap<Bucket, string>();

const root = "NotificationConfiguration";
const ofBucket = { on: "bucket", subresource: "notification" } as const;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketNotificationConfiguration.html */
export const bucketNotificationOperations: readonly Operation[] = [
  {
    ...ofBucket,
    name: "PutBucketNotificationConfiguration",
    method: "PUT",
    async run(request, context) {
      const document = await readDocument(request.body);
      parseXml(document, root);
      configurations.set(findBucket(request, context), document.toString());
      return { status: 200 };
    },
  },
  {
    ...ofBucket,
    name: "GetBucketNotificationConfiguration",
    method: "GET",
    run: (request, context) => ({
      status: 200,
      body: configurations.get(findBucket(request, context)) ?? formatXml(root, ""),
    }),
  },
];
