import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { compareKeys } from "../../../emulator/s3/key-order.ts";
import type { Version, Versioning } from "../../../emulator/s3/object-version.ts";
import { createStore } from "../../../emulator/s3/store.ts";
import { itHolds } from "../../support/property.ts";

const root = mkdtempSync(join(tmpdir(), "s3-store-"));
afterAll(() => rmSync(root, { recursive: true }));
const newFolder = () => mkdtempSync(join(root, "run-"));

type Action =
  | { readonly kind: "put" | "remove"; readonly key: string }
  | { readonly kind: "removeVersion"; readonly key: string; readonly nth: number }
  | { readonly kind: "setVersioning"; readonly versioning: Exclude<Versioning, undefined> };

const key = fc.constantFrom("a", "b/1", "\uffee", "\u{1f600}");
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constantFrom("put" as const, "remove" as const), key }),
  fc.record({ kind: fc.constant("removeVersion" as const), key, nth: fc.nat(3) }),
  fc.record({
    kind: fc.constant("setVersioning" as const),
    versioning: fc.constantFrom("Enabled" as const, "Suspended" as const),
  }),
);

/** A version as the model knows it: the text of an object, or nothing for a marker. */
interface Expected {
  readonly key: string;
  readonly isNull: boolean;
  readonly text: string | undefined;
}

/** The rules of https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html, over a list from old to new. */
function apply(versions: Expected[], done: Action, versioning: Versioning, text: string): Expected[] {
  const without = (removed: Expected | undefined) => versions.filter((version) => version !== removed);
  if (done.kind === "setVersioning") return versions;
  const nullOne = versions.find((version) => version.key === done.key && version.isNull);
  if (done.kind === "removeVersion") {
    return without(versions.filter((version) => version.key === done.key).toReversed()[done.nth]);
  }
  if (done.kind === "remove" && versioning === undefined) return without(nullOne);
  const isNull = versioning !== "Enabled";
  const added = { key: done.key, isNull, text: done.kind === "put" ? text : undefined };
  return [...(isNull ? without(nullOne) : versions), added];
}

describe(createStore, () => {
  itHolds(
    "holds the versions that the rules say, in the order of listings, and their files alone",
    fc.asyncProperty(fc.array(action, { maxLength: 25 }), async (actions) => {
      const folder = newFolder();
      const store = createStore(folder);
      const bucket = store.createBucket("items");
      let expected: Expected[] = [];

      for (const [index, done] of actions.entries()) {
        const text = `text ${index}`;
        expected = apply(expected, done, bucket.versioning, text);
        if (done.kind === "setVersioning") bucket.versioning = done.versioning;
        if (done.kind === "put") await put(store, bucket, done.key, text);
        if (done.kind === "remove") await store.remove(bucket, done.key);
        if (done.kind === "removeVersion") {
          const version = bucket.keys.get(done.key)?.[done.nth];
          if (version !== undefined) await store.removeVersion(bucket, done.key, version.versionId);
        }
      }

      const inOrder = expected.toReversed().toSorted((left, right) => compareKeys(left.key, right.key));
      expect(store.versions(bucket).map(describeVersion)).toEqual(inOrder);
      const latest = inOrder.filter(({ key: each }, index) => each !== inOrder[index - 1]?.key);
      expect(store.objects(bucket).map(describeVersion)).toEqual(
        latest.filter(({ text }) => text !== undefined),
      );
      expect(readdirSync(folder)).toHaveLength(expected.filter(({ text }) => text !== undefined).length);
    }),
    { numRuns: 60 },
  );

  it("leaves no file of a body that breaks off", async () => {
    const folder = newFolder();
    const store = createStore(folder);
    async function* broken(half: boolean) {
      if (half) yield Buffer.from("half");
      throw new Error("broken off");
    }

    // Many at once: whatever is opened late would be left by some of them.
    const staged = await Promise.allSettled(
      Array.from({ length: 50 }, (_, index) => store.stage(broken(index % 2 === 0), ["crc64nvme"])),
    );

    expect(new Set(staged.map(({ status }) => status))).toEqual(new Set(["rejected"]));
    expect(readdirSync(folder)).toEqual([]);
  });

  it("knows the ids that it gave out from others", async () => {
    const store = createStore(newFolder());
    const bucket = store.createBucket("items");
    bucket.versioning = "Enabled";
    const { versionId } = await put(store, bucket, "key", "text");
    await store.removeVersion(bucket, "key", versionId);

    expect(store.isVersionId(versionId)).toBe(true);
    expect(store.isVersionId("null")).toBe(true);
    const last = versionId.endsWith("a") ? "b" : "a";
    expect(store.isVersionId(`${versionId.slice(0, -1)}${last}`)).toBe(false);
    expect(createStore(newFolder()).isVersionId(versionId)).toBe(false);
  });

  it("lets writes of one key wait for one another, and those of others not", async () => {
    const store = createStore(newFolder());
    const bucket = store.createBucket("items");
    const order: string[] = [];
    let finishFirst = () => {};
    const first = store.exclusively(
      bucket,
      "a",
      () => new Promise<void>((resolve) => (finishFirst = resolve)),
    );
    const second = store.exclusively(bucket, "a", async () => void order.push("second of a"));

    await store.exclusively(bucket, "b", async () => void order.push("b"));
    finishFirst();
    await Promise.all([first, second]);

    expect(order).toEqual(["b", "second of a"]);
  });
});

async function put(
  store: ReturnType<typeof createStore>,
  bucket: ReturnType<ReturnType<typeof createStore>["createBucket"]>,
  name: string,
  text: string,
) {
  const staged = await store.stage(Readable.from([Buffer.from(text)]), []);
  return await store.put(bucket, name, {
    pieces: [staged],
    eTag: staged.md5.toString("hex"),
    checksum: undefined,
    headers: {},
    tags: {},
    lastModified: store.now(),
  });
}

function describeVersion(version: Version): Expected {
  return {
    key: version.key,
    isNull: version.versionId === "null",
    text:
      version.kind === "object"
        ? version.pieces.map(({ file }) => readFileSync(file, "utf8")).join("")
        : undefined,
  };
}
