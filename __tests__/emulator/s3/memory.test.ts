import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type LocalS3, startLocalS3 } from "../../support/local-s3.ts";

const chunk = Buffer.alloc(1024 ** 2, "a");
const chunks = 256;
const sizeBytes = chunks * chunk.length;
let s3: LocalS3;
let peak = 0;

beforeAll(async () => {
  s3 = await startLocalS3();
  await s3.createBucket("orders");
});

afterAll(async () => {
  await s3.stop();
});

/** What buffers hold, of this process: those of the client are among them. */
function measure(): void {
  peak = Math.max(peak, process.memoryUsage().arrayBuffers);
}

function* body() {
  for (let index = 0; index < chunks; index++) {
    measure();
    yield chunk;
  }
}

async function read(): Promise<number> {
  const [response]: IncomingMessage[] = await once(request(`${s3.endpoint}/orders/large`).end(), "response");
  let bytes = 0;
  for await (const each of response ?? []) {
    bytes += each.length;
    measure();
  }
  return bytes;
}

it("holds no object in memory, be it written, copied or read", async () => {
  const before = process.memoryUsage().arrayBuffers;
  const put = request(`${s3.endpoint}/orders/large`, {
    method: "PUT",
    headers: { "content-length": sizeBytes },
  });
  const answered = once(put, "response");
  await pipeline(Readable.from(body()), put);
  const [answer]: IncomingMessage[] = await answered;
  answer?.resume();
  const copied = await fetch(`${s3.endpoint}/orders/copy`, {
    method: "PUT",
    headers: { "x-amz-copy-source": "/orders/large" },
  });

  expect([answer?.statusCode, copied.status, await read()]).toEqual([200, 200, sizeBytes]);
  expect(peak - before).toBeLessThan(sizeBytes / 4);
});
