import {
  CopyObjectCommand,
  type CopyObjectCommandInput,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalS3, startLocalS3 } from "../../support/local-s3.ts";

const Bucket = "orders";
let s3: LocalS3;
let first: { ETag?: string | undefined; VersionId?: string | undefined };

beforeAll(async () => {
  s3 = await startLocalS3();
  await s3.createBucket(Bucket, "Enabled");
  const put = (Body: string) =>
    s3.client.send(
      new PutObjectCommand({
        Bucket,
        Key: "a+b c",
        Body,
        ContentType: "text/plain",
        Metadata: { size: "s" },
      }),
    );
  first = await put("first");
  await put("second");
});

afterAll(async () => {
  await s3.stop();
});

const copy = (input: Partial<CopyObjectCommandInput> = {}) =>
  s3.client.send(new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/a%2Bb%20c`, ...input }));
const read = () => s3.client.send(new GetObjectCommand({ Bucket, Key: "copy" }));

describe("a copy", () => {
  it("has the bytes and the description of the version that is named, and tells of both versions", async () => {
    const { VersionId } = first;

    const copied = await copy({ CopySource: `${Bucket}/a%2Bb%20c?versionId=${VersionId}` });

    expect(copied).toMatchObject({ CopySourceVersionId: VersionId, CopyObjectResult: { ETag: first.ETag } });
    const { Body, ...object } = await read();
    expect(await Body?.transformToString()).toBe("first");
    expect(object).toMatchObject({
      VersionId: copied.VersionId,
      ContentType: "text/plain",
      Metadata: { size: "s" },
    });
    expect(s3.events.at(-1)).toMatchObject({
      name: "ObjectCreated:Copy",
      key: "copy",
      sizeBytes: 5,
      eTag: first.ETag?.replaceAll('"', ""),
      versionId: copied.VersionId,
    });
  });

  it("is described anew where the request replaces the metadata", async () => {
    await copy({ MetadataDirective: "REPLACE", Metadata: { item: "1" } });

    expect(await read()).toMatchObject({ ContentType: "binary/octet-stream", Metadata: { item: "1" } });
  });

  it.each<[string, () => Partial<CopyObjectCommandInput>]>([
    ["the tag is another", () => ({ CopySourceIfMatch: '"0"' })],
    ["the object was modified since", () => ({ CopySourceIfUnmodifiedSince: new Date("2020-01-01") })],
    // A moment after the object was written, which a table of values would not be.
    ["the object was not modified since", () => ({ CopySourceIfModifiedSince: new Date() })],
    ["there is an object already", () => ({ IfNoneMatch: "*" })],
  ])("is not made where %s and the request minds that", async (_, conditions) => {
    await copy();

    await expect(copy(conditions())).rejects.toMatchObject({ name: "PreconditionFailed" });
  });

  it("is not made of nothing, of a delete marker, or of an object to itself without a change", async () => {
    const errorOf = (promise: Promise<unknown>) => promise.then(String, ({ name }) => name);
    await s3.client.send(new PutObjectCommand({ Bucket, Key: "gone", Body: "" }));
    const { VersionId } = await s3.client.send(new DeleteObjectCommand({ Bucket, Key: "gone" }));

    expect(await errorOf(copy({ CopySource: `${Bucket}/none` }))).toBe("NoSuchKey");
    expect(await errorOf(copy({ CopySource: "none/none" }))).toBe("NoSuchBucket");
    expect(await errorOf(copy({ CopySource: `${Bucket}/gone` }))).toBe("NoSuchKey");
    expect(await errorOf(copy({ CopySource: `${Bucket}/gone?versionId=${VersionId}` }))).toBe(
      "InvalidRequest",
    );
    expect(await errorOf(copy({ CopySource: Bucket }))).toBe("InvalidArgument");
    expect(await errorOf(copy({ CopySource: `${Bucket}/copy` }))).toBe("InvalidRequest");
  });

  it("is made of an empty object too", async () => {
    await s3.client.send(new PutObjectCommand({ Bucket, Key: "empty", Body: "" }));

    await copy({ CopySource: `${Bucket}/empty` });

    expect((await read()).ContentLength).toBe(0);
  });
});
