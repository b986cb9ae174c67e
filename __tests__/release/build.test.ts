import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { create } from "tar";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createClients } from "../../emulator/aws/clients.ts";
import { startEmbeddedAws } from "../../emulator/aws/embedded-aws.ts";
import { fetchBuild, readBuild, stackOf, storeBuild, writeBuild } from "../../release/build.ts";
import { BuildBucket } from "../../release/build-bucket.ts";
import { hashStack, packStack } from "../../release/pack.ts";

/** Of the bucket of the builds. */
const owner = "222222222222";

const bill = '{"bomFormat":"CycloneDX"}\n';
const commit = "0123456789abcdef0123456789abcdef01234567";
let folder: string;
let outdir: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "build-"));
  outdir = join(folder, "cdktf.out");
  for (const stack of ["uat-stack", "prod-stack"]) {
    mkdirSync(join(outdir, "stacks", stack, "assets"), { recursive: true });
    writeFileSync(join(outdir, "stacks", stack, "assets", "a.zip"), "a");
    writeFileSync(join(outdir, "stacks", stack, "cdk.tf.json"), JSON.stringify({ stack }));
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

const stackFolder = () => join(outdir, "stacks", "prod-stack");

describe(writeBuild, () => {
  it("names a build by what is in it", () => {
    const first = writeBuild(outdir, commit, bill);

    expect(writeBuild(outdir, commit, bill)).toEqual(first);
    expect(readBuild(outdir)).toEqual(first);
    expect(writeBuild(outdir, "f".repeat(40), bill).id).not.toBe(first.id);
    writeFileSync(join(stackFolder(), "cdk.tf.json"), "{}");
    expect(writeBuild(outdir, commit, bill).id).not.toBe(first.id);
  });

  it("has the same name whatever npm has listed, and other hashes for every other file", () => {
    const sums = () => readFileSync(join(outdir, "SHA256SUMS"), "utf8");
    const first = writeBuild(outdir, commit, bill);
    const before = sums();

    expect(writeBuild(outdir, commit, "{}")).toEqual(first);
    expect(readFileSync(join(outdir, "bom.json"), "utf8")).toBe("{}");
    expect(sums()).not.toBe(before);
    expect(before.split("\n").map((line) => line.slice(66))).toEqual([
      "release.json",
      "bom.json",
      "stacks/prod-stack/assets/a.zip",
      "stacks/prod-stack/cdk.tf.json",
      "stacks/uat-stack/assets/a.zip",
      "stacks/uat-stack/cdk.tf.json",
      "",
    ]);
  });

  it("writes hashes that sha256sum checks", () => {
    writeBuild(outdir, commit, bill);
    const check = () =>
      spawnSync("sha256sum", ["--check", "--strict", "--quiet", "SHA256SUMS"], { cwd: outdir }).status;

    expect(check()).toBe(0);
    writeFileSync(join(outdir, "bom.json"), "{}");
    expect(check()).toBe(1);
  });

  it("needs something that was synthesized", () => {
    rmSync(join(outdir, "stacks"), { recursive: true });

    expect(() => writeBuild(outdir, commit, bill)).toThrow(
      /stacks is empty\. Synthesize first: npm run synth\.$/,
    );
  });
});

describe(readBuild, () => {
  it("says what is missing or damaged", () => {
    expect(() => readBuild(outdir)).toThrow(/^There is no \S+release\.json\. Build first: /);
    writeFileSync(join(outdir, "release.json"), '{"commit":"x"}');
    expect(() => readBuild(outdir)).toThrow(/release\.json is damaged\. Build again/);
  });
});

describe(stackOf, () => {
  it("refuses a stack that has changed since, or is not there", () => {
    const build = writeBuild(outdir, commit, bill);
    expect(stackOf(build, outdir, "prod-stack")).toBe(stackFolder());
    expect(() => stackOf(build, outdir, "dev-stack")).toThrow(/has no stack dev-stack\. Build again/);

    writeFileSync(join(stackFolder(), "cdk.tf.json"), "{}");

    expect(() => stackOf(build, outdir, "prod-stack")).toThrow(
      /has changed since the build: its SHA-256 is [0-9a-f]{64}, and [0-9a-f]{64} in release\.json\./,
    );
  });
});

describe(packStack, () => {
  it("gives the same bytes and hash for the same files, and leaves Terraform's own aside", async () => {
    const first = { bytes: await packStack(stackFolder()), hash: hashStack(stackFolder()) };
    mkdirSync(join(stackFolder(), ".terraform"));
    for (const name of [
      ".terraform/x",
      "terraform.tfstate",
      "terraform.tfstate.backup",
      "dev.tfplan",
      ".terraform.lock.hcl",
    ]) {
      writeFileSync(join(stackFolder(), name), "x");
    }

    expect(hashStack(stackFolder())).toBe(first.hash);
    expect((await packStack(stackFolder())).equals(first.bytes)).toBe(true);
    writeFileSync(join(stackFolder(), "cdk.tf.json"), "{ }");
    expect(hashStack(stackFolder())).not.toBe(first.hash);
  });
});

describe("a bucket of builds", () => {
  let aws: Awaited<ReturnType<typeof startEmbeddedAws>>;
  let s3: S3Client;
  let bucket: BuildBucket;
  const id = "a".repeat(64);
  let env: Record<string, string>;

  beforeAll(async () => {
    aws = await startEmbeddedAws({ region: "eu-central-1", accountId: owner });
    s3 = createClients("eu-central-1", aws.endpoint).s3;
    env = {
      BUILDS_ENDPOINT_URL: aws.endpoint,
      AWS_REGION: "eu-central-1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    };
    await s3.send(new CreateBucketCommand({ Bucket: "builds" }));
    bucket = new BuildBucket("builds", owner, env);
  });
  afterAll(() => aws.stop());

  const put = (Body: Buffer, name = id) =>
    s3.send(new PutObjectCommand({ Bucket: "builds", Key: `releases/${name}.tar.gz`, Body }));

  it("gives back what was stored, in the place of what is there", async () => {
    const build = writeBuild(outdir, commit, bill);
    const before = hashStack(stackFolder());
    await storeBuild(build, outdir, bucket);
    writeFileSync(join(stackFolder(), "cdk.tf.json"), "something later");
    writeFileSync(join(stackFolder(), "more.tf.json"), "{}");
    writeFileSync(join(outdir, "manifest.json"), "of cdktf");

    expect(await fetchBuild(build.id, outdir, bucket)).toEqual(build);

    expect(hashStack(stackFolder())).toBe(before);
    expect(readBuild(outdir)).toEqual(build);
    expect(readdirSync(outdir).toSorted()).toEqual([
      "SHA256SUMS",
      "bom.json",
      "manifest.json",
      "release.json",
      "stacks",
    ]);
  });

  it.each([
    ["nothing", undefined, /There is no build a{64} in builds, or this account may not read it\./],
    ["no archive", Buffer.from("no archive"), /The archive of the build is damaged\./],
  ])("leaves what is there where %s is stored", async (_, content, message) => {
    const build = writeBuild(outdir, commit, bill);
    if (content !== undefined) await put(content);

    await expect(fetchBuild(id, outdir, bucket)).rejects.toThrow(message);

    expect(readBuild(outdir)).toEqual(build);
    expect(readdirSync(outdir).toSorted()).toEqual(["SHA256SUMS", "bom.json", "release.json", "stacks"]);
  });

  it("refuses a build under another's name, and one that was changed", async () => {
    const build = writeBuild(outdir, commit, bill);
    const other = "b".repeat(64);
    const pack = async (name: string) => {
      const archive = join(folder, "archive.tar.gz");
      await create({ gzip: true, cwd: outdir, file: archive }, ["release.json", "stacks"]);
      await put(readFileSync(archive), name);
    };
    await pack(other);
    await expect(fetchBuild(other, outdir, bucket)).rejects.toThrow(
      `The bucket has the build ${build.id} under the name ${other}.`,
    );
    writeFileSync(join(stackFolder(), "cdk.tf.json"), "{}");
    await pack(build.id);

    await expect(fetchBuild(build.id, outdir, bucket)).rejects.toThrow(
      /prod-stack has changed since the build/,
    );
  });

  it("refuses a list of packages and hashes that were changed, left out or added", async () => {
    const build = writeBuild(outdir, commit, bill);
    const kept = readFileSync(join(outdir, "SHA256SUMS"), "utf8");
    const fetchOf = async (...names: string[]) => {
      const archive = join(folder, "archive.tar.gz");
      await create({ gzip: true, cwd: outdir, file: archive }, ["release.json", "stacks", ...names]);
      await put(readFileSync(archive), build.id);
      return fetchBuild(build.id, outdir, bucket);
    };

    await expect(fetchOf("bom.json")).rejects.toThrow(/SHA256SUMS has no entry for it/);
    await expect(fetchOf("SHA256SUMS")).rejects.toThrow(
      /^bom\.json has changed since the build\. .* no such file/,
    );
    writeFileSync(join(outdir, "SHA256SUMS"), kept.replace(/.*bom\.json\n/, ""));
    await expect(fetchOf("bom.json", "SHA256SUMS")).rejects.toThrow(/^bom\.json .* has no entry for it/);
    writeFileSync(join(outdir, "SHA256SUMS"), `${kept}${"0".repeat(64)}  ../more\n`);
    await expect(fetchOf("bom.json", "SHA256SUMS")).rejects.toThrow(
      /^\.\.\/more has changed since the build/,
    );
    writeFileSync(join(outdir, "SHA256SUMS"), kept);
    writeFileSync(join(outdir, "bom.json"), "{}");
    await expect(fetchOf("bom.json", "SHA256SUMS")).rejects.toThrow(/^bom\.json has changed since the build/);
  });

  it("takes a build that was stored before there were lists, and leaves none of another build beside it", async () => {
    const build = writeBuild(outdir, commit, bill);
    const archive = join(folder, "archive.tar.gz");
    await create({ gzip: true, cwd: outdir, file: archive }, ["release.json", "stacks"]);
    await put(readFileSync(archive), build.id);

    expect(await fetchBuild(build.id, outdir, bucket)).toEqual(build);
    expect(readdirSync(outdir).toSorted()).toEqual(["release.json", "stacks"]);
  });

  it.each(["", "latest", "../x", "A".repeat(64)])("does not ask for a build named %j", async (name) => {
    await expect(fetchBuild(name, outdir, bucket)).rejects.toThrow(
      `"${name}" is not the name of a build. Give its SHA-256, 64 hexadecimal digits.`,
    );
  });

  it("neither writes to a bucket of another account nor reads from it", async () => {
    const build = writeBuild(outdir, commit, bill);
    await storeBuild(build, outdir, bucket);
    const others = new BuildBucket("builds", "999999999999", env);

    await expect(others.put("releases/x", "x")).rejects.toThrow(/^Cannot write s3:\/\/builds\/releases\/x: /);
    await expect(fetchBuild(build.id, outdir, others)).rejects.toThrow(/or this account may not read it/);
  });

  it("says what it can't do where there is no bucket or no answer", async () => {
    await expect(new BuildBucket("none", owner, env).put("releases/x", "x")).rejects.toThrow(
      /^Cannot write s3:\/\/none\/releases\/x: /,
    );
    const away = { ...env, BUILDS_ENDPOINT_URL: "http://127.0.0.1:9" };
    await expect(new BuildBucket("builds", owner, away).get("x")).rejects.toThrow(
      /^Cannot read s3:\/\/builds\/x: /,
    );
  });
});
