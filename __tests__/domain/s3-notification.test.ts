import { describe, expect, it } from "vitest";
import { parseS3Notification } from "../../domain/s3-notification.ts";
import { s3Notification } from "../support/function-events.ts";

describe(parseS3Notification, () => {
  it("gives bucket, key and version of a created object", () => {
    const body = s3Notification("intake", "incoming/a/b", { versionId: "v1" });

    expect(parseS3Notification(body)).toEqual([{ bucket: "intake", key: "incoming/a/b", versionId: "v1" }]);
  });

  it("decodes a plus to a blank before it decodes percents", () => {
    const body = JSON.stringify(event({ key: "incoming/a+b/%2B%C3%A4%252F" }));

    expect(parseS3Notification(body)).toEqual([{ bucket: "intake", key: "incoming/a b/+ä%2F" }]);
  });

  it("finds nothing in the test event of S3", () => {
    const body = JSON.stringify({ Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "intake" });

    expect(parseS3Notification(body)).toEqual([]);
  });

  it("leaves out events that created nothing", () => {
    const body = JSON.stringify(event({ key: "incoming/a/b" }, "ObjectRemoved:Delete"));

    expect(parseS3Notification(body)).toEqual([]);
  });

  it.each([
    ["no JSON", "secret", "its body is not JSON"],
    ["no object", "null", "body is invalid_type"],
    ["no records", "{}", "body.Records is invalid_type"],
    ["a record without an object", JSON.stringify(event({})), "body.Records.0.s3.object.key is invalid_type"],
    ["a broken key", JSON.stringify(event({ key: "incoming/%zz" })), "its object key is not form-encoded"],
  ])("throws for %s, without quoting it", (_name, body, message) => {
    const parse = () => parseS3Notification(body);

    expect(parse).toThrow(expect.objectContaining({ name: "NotificationError", code: "NOTIFICATION" }));
    expect(parse).toThrow(`The message is not an S3 event: ${message}`);
  });
});

function event(object: { key?: string }, eventName = "ObjectCreated:Put") {
  return { Records: [{ eventName, s3: { bucket: { name: "intake" }, object } }] };
}
