import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type LocalS3, startLocalS3 } from "../../support/local-s3.ts";

const written = new Date("2026-03-01T12:00:00.700Z");
const sameSecond = "Sun, 01 Mar 2026 12:00:00 GMT";
const before = "Sun, 01 Mar 2026 11:59:59 GMT";
const eTag = '"e807f1fcf82d132f9bb018ca6738a19f"';
const other = '"00000000000000000000000000000000"';
let now = written;
let s3: LocalS3;

beforeAll(async () => {
  s3 = await startLocalS3(() => now);
  await s3.createBucket("items");
});

afterAll(async () => {
  await s3.stop();
});

const send = (method: string, headers: Record<string, string> = {}, target = "/items/key", body?: string) =>
  fetch(`${s3.endpoint}${target}`, { method, headers, ...(body !== undefined && { body }) });
const codeOf = async (answer: Response) => /<Code>(.*)<\/Code>/.exec(await answer.text())?.[1];

beforeEach(async () => {
  now = written;
  await send("PUT", {}, "/items/key", "1234567890");
  now = new Date("2026-03-02T00:00:00Z");
});

// Which precedes which: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
describe.each(["GET", "HEAD"])("a conditional %s", (method) => {
  it.each<[number, Record<string, string>]>([
    [200, { "if-match": eTag }],
    [200, { "if-match": "*" }],
    [200, { "if-match": eTag.replaceAll('"', "") }],
    [200, { "if-match": `${other}, ${eTag}` }],
    [412, { "if-match": other }],
    [304, { "if-none-match": eTag }],
    [304, { "if-none-match": "*" }],
    [200, { "if-none-match": other }],
    [304, { "if-modified-since": sameSecond }],
    [200, { "if-modified-since": before }],
    [200, { "if-modified-since": "Mon, 01 Mar 2100 12:00:00 GMT" }],
    [200, { "if-modified-since": "yesterday" }],
    [200, { "if-unmodified-since": sameSecond }],
    [412, { "if-unmodified-since": before }],
    [200, { "if-match": eTag, "if-unmodified-since": before }],
    [304, { "if-none-match": eTag, "if-modified-since": before }],
    [200, { "if-none-match": other, "if-modified-since": sameSecond }],
  ])("is answered %i to %j", async (status, headers) => {
    const answer = await send(method, { connection: "close", ...headers });

    expect(answer.status).toBe(status);
    if (status === 412) {
      expect(await codeOf(answer)).toBe(method === "HEAD" ? undefined : "PreconditionFailed");
    } else {
      expect(answer.headers.get("etag")).toBe(eTag);
      expect(answer.headers.get("last-modified")).toBe(sameSecond);
    }
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
describe("a conditional write", () => {
  it.each<[number, string | undefined, string, Record<string, string>]>([
    [200, undefined, "/items/key", { "if-match": eTag }],
    [412, "PreconditionFailed", "/items/key", { "if-match": other }],
    [404, "NoSuchKey", "/items/absent", { "if-match": eTag }],
    [412, "PreconditionFailed", "/items/key", { "if-none-match": "*" }],
    [501, "NotImplemented", "/items/key", { "if-none-match": other }],
    [501, "NotImplemented", "/items/key", { "if-match": "*" }],
    [501, "NotImplemented", "/items/key", { "if-match": eTag, "if-none-match": "*" }],
  ])("is answered %i %s: %s with %j", async (status, code, target, headers) => {
    const answer = await send("PUT", headers, target, "new");

    expect([answer.status, await codeOf(answer)]).toEqual([status, code]);
    expect(await (await send("GET")).text()).toBe(status === 200 ? "new" : "1234567890");
  });

  it("succeeds for one alone of many at once that create an object", async () => {
    const writers = Array.from({ length: 8 }, (_, index) =>
      send("PUT", { "if-none-match": "*" }, "/items/race", `writer ${index}`),
    );

    const statuses = (await Promise.all(writers)).map(({ status }) => status);

    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 412)).toHaveLength(7);
  });

  it("creates an object where a delete marker is the latest", async () => {
    await s3.createBucket("versioned", "Enabled");
    await send("PUT", {}, "/versioned/key", "1");
    await send("DELETE", {}, "/versioned/key");

    expect((await send("PUT", { "if-none-match": "*" }, "/versioned/key", "2")).status).toBe(200);
  });
});

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-deletes.html
describe("a conditional deletion", () => {
  it.each<[number, number, string, string]>([
    [204, 404, "/items/key", eTag],
    [204, 404, "/items/key", "*"],
    [412, 200, "/items/key", other],
    [404, 200, "/items/absent", "*"],
    [404, 200, "/items/absent", eTag],
  ])("is answered %i, and a read then %i: %s with If-Match %s", async (status, then, target, ifMatch) => {
    expect((await send("DELETE", { "if-match": ifMatch }, target)).status).toBe(status);
    expect((await send("GET")).status).toBe(then);
  });
});

describe("a conditional deletion of a delete marker", () => {
  it("fails, since there is no object", async () => {
    await s3.createBucket("marked", "Enabled");
    await send("DELETE", {}, "/marked/key");

    expect((await send("DELETE", { "if-match": "*" }, "/marked/key")).status).toBe(412);
  });
});

describe("a range", () => {
  it.each<[string, string, string]>([
    ["bytes=0-0", "1", "bytes 0-0/10"],
    ["bytes=2-4", "345", "bytes 2-4/10"],
    ["bytes=7-", "890", "bytes 7-9/10"],
    ["bytes=7-99", "890", "bytes 7-9/10"],
    ["bytes=-3", "890", "bytes 7-9/10"],
    ["bytes=-99", "1234567890", "bytes 0-9/10"],
  ])("%s is answered 206", async (range, text, contentRange) => {
    const answer = await send("GET", { range });

    expect(answer.status).toBe(206);
    expect(answer.headers.get("content-range")).toBe(contentRange);
    expect(answer.headers.get("content-length")).toBe(String(text.length));
    expect(await answer.text()).toBe(text);
    const head = await send("HEAD", { range });
    expect([head.status, head.headers.get("content-range")]).toEqual([206, contentRange]);
  });

  it.each(["bytes=10-", "bytes=10-11", "bytes=-0"])("%s lies behind the object: 416", async (range) => {
    const answer = await send("GET", { range });

    expect([answer.status, await codeOf(answer)]).toEqual([416, "InvalidRange"]);
  });

  it.each(["bytes=0-1,4-5", "bytes=4-2", "bytes=a-b", "bytes=-", "items=0-1"])(
    "%s is answered with all of the object",
    async (range) => {
      const answer = await send("GET", { range });

      expect(answer.status).toBe(200);
      expect(await answer.text()).toBe("1234567890");
    },
  );
});

describe("a part of an object that was written as a whole", () => {
  it("is the object itself as part 1, and there is no other", async () => {
    const first = await send("GET", {}, "/items/key?partNumber=1");
    const second = await send("GET", {}, "/items/key?partNumber=2");

    expect([first.status, await first.text()]).toEqual([206, "1234567890"]);
    expect([second.status, await codeOf(second)]).toEqual([416, "InvalidPartNumber"]);
  });

  it("is not asked for together with a range", async () => {
    const answer = await send("GET", { range: "bytes=0-1" }, "/items/key?partNumber=1");

    expect([answer.status, await codeOf(answer)]).toEqual([400, "InvalidRequest"]);
  });
});

it("lets a reader choose headers of the answer", async () => {
  const answer = await send(
    "GET",
    {},
    "/items/key?response-content-type=text%2Fcsv&response-cache-control=no-store",
  );

  expect(answer.headers.get("content-type")).toBe("text/csv");
  expect(answer.headers.get("cache-control")).toBe("no-store");
});

it.each(["%0A", "%E2%82%AC"])("refuses %s in a header that a reader chooses", async (value) => {
  const answer = await send("GET", {}, `/items/key?response-content-type=a${value}`);

  expect([answer.status, await codeOf(answer)]).toEqual([400, "InvalidArgument"]);
});
