import * as z from "zod/mini";

/** A created object from an S3 event. */
export interface CreatedObject {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

/** The body of a message is not one of S3. The message goes to the dead-letter queue, which has an alarm. */
export class NotificationError extends Error {
  override readonly name = "NotificationError";
  readonly code = "NOTIFICATION";
}

const testEventSchema = z.object({ Event: z.literal("s3:TestEvent") });

const recordSchema = z.object({
  eventName: z.string(),
  s3: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({ key: z.string(), versionId: z.optional(z.string()) }),
  }),
});

const notificationSchema = z.object({ Records: z.array(recordSchema).check(z.maxLength(100)) });

/**
 * The created objects of a notification: none for the test event that S3 sends when it is configured.
 * @throws {NotificationError}
 */
export function parseS3Notification(body: string): CreatedObject[] {
  const value = parseBody(body);
  if (testEventSchema.safeParse(value).success) return [];
  const notification = notificationSchema.safeParse(value);
  if (!notification.success) {
    const { path, code } = notification.error.issues[0] ?? { path: [], code: "unknown" };
    throw new NotificationError(`The message is not an S3 event: ${["body", ...path].join(".")} is ${code}`);
  }
  return notification.data.Records.filter(({ eventName }) => eventName.startsWith("ObjectCreated:")).map(
    ({ s3 }) => ({
      bucket: s3.bucket.name,
      key: decodeKey(s3.object.key),
      ...(s3.object.versionId && { versionId: s3.object.versionId }),
    }),
  );
}

/**
 * Whether it is the event that S3 sends once when a notification is configured.
 * @throws {NotificationError} if it is not JSON
 */
export function isTestEvent(body: string): boolean {
  return testEventSchema.safeParse(parseBody(body)).success;
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new NotificationError("The message is not an S3 event: its body is not JSON");
  }
}

/** Keys in S3 events are form-encoded: a plus is a space, and `%2B` a plus. */
function decodeKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll("+", " "));
  } catch {
    throw new NotificationError("The message is not an S3 event: its object key is not form-encoded");
  }
}

/** A message that makes the queue function process an object again: the part of an S3 event that it reads. */
export function createdEvent(bucket: string, key: string): string {
  const encoded = key.split("/").map(encodeURIComponent).join("/");
  return JSON.stringify({
    Records: [
      {
        eventVersion: "2.1",
        eventSource: "aws:s3",
        eventName: "ObjectCreated:Put",
        s3: { bucket: { name: bucket }, object: { key: encoded } },
      },
    ],
  });
}
