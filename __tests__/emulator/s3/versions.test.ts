import {
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type LocalS3, startLocalS3 } from "../../support/local-s3.ts";

const Key = "order";
let s3: LocalS3;
let Bucket: string;
let buckets = 0;

beforeAll(async () => {
  s3 = await startLocalS3();
});

afterAll(async () => {
  await s3.stop();
});

beforeEach(async () => {
  Bucket = `orders-${++buckets}`;
  await s3.createBucket(Bucket);
});

const put = (Body: string) => s3.client.send(new PutObjectCommand({ Bucket, Key, Body }));
const get = (VersionId?: string) =>
  s3.client
    .send(new GetObjectCommand({ Bucket, Key, VersionId }))
    .then(({ Body }) => Body?.transformToString())
    .catch((error: Error) => error.name);
const remove = (VersionId?: string) => s3.client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
const versions = () => s3.client.send(new ListObjectVersionsCommand({ Bucket }));

describe("a bucket that never kept versions", () => {
  it("has each object as its version null, which its writer is not told", async () => {
    const { VersionId } = await put("1");

    expect(VersionId).toBeUndefined();
    expect((await versions()).Versions).toMatchObject([{ Key, VersionId: "null", IsLatest: true }]);
    expect(await get("null")).toBe("1");
    expect((await s3.client.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBeUndefined();
  });

  it("has nothing left of what was deleted", async () => {
    await put("1");

    const { DeleteMarker, VersionId } = await remove("null");

    expect([DeleteMarker, VersionId]).toEqual([undefined, undefined]);
    expect((await versions()).Versions).toBeUndefined();
    await s3.client.send(new DeleteBucketCommand({ Bucket }));
  });
});

describe("a bucket that keeps versions", () => {
  beforeEach(async () => {
    await put("0");
    await s3.setVersioning(Bucket, "Enabled");
  });

  it("gives each by its id, of 32 characters, and the last one without", async () => {
    const first = await put("1");
    const second = await put("2");

    expect(first.VersionId).toMatch(/^[\w.]{32}$/);
    expect(await get(first.VersionId)).toBe("1");
    expect(await get(second.VersionId)).toBe("2");
    expect(await get("null")).toBe("0");
    expect(await get()).toBe("2");
    const listed = (await versions()).Versions?.map(({ VersionId, IsLatest }) => [VersionId, IsLatest]);
    expect(listed).toEqual([
      [second.VersionId, true],
      [first.VersionId, false],
      ["null", false],
    ]);
  });

  it("hides a deleted object behind a marker, and shows it again without that", async () => {
    const { DeleteMarker, VersionId } = await remove();

    expect(DeleteMarker).toBe(true);
    expect(await get()).toBe("NoSuchKey");
    expect(await get("null")).toBe("0");
    expect((await s3.client.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
    expect((await versions()).DeleteMarkers).toMatchObject([{ Key, VersionId, IsLatest: true }]);
    expect(await remove(VersionId)).toMatchObject({ DeleteMarker: true, VersionId });
    expect(await get()).toBe("0");
  });

  it("says that a marker is one: 404 of the object, 405 of the marker itself", async () => {
    const { VersionId = "" } = await remove();
    const read = (query: string) => fetch(`${s3.endpoint}/${Bucket}/${Key}${query}`);

    const [byKey, byVersion] = [await read(""), await read(`?versionId=${VersionId}`)];

    expect([byKey.status, byVersion.status]).toEqual([404, 405]);
    for (const { headers } of [byKey, byVersion]) {
      expect(headers.get("x-amz-delete-marker")).toBe("true");
      expect(headers.get("x-amz-version-id")).toBe(VersionId);
    }
    expect(byVersion.headers.get("allow")).toBe("DELETE");
    expect(await byVersion.text()).toContain("<Code>MethodNotAllowed</Code>");
  });

  it("deletes one version for good, and a second time without an error", async () => {
    const { VersionId } = await put("1");

    await remove(VersionId);

    expect(await get(VersionId)).toBe("NoSuchVersion");
    expect(await get()).toBe("0");
    expect((await remove(VersionId)).$metadata.httpStatusCode).toBe(204);
  });

  it("is not deleted while a version is left", async () => {
    await remove();

    await expect(s3.client.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({
      name: "BucketNotEmpty",
      message: "The bucket you tried to delete is not empty. You must delete all versions in the bucket.",
    });
  });

  // Recorded: delete-with-bad-version and get-deleted-object-with-version of LocalStack's test_s3_api.snapshot.json.
  it.each(["17", "HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD"])(
    "refuses %s, which is no id that it gave",
    async (id) => {
      expect(await get(id)).toBe("InvalidArgument");
      await expect(remove(id)).rejects.toMatchObject({ name: "InvalidArgument" });
    },
  );

  it("deletes many in one request, each by its version or by a marker", async () => {
    const { VersionId } = await put("1");

    const answer = await s3.client.send(
      new DeleteObjectsCommand({
        Bucket,
        Delete: { Objects: [{ Key, VersionId }, { Key: "other & <key>" }, { Key, VersionId: "17" }] },
      }),
    );

    expect(answer.Deleted).toMatchObject([
      { Key, VersionId },
      { Key: "other & <key>", DeleteMarker: true, DeleteMarkerVersionId: expect.any(String) },
    ]);
    expect(answer.Errors).toMatchObject([{ Key, VersionId: "17", Code: "NoSuchVersion" }]);
    expect(await get()).toBe("0");
  });
});

describe("a bucket that keeps versions no more", () => {
  it("keeps those that it has, and replaces the version null", async () => {
    await s3.setVersioning(Bucket, "Enabled");
    const kept = await put("kept");
    await s3.setVersioning(Bucket, "Suspended");

    expect((await put("1")).VersionId).toBeUndefined();
    await put("2");

    const head = await s3.client.send(new HeadObjectCommand({ Bucket, Key }));
    expect(head.VersionId).toBe("null");
    expect((await versions()).Versions?.map(({ VersionId }) => VersionId)).toEqual(["null", kept.VersionId]);
    expect(await get(kept.VersionId)).toBe("kept");
  });

  it("has a marker null for what is deleted, in place of the version null", async () => {
    await put("0");
    await s3.setVersioning(Bucket, "Suspended");

    expect(await remove()).toMatchObject({ DeleteMarker: true, VersionId: "null" });

    const { Versions, DeleteMarkers } = await versions();
    expect(Versions).toBeUndefined();
    expect(DeleteMarkers).toMatchObject([{ VersionId: "null" }]);
  });
});

// Recorded: test_bucket_versioning_crud of LocalStack's test_s3_api.snapshot.json.
it.each([
  ["<Status>enabled</Status>", "MalformedXML"],
  ["<Status>Disabled</Status>", "MalformedXML"],
  ["", "IllegalVersioningConfigurationException"],
])("versioning is not set by %j", async (status, code) => {
  const body = `<VersioningConfiguration>${status}</VersioningConfiguration>`;

  const answer = await fetch(`${s3.endpoint}/${Bucket}?versioning`, { method: "PUT", body });

  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain(`<Code>${code}</Code>`);
});

describe("events", () => {
  it("tell of what is created and removed, with the version where there are versions", async () => {
    s3.events.length = 0;
    await put("four");
    await s3.setVersioning(Bucket, "Enabled");
    const { VersionId } = await put("four");
    const marker = await remove();
    await remove(VersionId);
    await remove(VersionId);

    const origin = { bucket: Bucket, key: Key, sourceIp: "127.0.0.1" };
    const content = { sizeBytes: 4, eTag: "8cbad96aced40b3838dd9f07f6ef5772" };
    expect(s3.events).toEqual([
      { ...origin, ...content, name: "ObjectCreated:Put", versionId: undefined },
      { ...origin, ...content, name: "ObjectCreated:Put", versionId: VersionId },
      { ...origin, name: "ObjectRemoved:DeleteMarkerCreated", versionId: marker.VersionId },
      { ...origin, name: "ObjectRemoved:Delete", versionId: VersionId },
    ]);
  });
});
