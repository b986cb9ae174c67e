import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDocumentStore } from "../../../../functions/ingestion/stores/document-store.ts";
import { createIntakeStore } from "../../../../functions/ingestion/stores/intake-store.ts";
import {
  bucketOwner,
  documentsBucket,
  intakeBucket,
  startFunctionServices,
} from "../../../support/function-services.ts";

function functionFiles(): string[] {
  const files = readdirSync("functions", { recursive: true, encoding: "utf8" });
  return files.filter((file) => file.endsWith(".ts"));
}

/** Every command of S3 in the functions' sources, with the beginning of what it is given. */
function commandsOfS3(): [command: string, given: string][] {
  return functionFiles().flatMap((file) => {
    const source = readFileSync(join("functions", file), "utf8");
    const imported = /import (?:type )?\{([^}]*)\} from "@aws-sdk\/client-s3"/.exec(source)?.[1] ?? "";
    const commands = [...imported.matchAll(/\b\w+Command\b/g)].map(([name]) => name);
    return commands.flatMap((name) =>
      [...source.matchAll(new RegExp(`new ${name}\\(([^;]*)`, "g"))].map(
        ([, given = ""]): [string, string] => [`${file} ${name}`, given.replaceAll(/\s+/g, " ").trim()],
      ),
    );
  });
}

describe("every call of S3 that the functions make", () => {
  it.each(commandsOfS3())("says who has to own the bucket: %s", (command, given) => {
    expect(given).toMatch(/^\{ \.\.\.addressOf\(/);
    if (command.endsWith("CopyObjectCommand")) expect(given).toMatch(/\bExpectedSourceBucketOwner\b/);
  });

  it("is found, whichever store makes it", () => {
    const found = commandsOfS3().map(([command]) => command.split(" ").at(-1));

    expect(found).toEqual(
      expect.arrayContaining(["GetObjectCommand", "PutObjectCommand", "ListObjectVersionsCommand"]),
    );
    expect(found.filter((command) => command === "ListObjectsV2Command").length).toBeGreaterThan(1);
  });

  it("is made by a command, by no client or helper that would make some by itself", () => {
    const sources = functionFiles().map((file) => readFileSync(join("functions", file), "utf8"));

    expect(
      sources.filter((source) => /lib-storage|s3-request-presigner|[{,]\s*S3\s*[,}]/.test(source)),
    ).toEqual([]);
  });
});

describe("a bucket that somebody else owns by now", () => {
  let aws: Awaited<ReturnType<typeof startFunctionServices>>;
  beforeAll(async () => {
    aws = await startFunctionServices();
  });
  afterAll(() => aws?.stop());

  const key = { caller: "caller", item: "item" };
  const bytes = Buffer.from("%PDF-1.4 a");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const file = {
    bytes,
    metadata: { fileName: "a", contentType: "application/pdf", sha256, sizeBytes: bytes.length },
  };
  const intake = (owner: string) => createIntakeStore(aws.s3, { name: intakeBucket, owner });
  const documents = (owner: string) => createDocumentStore(aws.s3, { name: documentsBucket, owner });

  it.each<[string, (owner: string) => Promise<unknown>]>([
    ["gives no payload", (owner) => intake(owner).open("incoming/x")],
    ["loses no payload", (owner) => intake(owner).delete("incoming/x")],
    ["does not tell what it holds", (owner) => intake(owner).list()],
    ["does not tell whether it holds something", (owner) => intake(owner).exists("incoming/x")],
    ["gets no document", (owner) => documents(owner).put(key, file)],
  ])("%s", async (_, call) => {
    await expect(call("222222222222")).rejects.toMatchObject({ name: "AccessDenied" });
    await call(bucketOwner);
  });
});
