import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { checkNode, installFork, withoutCredentials } from "../../../cli/support/install-fork.ts";
import { UserError } from "../../../contract/user-error.ts";

const SOURCE = join("cli", "support", "cdktn");
let folder: string;
const installations = () => readdirSync(join(folder, ".cache", "cdktn"));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "install-fork-"));
  cpSync(SOURCE, join(folder, SOURCE), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

async function fakeInstall(into: string) {
  expect(readFileSync(join(into, "package-lock.json"))).toEqual(
    readFileSync(join(SOURCE, "package-lock.json")),
  );
  mkdirSync(join(into, "node_modules"));
}

describe(checkNode, () => {
  it.each(["22.19.0", "22.20.1", "24.0.0"])("takes %s", (version) => {
    expect(() => checkNode(version)).not.toThrow();
  });

  it.each(["20.20.2", "22.18.9", "18.0.0"])("refuses %s, and says what to do", (version) => {
    expect(() => checkNode(version)).toThrow(UserError);
    expect(() => checkNode(version)).toThrow(
      `cdktn needs Node.js 22.19.0 or newer, but this is ${version}. Put a newer Node.js on PATH, then run npm run synth:cdktn again.`,
    );
  });
});

describe(installFork, () => {
  it("installs what the lock file names, once", async () => {
    const packages = await installFork(folder, {}, fakeInstall);
    const again = await installFork(folder, {}, () => expect.fail("installed anew"));

    expect(existsSync(packages)).toBe(true);
    expect(packages.startsWith(join(folder, ".cache", "cdktn"))).toBe(true);
    expect(again).toBe(packages);
  });

  it("leaves nothing of an installation that failed, and keeps the one before until another is there", async () => {
    const before = await installFork(folder, {}, fakeInstall);
    writeFileSync(join(folder, SOURCE, "package.json"), "{}");

    await expect(
      installFork(folder, {}, async (into) => {
        mkdirSync(join(into, "node_modules"));
        throw new UserError("no registry");
      }),
    ).rejects.toThrow("no registry");
    expect(installations()).toEqual([before.split("/").at(-2)]);

    const after = await installFork(folder, {}, fakeInstall);
    expect(installations()).toEqual([after.split("/").at(-2)]);
    expect(after).not.toBe(before);
  });

  it("lets npm, which runs packages of others, see no credentials", async () => {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    const npm = "#!/bin/sh\nmkdir node_modules\nenv > node_modules/seen\n";
    writeFileSync(join(bin, "npm"), npm, { mode: 0o755 });

    const packages = await installFork(folder, {
      PATH: `${bin}:/usr/bin:/bin`,
      AWS_SECRET_ACCESS_KEY: "a secret",
      TFE_TOKEN: "a token",
    });

    const seen = readFileSync(join(packages, "seen"), "utf8");
    expect(seen).toContain("PATH=");
    expect(seen).not.toMatch(/a secret|a token/);
  });

  it("says that npm fails where there is no registry", async () => {
    const bin = join(folder, "bin");
    mkdirSync(bin);
    const npm = '#!/bin/sh\necho "npm warn something" >&2\necho "npm error code ECONNREFUSED" >&2\nexit 1\n';
    writeFileSync(join(bin, "npm"), npm, { mode: 0o755 });

    const failed = installFork(folder, { PATH: `${bin}:/bin` });

    await expect(failed).rejects.toThrow(UserError);
    await expect(failed).rejects.toThrow(
      /^npm ci could not install cdktn\. It needs an npm registry .*\.\nnpm error code ECONNREFUSED$/,
    );
    expect(installations()).toEqual([]);
  });
});

describe(withoutCredentials, () => {
  it("hands no token and no credentials of AWS on", () => {
    const env = { PATH: "/bin", TFE_TOKEN: "a", TF_TOKEN_app_terraform_io: "b", AWS_SECRET_ACCESS_KEY: "c" };

    expect(withoutCredentials(env)).toEqual({ PATH: "/bin" });
  });
});

describe(SOURCE, () => {
  const lock = z.object({
    packages: z.record(z.string(), z.looseObject({ version: z.string().optional() })),
  });
  const { dependencies } = z
    .object({ dependencies: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(SOURCE, "package.json"), "utf8")));

  it("names exact versions, and the lock file the same, with their hashes and without a registry", () => {
    const text = readFileSync(join(SOURCE, "package-lock.json"), "utf8");
    const { packages } = lock.parse(JSON.parse(text));

    for (const [name, version] of Object.entries(dependencies)) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(packages[`node_modules/${name}`]).toMatchObject({
        version,
        integrity: expect.stringMatching(/^sha512-/),
      });
    }
    expect(text).not.toMatch(/"resolved"|https?:/);
  });
});
