import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  PutObjectCommand,
  UploadPartCommand,
  type UploadPartCommandInput,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type LocalS3, startLocalS3 } from "../../support/local-s3.ts";

const Key = "order";
const large = Buffer.alloc(5 * 1024 ** 2, "a");
const small = Buffer.from("the rest");
let s3: LocalS3;
let Bucket: string;
let buckets = 0;
let time = new Date("2026-01-01T00:00:00Z");

beforeAll(async () => {
  s3 = await startLocalS3(() => time);
});

afterAll(async () => {
  await s3.stop();
});

beforeEach(async () => {
  Bucket = `orders-${++buckets}`;
  await s3.createBucket(Bucket);
});

const begin = async (input: Partial<CreateMultipartUploadCommandInput> = { ChecksumAlgorithm: "CRC32" }) =>
  (await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...input }))).UploadId;

async function upload(
  UploadId: string | undefined,
  PartNumber: number,
  Body: Buffer,
  input: Partial<UploadPartCommandInput> = {},
): Promise<CompletedPart> {
  const { $metadata, ...part } = await s3.client.send(
    new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ...input }),
  );
  const { ETag, ChecksumCRC32, ChecksumSHA256 } = part;
  return { PartNumber, ETag, ChecksumCRC32, ChecksumSHA256 };
}

const complete = (UploadId: string | undefined, Parts: CompletedPart[], input: object = {}) =>
  s3.client.send(
    new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...input }),
  );

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest();
const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest();

describe("a multipart upload", () => {
  it("becomes one object of the bytes of its parts, with what was said at its beginning, of that time", async () => {
    const UploadId = await begin({ ChecksumAlgorithm: "SHA256", ContentType: "text/plain" });
    const begun = time;
    time = new Date(time.getTime() + 60_000);
    const options = { ChecksumAlgorithm: "SHA256" } as const;
    const parts = [await upload(UploadId, 1, large, options), await upload(UploadId, 2, small, options)];

    const completed = await complete(UploadId, parts);

    const ETag = `"${md5(Buffer.concat([md5(large), md5(small)])).toString("hex")}-2"`;
    const composite = sha256(Buffer.concat([sha256(large), sha256(small)]));
    const ChecksumSHA256 = `${composite.toString("base64")}-2`;
    expect(completed).toMatchObject({ Bucket, Key, ETag, ChecksumSHA256, ChecksumType: "COMPOSITE" });
    const read = await s3.client.send(new GetObjectCommand({ Bucket, Key }));
    expect(read).toMatchObject({ ETag, ContentType: "text/plain", LastModified: begun });
    // To compare megabytes one by one takes vitest a quarter of a minute.
    const bytes = Buffer.from((await read.Body?.transformToByteArray()) ?? []);
    expect(bytes.equals(Buffer.concat([large, small]))).toBe(true);
  });

  it("may leave out numbers of parts, but not where each part has a checksum", async () => {
    const numbers = [2, 7];
    const completeGaps = async (input: Partial<CreateMultipartUploadCommandInput>) => {
      const UploadId = await begin(input);
      const parts: CompletedPart[] = [];
      for (const number of numbers) parts.push(await upload(UploadId, number, number === 2 ? large : small));
      return complete(
        UploadId,
        input.ChecksumAlgorithm ? parts : parts.map(({ ETag, PartNumber }) => ({ ETag, PartNumber })),
      );
    };

    expect((await completeGaps({})).ETag).toMatch(/-2"$/);
    await expect(completeGaps({ ChecksumAlgorithm: "CRC32" })).rejects.toMatchObject({
      name: "InvalidPartOrder",
    });
  });

  it("has a checksum of the whole object where none was asked for", async () => {
    const UploadId = await begin({});
    const body = { method: "PUT", body: "123456789" };
    const response = await fetch(`${s3.endpoint}/${Bucket}/${Key}?partNumber=1&uploadId=${UploadId}`, body);

    const completed = await complete(UploadId, [{ PartNumber: 1, ETag: response.headers.get("etag") ?? "" }]);

    // The check value of "123456789" in the catalogue of parametrised CRC algorithms.
    expect(completed).toMatchObject({ ChecksumCRC64NVME: "rosUhgp5mIg=", ChecksumType: "FULL_OBJECT" });
  });

  it("takes no part of another checksum, under another key, or of a number that is none", async () => {
    const UploadId = await begin({ ChecksumAlgorithm: "SHA256" });
    const errorOf = (promise: Promise<unknown>) => promise.then(String, ({ name }) => name);

    expect(await errorOf(upload(UploadId, 1, small))).toBe("InvalidRequest");
    expect(await errorOf(upload(UploadId, 1, small, { Key: "other" }))).toBe("NoSuchUpload");
    expect(await errorOf(upload("none", 1, small))).toBe("NoSuchUpload");
    expect(await errorOf(upload(UploadId, 0, small))).toBe("InvalidArgument");
    expect(await errorOf(upload(UploadId, 10_001, small))).toBe("InvalidArgument");
    const wrong = { ContentMD5: md5(large).toString("base64"), ChecksumCRC32: "AAAAAA==" };
    expect(await errorOf(upload(await begin(), 1, small, wrong))).toBe("BadDigest");
  });

  it.each([
    [
      "parts that are not in order",
      "InvalidPartOrder",
      ([first, second]: CompletedPart[]) => [second, first],
    ],
    [
      "a part that is not there",
      "InvalidPart",
      (parts: CompletedPart[]) => [...parts, { ...parts[0], PartNumber: 3 }],
    ],
    ["another tag", "InvalidPart", ([first]: CompletedPart[]) => [{ ...first, ETag: '"0"' }]],
    [
      "another checksum",
      "InvalidPart",
      ([first]: CompletedPart[]) => [{ ...first, ChecksumCRC32: "AAAAAA==" }],
    ],
    [
      "no checksums",
      "InvalidRequest",
      ([first]: CompletedPart[]) => [{ ...first, ChecksumCRC32: undefined }],
    ],
    ["a small part before the last", "EntityTooSmall", (parts: CompletedPart[]) => parts],
    ["no part", "MalformedXML", () => []],
  ])("is not completed with %s, and stays as it was", async (_, name, change) => {
    const UploadId = await begin();
    const parts = [await upload(UploadId, 1, small), await upload(UploadId, 2, small)];

    await expect(complete(UploadId, change(parts) as CompletedPart[])).rejects.toMatchObject({ name });

    await expect(s3.client.send(new HeadObjectCommand({ Bucket, Key }))).rejects.toThrow();
    const listed = await s3.client.send(new ListPartsCommand({ Bucket, Key, UploadId }));
    expect(listed.Parts?.map(({ PartNumber }) => PartNumber)).toEqual([1, 2]);
  });

  it("is completed once, and not over an object where its sender says so", async () => {
    const [first, second] = [await begin(), await begin()];
    const parts = [await upload(first, 1, small)];
    const others = [await upload(second, 1, small)];

    await complete(first, parts, { IfNoneMatch: "*" });

    await expect(complete(first, parts)).rejects.toMatchObject({ name: "NoSuchUpload" });
    await expect(complete(second, others, { IfNoneMatch: "*" })).rejects.toMatchObject({
      name: "PreconditionFailed",
    });
    await complete(second, others);
    expect(s3.events.filter(({ bucket }) => bucket === Bucket).map(({ name }) => name)).toEqual([
      "ObjectCreated:CompleteMultipartUpload",
      "ObjectCreated:CompleteMultipartUpload",
    ]);
  });

  it("is not completed under a condition if its key was written or deleted since its beginning", async () => {
    const put = () => s3.client.send(new PutObjectCommand({ Bucket, Key, Body: "as before" }));
    const conflict = { name: "ConditionalRequestConflict", $metadata: { httpStatusCode: 409 } };
    const IfMatch = (await put()).ETag;
    const UploadId = await begin();
    const parts = [await upload(UploadId, 1, small)];

    await put();
    await expect(complete(UploadId, parts, { IfMatch })).rejects.toMatchObject(conflict);
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key }));
    await expect(complete(UploadId, parts, { IfMatch })).rejects.toMatchObject({ name: "NoSuchKey" });
    await expect(complete(UploadId, parts, { IfNoneMatch: "*" })).rejects.toMatchObject(conflict);

    const again = await begin();
    await complete(again, [await upload(again, 1, small)], { IfNoneMatch: "*" });
  });

  it("leaves no bytes of what was replaced, left out or aborted", async () => {
    const before = await readdir(s3.directory);
    const UploadId = await begin();
    await upload(UploadId, 1, Buffer.from("replaced"));
    const part = await upload(UploadId, 1, small);
    await upload(UploadId, 2, small);
    const aborted = await begin();
    await upload(aborted, 1, small);

    await complete(UploadId, [part]);
    await s3.client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId: aborted }));

    const left = (await readdir(s3.directory)).filter((name) => !before.includes(name));
    expect(left).toHaveLength(1);
  });

  it("does not keep its bucket, and leaves no bytes when that is deleted", async () => {
    const before = await readdir(s3.directory);
    await upload(await begin(), 1, small);

    await s3.client.send(new DeleteBucketCommand({ Bucket }));

    expect(await readdir(s3.directory)).toEqual(before);
  });

  it("lists its parts, and a bucket its uploads, page by page", async () => {
    const ids = [await begin(), await begin({ Key: "other" })];
    for (const number of [3, 1, 2]) await upload(ids[0], number, small);

    const page = await s3.client.send(new ListPartsCommand({ Bucket, Key, UploadId: ids[0], MaxParts: 2 }));
    const PartNumberMarker = page.NextPartNumberMarker;
    const rest = await s3.client.send(
      new ListPartsCommand({ Bucket, Key, UploadId: ids[0], PartNumberMarker }),
    );
    const uploads = await s3.client.send(new ListMultipartUploadsCommand({ Bucket, MaxUploads: 1 }));
    const next = await s3.client.send(
      new ListMultipartUploadsCommand({
        Bucket,
        KeyMarker: uploads.NextKeyMarker,
        UploadIdMarker: uploads.NextUploadIdMarker,
      }),
    );

    expect(next).toMatchObject({ IsTruncated: false, NextKeyMarker: "other", NextUploadIdMarker: ids[1] });
    expect(
      [page, rest].map(({ Parts, IsTruncated }) => [Parts?.map((p) => p.PartNumber), IsTruncated]),
    ).toEqual([
      [[1, 2], true],
      [[3], false],
    ]);
    expect([uploads, next].map(({ Uploads }) => Uploads?.map((each) => each.UploadId))).toEqual(
      [[ids[1]], [ids[0]]].toReversed(),
    );
  });

  it("takes a range of another object for a part", async () => {
    await s3.client.send(new PutObjectCommand({ Bucket, Key: "source", Body: "0123456789" }));
    const UploadId = await begin({});
    const copy = (CopySourceRange: string) =>
      s3.client.send(
        new UploadPartCopyCommand({
          ...{ Bucket, Key, UploadId, PartNumber: 1, CopySource: `${Bucket}/source` },
          CopySourceRange,
        }),
      );

    await expect(copy("bytes=5-10")).rejects.toMatchObject({ name: "InvalidArgument" });
    await expect(copy("bytes=10-20")).rejects.toMatchObject({ name: "InvalidRequest" });
    const { CopyPartResult } = await copy("bytes=2-4");

    await complete(UploadId, [{ PartNumber: 1, ETag: CopyPartResult?.ETag }]);
    const { Body } = await s3.client.send(new GetObjectCommand({ Bucket, Key }));
    expect(await Body?.transformToString()).toBe("234");
  });
});
