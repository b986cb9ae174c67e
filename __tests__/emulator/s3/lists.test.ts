import {
  GetBucketLocationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareKeys } from "../../../emulator/s3/key-order.ts";
import { behindMarker, listPage } from "../../../emulator/s3/list-page.ts";
import { type LocalS3, localS3Region, startLocalS3 } from "../../support/local-s3.ts";
import { itHolds } from "../../support/property.ts";

const Bucket = "items";
/** In the order of their bytes in UTF-8, which is another one than that of UTF-16. */
const keys = ["a", "b/1", "b/2", "b/c/3", "d", "ü&<ö>", "\uffee", "\u{1f600}"];
let s3: LocalS3;

beforeAll(async () => {
  s3 = await startLocalS3();
  await s3.createBucket(Bucket);
  for (const Key of keys.toReversed()) await s3.client.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
});

afterAll(async () => {
  await s3.stop();
});

type List = Partial<ConstructorParameters<typeof ListObjectsV2Command>[0]>;
const list = (input: List = {}) => s3.client.send(new ListObjectsV2Command({ Bucket, ...input }));
const listText = async (query: string) => (await fetch(`${s3.endpoint}/items?${query}`)).text();

describe("a listing of objects", () => {
  it("is in the order of the keys' bytes, with sizes and checksums", async () => {
    const { Contents, KeyCount, IsTruncated, Name } = await list();

    expect(Contents?.map(({ Key }) => Key)).toEqual(keys);
    expect([KeyCount, IsTruncated, Name]).toEqual([keys.length, false, Bucket]);
    expect(Contents?.[0]).toMatchObject({
      Size: 1,
      ETag: '"0cc175b9c0f1b6a831c399e269772661"',
      ChecksumType: "FULL_OBJECT",
      StorageClass: "STANDARD",
    });
  });

  it("puts together what has the delimiter behind the prefix", async () => {
    const all = await list({ Delimiter: "/" });
    const below = await list({ Delimiter: "/", Prefix: "b/" });

    expect(all.CommonPrefixes).toEqual([{ Prefix: "b/" }]);
    expect(all.Contents?.map(({ Key }) => Key)).toEqual(keys.filter((key) => !key.startsWith("b/")));
    expect(below.CommonPrefixes).toEqual([{ Prefix: "b/c/" }]);
    expect(below.Contents?.map(({ Key }) => Key)).toEqual(["b/1", "b/2"]);
  });

  it.each([undefined, "/"])(
    "comes in pages that lose nothing and repeat nothing: delimiter %s",
    async (Delimiter) => {
      const names: (string | undefined)[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await list({ Delimiter, MaxKeys: 1, ContinuationToken });
        expect(page.KeyCount).toBe(1);
        names.push(...[...(page.Contents ?? [])].map(({ Key }) => Key));
        names.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken !== undefined);

      expect(names).toEqual(Delimiter === undefined ? keys : ["a", "b/", ...keys.slice(4)]);
    },
  );

  it("begins behind a key", async () => {
    const { Contents, StartAfter } = await list({ StartAfter: "b/2" });

    expect(Contents?.map(({ Key }) => Key)).toEqual(keys.slice(3));
    expect(StartAfter).toBe("b/2");
  });

  it("has names in the encoding of URLs where that is asked for", async () => {
    const text = await listText("list-type=2&encoding-type=url&prefix=%C3%BC");

    expect(text).toContain("<Key>%C3%BC%26%3C%C3%B6%3E</Key>");
    expect(text).toContain("<EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>");
  });

  it("of the first version goes on from a marker", async () => {
    const page = (Marker?: string) =>
      s3.client.send(new ListObjectsCommand({ Bucket, Delimiter: "/", MaxKeys: 2, Marker }));

    const first = await page();
    const second = await page(first.NextMarker);

    expect([first.Contents?.length, first.CommonPrefixes, first.NextMarker]).toEqual([
      1,
      [{ Prefix: "b/" }],
      "b/",
    ]);
    expect(second.Contents?.map(({ Key }) => Key)).toEqual(["d", "ü&<ö>"]);
  });

  it("may be of no key at all", async () => {
    expect(await list({ MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false, MaxKeys: 0 });
  });

  it.each([
    "list-type=2&max-keys=-1",
    "list-type=2&max-keys=a",
    "list-type=1",
    "list-type=2&encoding-type=base64",
  ])("is refused to %s", async (query) => {
    expect(await listText(query)).toContain("<Code>InvalidArgument</Code>");
  });

  it.each(["continuation-token=!", "continuation-token="])("is refused with %s", async (token) => {
    expect(await listText(`list-type=2&${token}`)).toContain("<Code>InvalidArgument</Code>");
  });

  it("has 1,000 keys at most", async () => {
    expect((await list({ MaxKeys: 5000 })).MaxKeys).toBe(1000);
  });
});

describe("a listing of versions", () => {
  it("comes in pages, also in the middle of a key", async () => {
    await s3.createBucket("orders", "Enabled");
    const written: string[] = [];
    for (const Key of ["a", "a", "b/1", "b/2", "c"]) {
      const { VersionId } = await s3.client.send(new PutObjectCommand({ Bucket: "orders", Key, Body: "1" }));
      written.push(`${Key} ${VersionId}`);
    }
    const names: string[] = [];
    let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
    for (;;) {
      const page = await s3.client.send(
        new ListObjectVersionsCommand({ Bucket: "orders", Delimiter: "/", MaxKeys: 1, ...markers }),
      );
      names.push(...(page.Versions ?? []).map(({ Key, VersionId }) => `${Key} ${VersionId}`));
      names.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => `${Prefix}`));
      if (page.IsTruncated !== true) break;
      markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }

    expect(names).toEqual([written[1], written[0], "b/", written[4]]);
  });

  it("begins behind all versions of a key that is named alone", async () => {
    const page = await s3.client.send(new ListObjectVersionsCommand({ Bucket, KeyMarker: "b/1" }));

    expect(page.Versions?.map(({ Key }) => Key)).toEqual(keys.slice(2));
  });

  it.each(["version-id-marker=null", "key-marker=a&version-id-marker=17"])(
    "is refused with %s",
    async (query) => {
      expect(await listText(`versions&${query}`)).toContain("<Code>InvalidArgument</Code>");
    },
  );
});

const name = fc.string({
  unit: fc.constantFrom("a", "b", "/", "é", "\u{1f600}"),
  maxLength: 5,
  minLength: 1,
});

itHolds(
  "pages of any size together are the whole listing",
  fc.property(
    fc.uniqueArray(name),
    fc.constantFrom("", "a", "a/"),
    fc.constantFrom("", "/", "b/"),
    fc.integer({ min: 1, max: 4 }),
    (unsorted, prefix, delimiter, maxKeys) => {
      const entries = unsorted.toSorted(compareKeys).map((key) => ({ key }));
      const namesOf = (page: ReturnType<typeof listPage<{ key: string }>>) =>
        [...page.entries.map(({ key }) => key), ...page.commonPrefixes].toSorted(compareKeys);
      const whole = listPage(entries, { prefix, delimiter, maxKeys: 1000, isBehind: () => true });

      const paged: string[] = [];
      let isBehind: (key: string, commonPrefix: string | undefined) => boolean = () => true;
      for (let pages = 0; pages <= entries.length; pages++) {
        const page = listPage(entries, { prefix, delimiter, maxKeys, isBehind });
        paged.push(...namesOf(page));
        if (page.last === undefined) break;
        isBehind = behindMarker("entry" in page.last ? page.last.entry.key : page.last.commonPrefix);
      }

      expect(paged).toEqual(namesOf(whole));
    },
  ),
  { numRuns: 300 },
);

describe("buckets", () => {
  it("are listed, and say where they are", async () => {
    const { Buckets, Owner } = await s3.client.send(new ListBucketsCommand({}));

    expect(Buckets?.map(({ Name }) => Name)).toContain(Bucket);
    expect(Owner?.ID).toMatch(/^[0-9a-f]{64}$/);
    expect((await s3.client.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBe(
      localS3Region,
    );
    expect((await s3.client.send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe(localS3Region);
  });

  it.each([
    ["one that is there", Bucket, localS3Region, 409, "BucketAlreadyOwnedByYou"],
    ["one in another region", "elsewhere", "eu-west-1", 400, "IllegalLocationConstraintException"],
    ["one with capitals", "Orders", localS3Region, 400, "InvalidBucketName"],
  ])("are not made of the name of %s", async (_, name, location, status, code) => {
    const body = `<CreateBucketConfiguration><LocationConstraint>${location}</LocationConstraint></CreateBucketConfiguration>`;

    const answer = await fetch(`${s3.endpoint}/${name}`, { method: "PUT", body });

    expect(answer.status).toBe(status);
    expect(await answer.text()).toContain(`<Code>${code}</Code>`);
  });

  it.each(["<", "<Other/>", "no document", "<!DOCTYPE a [<!ENTITY b 'c'>]><CreateBucketConfiguration/>&"])(
    "are not made by the document %s",
    async (body) => {
      const answer = await fetch(`${s3.endpoint}/malformed`, { method: "PUT", body });

      expect(await answer.text()).toContain("<Code>MalformedXML</Code>");
    },
  );
});
