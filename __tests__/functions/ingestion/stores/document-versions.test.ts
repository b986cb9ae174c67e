import { createServer } from "node:http";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DELETED_PREFIX, DOCUMENTS_PREFIX, deletedKey, documentKey } from "../../../../contract/keys.ts";
import { closeServer, listenOnLoopback } from "../../../../emulator/loopback-server.ts";
import { createDocumentStore } from "../../../../functions/ingestion/stores/document-store.ts";
import { createDocumentVersions } from "../../../../functions/ingestion/stores/document-versions.ts";
import { keyedBy } from "../../../support/function-records.ts";
import { documentsBucket, startFunctionServices } from "../../../support/function-services.ts";

const bucket = { name: documentsBucket, owner: "111111111111" };
const sha = (digit: string) => digit.repeat(64);

let aws: Awaited<ReturnType<typeof startFunctionServices>>;

beforeAll(async () => {
  aws = await startFunctionServices();
});

afterAll(() => aws?.stop());

describe(createDocumentVersions, () => {
  it("lists the documents of an item page by page, and neither those of its plain files nor of other items", async () => {
    const key = keyedBy("listed");
    const own = ["a", "b", "c", "d", "e"].map((digit) => documentKey(key, sha(digit)));
    const ofFiles = ["0", "f"].map((digit) => documentKey(keyedBy("listed", "scan"), sha(digit)));
    const others = [documentKey(keyedBy("listed2"), sha("a")), documentKey(keyedBy("liste"), sha("a"))];
    for (const path of [...own, ...ofFiles, ...others]) await put(path);
    const store = createDocumentVersions(aws.s3, bucket, { pageSize: 2 });

    expect((await store.listItem(key)).map(({ path }) => path)).toEqual(own);
    expect((await store.listItem(keyedBy("listed", "scan"))).map(({ path }) => path)).toEqual(ofFiles);
    expect(await store.listItem(keyedBy("none"))).toEqual([]);
  });

  it("lists more versions than S3 gives in a page", async () => {
    const key = keyedBy("many");
    const paths = Array.from({ length: 1_050 }, (_, index) =>
      documentKey(key, String(index).padStart(64, "0")),
    );
    for (let start = 0; start < paths.length; start += 50) {
      await Promise.all(paths.slice(start, start + 50).map(put));
    }
    const store = createDocumentVersions(aws.s3, bucket);

    const listed = await store.listItem(key);
    await store.delete(listed);

    expect(listed.map(({ path }) => path)).toEqual(paths);
    expect(await store.listItem(key)).toEqual([]);
  }, 60_000);

  it("goes on in the middle of a key's versions", async () => {
    const asked: URLSearchParams[] = [];
    const pages = [
      `<IsTruncated>true</IsTruncated><NextKeyMarker>documents/a</NextKeyMarker><NextVersionIdMarker>v2</NextVersionIdMarker>${version("documents/a", "v2")}`,
      version("documents/a", "v1"),
    ];
    const { s3, stop } = await answering((url) => {
      asked.push(url.searchParams);
      return `<ListVersionsResult>${pages.shift()}</ListVersionsResult>`;
    });
    const store = createDocumentVersions(s3, bucket);

    const first = await store.list(DOCUMENTS_PREFIX);
    const second = await store.list(DOCUMENTS_PREFIX, first.after);

    expect([first, second].map(({ versions }) => versions.map(({ versionId }) => versionId))).toEqual([
      ["v2"],
      ["v1"],
    ]);
    expect(second.after).toBeUndefined();
    expect(asked[1]?.get("key-marker")).toBe("documents/a");
    expect(asked[1]?.get("version-id-marker")).toBe("v2");
    await stop();
  });

  it("goes on after a key that an earlier version of the sweep noted", async () => {
    await put("documents/noted/1");
    await put("documents/noted/2");
    const store = createDocumentVersions(aws.s3, bucket);

    const { versions } = await store.list("documents/noted/", "documents/noted/1");

    expect(versions.map(({ path }) => path)).toEqual(["documents/noted/2"]);
  });

  it("deletes exactly the versions it is told, and none that was written since", async () => {
    const key = keyedBy("exact");
    const [first, second] = [documentKey(key, sha("a")), documentKey(key, sha("b"))];
    await put(first);
    await put(second);
    const store = createDocumentVersions(aws.s3, bucket);
    const listed = await store.listItem(key);
    await put(second);

    await store.delete(listed);
    await store.delete(listed);

    expect((await store.listItem(key)).map(({ path }) => path)).toEqual([second]);
  });

  it("keeps a copy of one version where no API reads, and tells of one that is gone", async () => {
    const key = keyedBy("kept");
    const path = documentKey(key, sha("a"));
    await put(path);
    const store = createDocumentVersions(aws.s3, bucket);
    const [version] = await store.listItem(key);
    if (!version) throw new Error("the document is not there");

    expect(await store.keepDeleted(version)).toBe(true);
    await store.delete([version]);
    expect(await store.keepDeleted(version)).toBe(false);

    const copy = { Bucket: documentsBucket, Key: deletedKey(path) };
    const { Body, ContentType } = await aws.s3.send(new GetObjectCommand(copy));
    expect([await Body?.transformToString(), ContentType]).toEqual(["%PDF-", "application/pdf"]);
    expect((await store.list(DELETED_PREFIX)).versions.map((each) => each.path)).toEqual([deletedKey(path)]);
  });

  it("says which account must own both buckets of a copy", async () => {
    const headers: unknown[] = [];
    const { s3, stop } = await answering((_url, given) => {
      headers.push(given);
      return "<CopyObjectResult><ETag>e</ETag></CopyObjectResult>";
    });

    await createDocumentVersions(s3, bucket).keepDeleted({ path: "documents/shared/a/1", versionId: "v/1" });

    expect(headers).toEqual([
      expect.objectContaining({
        "x-amz-expected-bucket-owner": bucket.owner,
        "x-amz-source-expected-bucket-owner": bucket.owner,
        "x-amz-copy-source": "documents/documents/shared/a/1?versionId=v%2F1",
        "x-amz-tagging-directive": "REPLACE",
      }),
    ]);
    await stop();
  });

  it("fails where S3 did not delete all, and says so in an answer of 200", async () => {
    const { s3, stop } = await answering(
      () => "<DeleteResult><Error><Key>a</Key><Code>AccessDenied</Code></Error></DeleteResult>",
    );
    const versions = [{ path: "a", versionId: "v1" }];

    const error = { name: "RemovalError", code: "REMOVAL" };
    await expect(createDocumentVersions(s3, bucket).delete(versions)).rejects.toMatchObject(error);
    await expect(createDocumentStore(s3, bucket).delete(versions)).rejects.toThrow(
      "S3 did not remove 1 of 1 versions: AccessDenied",
    );
    await stop();
  });

  it("fails where a copy fails in an answer of 200", async () => {
    const { s3, stop } = await answering(() => "<Error><Code>InternalError</Code></Error>");

    const kept = createDocumentVersions(s3, bucket).keepDeleted({ path: "documents/a", versionId: "v1" });

    await expect(kept).rejects.toThrow();
    await stop();
  });
});

function put(Key: string) {
  const object = { Bucket: documentsBucket, Key, Body: "%PDF-", ContentType: "application/pdf" };
  return aws.s3.send(new PutObjectCommand(object));
}

function version(path: string, id: string): string {
  return `<Version><Key>${path}</Key><VersionId>${id}</VersionId></Version>`;
}

/** An S3 that answers each request with this XML. */
async function answering(answer: (url: URL, headers: unknown) => string) {
  const server = createServer((request, response) => {
    const xml = answer(new URL(request.url ?? "/", "http://s3"), request.headers);
    request.resume().on("end", () => response.setHeader("content-type", "application/xml").end(xml));
  });
  const s3 = new S3Client({ ...aws.clientConfig, endpoint: await listenOnLoopback(server), maxAttempts: 1 });
  const stop = async () => {
    s3.destroy();
    await closeServer(server);
  };
  return { s3, stop };
}
