import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  type CompleteMultipartUploadCommandInput,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectAttributesCommand,
  type GetObjectAttributesCommandInput,
  GetObjectCommand,
  ListPartsCommand,
  UploadPartCommand,
  type UploadPartCommandInput,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalS3, startLocalS3 } from "../../support/local-s3.ts";

/*
 * What Amazon S3 answered is recorded, under TestS3MultipartUploadChecksum, in
 * https://github.com/localemu/localemu/blob/3098669259493a3ca6274a4d2a4c2aa805957071/tests/aws/services/s3/test_s3.snapshot.json
 */

const Bucket = "orders";
const Key = "order";
/** That of the recordings. */
const large = Buffer.alloc(5 * 1024 ** 2 + 1, "a");
const last = Buffer.alloc(10, "a");
let s3: LocalS3;

beforeAll(async () => {
  s3 = await startLocalS3();
  await s3.createBucket(Bucket);
});

afterAll(async () => {
  await s3.stop();
});

const begin = async (input: Partial<CreateMultipartUploadCommandInput> = {}) =>
  (await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...input }))).UploadId;

const upload = (UploadId: string | undefined, input: Partial<UploadPartCommandInput> = {}) =>
  s3.client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: "abc", ...input }));

const complete = (
  UploadId: string | undefined,
  Parts: CompletedPart[],
  input: Partial<CompleteMultipartUploadCommandInput> = {},
) =>
  s3.client.send(
    new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...input }),
  );

const attributesOf = (input: Partial<GetObjectAttributesCommandInput> = {}) =>
  s3.client.send(
    new GetObjectAttributesCommand({
      ...{ Bucket, Key, ObjectAttributes: ["Checksum", "ObjectParts"] },
      ...input,
    }),
  );

async function uploadThree(input: Partial<CreateMultipartUploadCommandInput>) {
  const { ChecksumAlgorithm } = input;
  const UploadId = await begin(input);
  const parts: CompletedPart[] = [];
  for (const [index, Body] of [large, large, last].entries()) {
    const PartNumber = index + 1;
    const { $metadata, ServerSideEncryption, ...part } = await upload(UploadId, {
      ...{ PartNumber, Body, ChecksumAlgorithm },
    });
    parts.push({ PartNumber, ...part });
  }
  return { UploadId, parts };
}

describe("the checksum of an object that was uploaded in parts", () => {
  it.each([
    ["CRC32", "5FRUiw==", "TBHN8A==", "qSEQSA=="],
    ["CRC32C", "XF5+4A==", "5yZkMA==", "eTdAQA=="],
    ["SHA1", "AyE60nyQoBgJcwsyPHWu7aJuxBs=", "NJX/adNGcdHhWzOmPBN5/e3Toyo=", "eIC+AqBqApUmeqCBQ+9n8OVTP+8="],
  ] as const)(
    "is made of those of its parts, each of which is told: %s",
    async (algorithm, composite, ofLast, ofCopy) => {
      const name = `Checksum${algorithm}` as const;
      const { UploadId, parts } = await uploadThree({ ChecksumAlgorithm: algorithm });

      const completed = await complete(UploadId, parts, { [name]: composite, ChecksumType: "COMPOSITE" });

      expect(completed).toMatchObject({ [name]: `${composite}-3`, ChecksumType: "COMPOSITE" });
      const { Checksum, ObjectParts } = await attributesOf();
      expect(Checksum).toEqual({ [name]: composite, ChecksumType: "COMPOSITE" });
      expect(ObjectParts).toEqual({
        TotalPartsCount: 3,
        PartNumberMarker: "0",
        NextPartNumberMarker: "3",
        MaxParts: 1000,
        IsTruncated: false,
        Parts: parts.map((part, index) => ({
          [name]: part[name],
          PartNumber: index + 1,
          Size: index === 2 ? last.length : large.length,
        })),
      });
      const part = new GetObjectCommand({ Bucket, Key, PartNumber: 3, ChecksumMode: "ENABLED" });
      const read = await s3.client.send(part);
      expect(read).toMatchObject({ [name]: ofLast, ChecksumType: "COMPOSITE", PartsCount: 3 });
      expect(await read.Body?.transformToString()).toBe("aaaaaaaaaa");
      const copy = new CopyObjectCommand({ Bucket, Key: "copy", CopySource: `${Bucket}/${Key}` });
      expect((await s3.client.send(copy)).CopyObjectResult).toMatchObject({
        [name]: ofCopy,
        ChecksumType: "FULL_OBJECT",
      });
    },
  );

  it.each([
    ["CRC32", "qSEQSA=="],
    ["CRC32C", "eTdAQA=="],
    ["CRC64NVME", "ZMNX55lZurA="],
  ] as const)(
    "is that of all bytes where that was asked for, and no part has one: %s",
    async (algorithm, value) => {
      const name = `Checksum${algorithm}` as const;
      const ChecksumType = "FULL_OBJECT";
      const { UploadId, parts } = await uploadThree({ ChecksumAlgorithm: algorithm, ChecksumType });
      const named = parts.map(({ ETag, PartNumber }) => ({ ETag, PartNumber }));

      const completed = await complete(UploadId, named, { [name]: value, ChecksumType });

      expect(completed).toMatchObject({ [name]: value, ChecksumType });
      const { Checksum, ObjectParts } = await attributesOf();
      expect(Checksum).toEqual({ [name]: value, ChecksumType });
      expect(ObjectParts).toEqual({ TotalPartsCount: 3 });
      const part = new GetObjectCommand({ Bucket, Key, PartNumber: 3, ChecksumMode: "ENABLED" });
      const read = await s3.client.send(part);
      expect(read[name]).toBeUndefined();
      await read.Body?.transformToString();
    },
  );

  it("is told part by part, page by page", async () => {
    const { UploadId, parts } = await uploadThree({ ChecksumAlgorithm: "CRC32" });
    await complete(UploadId, parts);

    const page = (await attributesOf({ MaxParts: 2 })).ObjectParts;
    const rest = (await attributesOf({ PartNumberMarker: page?.NextPartNumberMarker })).ObjectParts;

    expect(
      [page, rest].map((each) => [each?.Parts?.map((part) => part.PartNumber), each?.IsTruncated]),
    ).toEqual([
      [[1, 2], true],
      [[3], false],
    ]);
    await expect(attributesOf({ PartNumberMarker: "x" })).rejects.toMatchObject({ name: "InvalidArgument" });
  });
});

describe("an upload that was begun without an algorithm", () => {
  it("takes parts with any checksum, and is completed without them", async () => {
    const UploadId = await begin();
    const { ETag, ChecksumCRC32C } = await upload(UploadId, { ChecksumAlgorithm: "CRC32C", Body: "aaa" });
    const part = { PartNumber: 1, ETag };

    const listed = await s3.client.send(new ListPartsCommand({ Bucket, Key, UploadId }));

    expect(ChecksumCRC32C).toBe("45fn2Q==");
    expect(listed.Parts?.[0]).not.toHaveProperty("ChecksumCRC32C");
    await expect(complete(UploadId, [{ ...part, ChecksumCRC32C }])).rejects.toMatchObject({
      name: "InvalidPart",
    });
    for (const ChecksumType of ["FULL_OBJECT", "COMPOSITE"] as const) {
      await expect(complete(UploadId, [part], { ChecksumType })).rejects.toMatchObject({
        name: "InvalidRequest",
        message: expect.stringContaining("using the null checksum mode"),
      });
    }
    await expect(complete(UploadId, [part], { ChecksumCRC64NVME: "AAAAAAAAAAA=" })).rejects.toMatchObject({
      name: "BadDigest",
    });
    // It is not the upload's, and not looked at.
    expect(await complete(UploadId, [part], { ChecksumCRC32C: "AAAAAA==-2" })).toMatchObject({
      ChecksumCRC64NVME: "Rnr2/5P7Gsk=",
      ChecksumType: "FULL_OBJECT",
    });
  });

  it("finds a part that does not match its checksum", async () => {
    const wrong = upload(await begin(), { ChecksumCRC32C: "AAAAAA==" });

    await expect(wrong).rejects.toMatchObject({
      name: "BadDigest",
      message: "The CRC32C you specified did not match the calculated checksum.",
    });
  });

  it("is completed where its size is the one that is said", async () => {
    const UploadId = await begin();
    const { ETag } = await upload(UploadId, { Body: "aaaa" });
    const parts = [{ PartNumber: 1, ETag }];

    await expect(complete(UploadId, parts, { MpuObjectSize: 5 })).rejects.toMatchObject({
      name: "InvalidRequest",
      message: "The provided 'x-amz-mp-object-size' header value 5 does not match what was computed: 4",
    });
    expect(await complete(UploadId, parts, { MpuObjectSize: 4 })).toMatchObject({
      ChecksumCRC64NVME: "GC2rW8VclPA=",
    });
  });
});

describe("what a completion says of the whole object", () => {
  /** Of "abc". */
  const ChecksumCRC32C = "Nks/tw==";

  it.each<[string, string, Partial<CompleteMultipartUploadCommandInput>]>([
    ["another type", "InvalidRequest", { ChecksumType: "COMPOSITE" }],
    ["a checksum without its type", "BadDigest", { ChecksumCRC32C }],
    ["that of another algorithm", "BadDigest", { ChecksumCRC32: "AAAAAA==", ChecksumType: "FULL_OBJECT" }],
    ["another checksum", "BadDigest", { ChecksumCRC32C: "AAAAAA==", ChecksumType: "FULL_OBJECT" }],
  ])("is compared with it, and it is not made with %s", async (_, name, input) => {
    const UploadId = await begin({ ChecksumAlgorithm: "CRC32C", ChecksumType: "FULL_OBJECT" });
    const { ETag } = await upload(UploadId, { ChecksumAlgorithm: "CRC32C" });
    const parts = [{ PartNumber: 1, ETag, ChecksumCRC32C }];

    await expect(complete(UploadId, parts, input)).rejects.toMatchObject({
      name,
      ...(name === "BadDigest" && {
        message: "The crc32c you specified did not match the calculated checksum.",
      }),
    });

    const right = { ChecksumCRC32C, ChecksumType: "FULL_OBJECT" } as const;
    expect(await complete(UploadId, parts, right)).toMatchObject(right);
  });
});

describe("the beginning of an upload", () => {
  it.each([
    ["CRC32", "COMPOSITE"],
    ["CRC32C", "COMPOSITE"],
    ["SHA1", "COMPOSITE"],
    ["SHA256", "COMPOSITE"],
    ["CRC64NVME", "FULL_OBJECT"],
  ] as const)("chooses for %s the type %s", async (ChecksumAlgorithm, ChecksumType) => {
    const begun = await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm }));

    expect(begun).toMatchObject({ ChecksumAlgorithm, ChecksumType });
  });

  it.each([
    ["CRC64NVME", "COMPOSITE"],
    ["SHA1", "FULL_OBJECT"],
    ["SHA256", "FULL_OBJECT"],
    [undefined, "FULL_OBJECT"],
  ] as const)("refuses for %s the type %s", async (ChecksumAlgorithm, ChecksumType) => {
    await expect(begin({ ChecksumAlgorithm, ChecksumType })).rejects.toMatchObject({
      name: "InvalidRequest",
      message:
        ChecksumAlgorithm === undefined
          ? "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header."
          : `The ${ChecksumType} checksum type cannot be used with the ${ChecksumAlgorithm.toLowerCase()} checksum algorithm.`,
    });
  });
});
