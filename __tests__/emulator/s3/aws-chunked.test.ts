import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeAwsChunked } from "../../../emulator/s3/aws-chunked.ts";
import { itHolds } from "../../support/property.ts";

async function* piecesOf(body: Buffer, ends: readonly number[]) {
  const cuts = [0, ...ends.filter((end) => end < body.length).toSorted((a, b) => a - b), body.length];
  for (const [index, end] of cuts.entries()) yield body.subarray(cuts[index - 1] ?? 0, end);
}

async function decode(body: string | Buffer, ends: readonly number[] = []) {
  const decoded = decodeAwsChunked(piecesOf(Buffer.from(body), ends));
  const bytes: Uint8Array[] = [];
  for (;;) {
    const { done, value } = await decoded.next();
    if (done === true) return { bytes: Buffer.concat(bytes), trailer: value };
    bytes.push(value);
  }
}

const signature = `;chunk-signature=${"a".repeat(64)}`;

describe(decodeAwsChunked, () => {
  // The forms of https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and sigv4-streaming-trailers.html
  it.each([
    [
      "without signatures",
      "4\r\nfour\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n",
      { "x-amz-checksum-crc32": "AAAAAA==" },
    ],
    ["with signatures", `4${signature}\r\nfour\r\n0${signature}\r\n\r\n`, {}],
    [
      "with a signed trailer",
      `4${signature}\r\nfour\r\n0${signature}\r\nX-Amz-Checksum-CRC32: AAAAAA==\nx-amz-trailer-signature:b\r\n\r\n`,
      { "x-amz-checksum-crc32": "AAAAAA==", "x-amz-trailer-signature": "b" },
    ],
    ["whose end is that of the body", "4\r\nfour\r\n0\r\n", {}],
  ])("takes a body apart %s", async (_, body, trailer) => {
    expect(await decode(body)).toEqual({ bytes: Buffer.from("four"), trailer });
  });

  it.each([
    ["in a chunk", "4\r\nfo", "IncompleteBody"],
    ["before its last chunk", "4\r\nfour\r\n", "IncompleteBody"],
    ["in a size", "4", "IncompleteBody"],
  ])("refuses a body that ends %s", async (_, body, code) => {
    await expect(decode(body)).rejects.toMatchObject({ code });
  });

  it.each([
    ["no size", "four\r\n"],
    ["a negative size", "-4\r\nfour\r\n0\r\n\r\n"],
    ["more bytes than it says", "3\r\nfour\r\n0\r\n\r\n"],
    ["a head without end", "4;".padEnd(40_000, "a")],
  ])("refuses a chunk with %s", async (_, body) => {
    await expect(decode(body)).rejects.toMatchObject({ code: "InvalidRequest" });
  });

  itHolds(
    "gives the same bytes however they are chunked and however they arrive",
    fc.asyncProperty(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 5 }),
      fc.array(fc.nat(300), { maxLength: 8 }),
      fc.boolean(),
      async (chunks, ends, isSigned) => {
        const extension = isSigned ? signature : "";
        const body = Buffer.concat([
          ...chunks.flatMap((chunk) => [
            Buffer.from(`${chunk.length.toString(16)}${extension}\r\n`),
            chunk,
            Buffer.from("\r\n"),
          ]),
          Buffer.from(`0${extension}\r\n\r\n`),
        ]);

        expect((await decode(body, ends)).bytes.equals(Buffer.concat(chunks))).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});
