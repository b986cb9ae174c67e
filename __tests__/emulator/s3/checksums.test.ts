import { createHash } from "node:crypto";
import {
  ChecksumMode,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LocalS3, startLocalS3 } from "../../support/local-s3.ts";

const Bucket = "items";
let s3: LocalS3;

beforeAll(async () => {
  s3 = await startLocalS3();
  await s3.createBucket(Bucket);
});

afterAll(async () => {
  await s3.stop();
});

const put = (input: Partial<PutObjectCommandInput>) =>
  s3.client.send(new PutObjectCommand({ Bucket, Key: "key", Body: "123456789", ...input }));
const send = (method: string, headers: Record<string, string>, body?: string) =>
  fetch(`${s3.endpoint}/items/raw`, { method, headers, ...(body !== undefined && { body }) });
const hash = (name: string, text: string) => createHash(name).update(text).digest("base64");

/** Of "123456789": the check values in the catalogue of parametrised CRC algorithms. */
const right = [
  ["crc32", "y/Q5Jg=="],
  ["crc32c", "4waSgw=="],
  ["crc64nvme", "rosUhgp5mIg="],
  ["sha1", hash("sha1", "123456789")],
  ["sha256", hash("sha256", "123456789")],
] as const;

describe("a checksum of a request", () => {
  it.each(right)("is kept and told where it is right: %s", async (algorithm, value) => {
    const name = `x-amz-checksum-${algorithm}`;

    const written = await send("PUT", { [name]: value }, "123456789");

    expect(written.status).toBe(200);
    for (const answer of [
      written,
      await send("GET", { "x-amz-checksum-mode": "ENABLED" }),
      await send("HEAD", { "x-amz-checksum-mode": "ENABLED" }),
    ]) {
      expect(answer.headers.get(name)).toBe(value);
      expect(answer.headers.get("x-amz-checksum-type")).toBe("FULL_OBJECT");
    }
  });

  it.each([
    ...right.map(([algorithm, value]) => [`x-amz-checksum-${algorithm}`, value] as const),
    ["content-md5", hash("md5", "123456789")] as const,
  ])("refuses a body that it is not of, and nothing is kept: %s", async (name, value) => {
    await put({ Key: "raw", Body: "before" });

    const answer = await send("PUT", { [name]: value }, "12345678");

    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("<Code>BadDigest</Code>");
    expect(await (await send("GET", {})).text()).toBe("before");
  });

  it.each([
    ["one that is not base64", { "x-amz-checksum-crc32": "???" }, "InvalidRequest"],
    ["one of another length", { "x-amz-checksum-crc32": "rosUhgp5mIg=" }, "InvalidRequest"],
    ["an MD5 of another length", { "content-md5": "y/Q5Jg==" }, "InvalidDigest"],
    ["two", { "x-amz-checksum-crc32": "y/Q5Jg==", "x-amz-checksum-crc32c": "4waSgw==" }, "InvalidRequest"],
    ["announced and not there", { "x-amz-sdk-checksum-algorithm": "CRC32" }, "InvalidRequest"],
    [
      "another than is announced",
      { "x-amz-sdk-checksum-algorithm": "SHA1", "x-amz-checksum-crc32": "y/Q5Jg==" },
      "InvalidRequest",
    ],
    [
      "announced by no name",
      { "x-amz-sdk-checksum-algorithm": "MD4", "x-amz-checksum-crc32": "y/Q5Jg==" },
      "InvalidRequest",
    ],
  ])("is refused if it is %s", async (_, headers, code) => {
    const answer = await send("PUT", headers as Record<string, string>, "123456789");

    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(`<Code>${code}</Code>`);
  });

  it("may come behind the body", async () => {
    const body = "9\r\n123456789\r\n0\r\nx-amz-checksum-crc32:y/Q5Jg==\r\n\r\n";

    const answer = await sendChunked(body, "x-amz-checksum-crc32");

    expect(answer.headers.get("x-amz-checksum-crc32")).toBe("y/Q5Jg==");
    expect(await (await send("GET", {})).text()).toBe("123456789");
  });

  it("behind the body is checked too", async () => {
    const body = "9\r\n123456789\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n";

    expect(await (await sendChunked(body, "x-amz-checksum-crc32")).text()).toContain(
      "<Code>BadDigest</Code>",
    );
  });

  it("has to come where the request says that it will", async () => {
    const answer = await sendChunked("9\r\n123456789\r\n0\r\n\r\n", "x-amz-checksum-crc32");

    expect(await answer.text()).toContain("<Code>InvalidRequest</Code>");
  });
});

function sendChunked(body: string, trailer: string): Promise<Response> {
  const headers = {
    "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "x-amz-decoded-content-length": "9",
    "x-amz-trailer": trailer,
    "content-encoding": "aws-chunked",
  };
  return send("PUT", headers, body);
}

describe("the hash that a request is signed with", () => {
  const sign = (text: string) => ({
    "x-amz-content-sha256": createHash("sha256").update(text).digest("hex"),
  });

  it("has to be that of the body", async () => {
    expect((await send("PUT", sign("123456789"), "123456789")).status).toBe(200);
    const answer = await send("PUT", sign("12345678"), "123456789");

    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain("<Code>XAmzContentSHA256Mismatch</Code>");
  });
});

describe("an object whose writer names no checksum", () => {
  it("has that of CRC-64/NVME", async () => {
    const written = await send("PUT", {}, "123456789");

    expect(written.headers.get("x-amz-checksum-crc64nvme")).toBe("rosUhgp5mIg=");
    const read = await send("GET", { "x-amz-checksum-mode": "ENABLED" });
    expect(read.headers.get("x-amz-checksum-crc64nvme")).toBe("rosUhgp5mIg=");
  });
});

describe("a read", () => {
  it("is told the checksum only where it asks", async () => {
    await put({ Key: "raw" });

    const { headers } = await send("GET", {});

    expect([...headers.keys()].filter((name) => name.startsWith("x-amz-checksum"))).toEqual([]);
  });

  it("of a range is told none, unless it is all of the object", async () => {
    await put({ Key: "raw" });
    const typeOf = async (range: string) =>
      (await send("GET", { "x-amz-checksum-mode": "ENABLED", range })).headers.get("x-amz-checksum-type");

    expect(await typeOf("bytes=0-7")).toBeNull();
    expect(await typeOf("bytes=0-8")).toBe("FULL_OBJECT");
  });

  it("by the SDK verifies it without being told to", async () => {
    await put({ Key: "verified", ChecksumAlgorithm: "CRC64NVME" });

    const answer = await s3.client.send(new GetObjectCommand({ Bucket, Key: "verified" }));
    expect(answer.ChecksumCRC64NVME).toBe("rosUhgp5mIg=");
    expect(await answer.Body?.transformToString()).toBe("123456789");
    const head = new HeadObjectCommand({ Bucket, Key: "verified", ChecksumMode: ChecksumMode.ENABLED });
    expect((await s3.client.send(head)).ChecksumType).toBe("FULL_OBJECT");
  });
});

describe("a request for many deletions", () => {
  const document = "<Delete><Object><Key>kept</Key></Object></Delete>";
  const post = (headers: Record<string, string>) =>
    fetch(`${s3.endpoint}/items?delete`, { method: "POST", headers, body: document });

  it.each([
    ["has no checksum", {}, "InvalidRequest"],
    ["has the checksum of another", { "x-amz-checksum-crc32": "y/Q5Jg==" }, "BadDigest"],
    ["has an MD5 that is none", { "content-md5": "AAAA" }, "InvalidDigest"],
    ["has the MD5 of another", { "content-md5": hash("md5", "else") }, "BadDigest"],
  ])("is refused if it %s", async (_, headers, code) => {
    await put({ Key: "kept" });

    const answer = await post(headers as Record<string, string>);

    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(`<Code>${code}</Code>`);
    expect((await s3.client.send(new HeadObjectCommand({ Bucket, Key: "kept" }))).ContentLength).toBe(9);
  });

  it("is taken with the SDK's", async () => {
    const Delete = { Objects: [{ Key: "kept" }] };

    expect((await s3.client.send(new DeleteObjectsCommand({ Bucket, Delete }))).Deleted).toEqual([
      { Key: "kept" },
    ]);
  });
});
