import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";

const run = promisify(execFile);
const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) {
    rmSync(folder, { recursive: true });
  }
});

/** A clean checkout in a folder of its own: the sources, and the installed packages. */
function checkOut(): string {
  const folder = mkdtempSync(join(tmpdir(), "checkout-"));
  folders.push(folder);
  for (const name of [
    "main.ts",
    "cdktf.json",
    "package.json",
    "package-lock.json",
    "env",
    "functions",
    "specs",
    "stacks",
    "tools",
  ]) {
    cpSync(name, join(folder, name), { recursive: true });
  }
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  return folder;
}

/** SHA-256 of every file below a folder, by its path. */
function fingerprints(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const paths = files.map((file) => join(file.parentPath, file.name)).sort();
  return Object.fromEntries(
    paths.map((path) => [
      path.slice(folder.length),
      createHash("sha256").update(readFileSync(path)).digest("hex"),
    ]),
  );
}

/** The environment of a machine that has Node.js and nothing else, Terraform least of all. */
const nodeOnly = { PATH: [dirname(process.execPath), join("/", "bin")].join(":"), HOME: tmpdir() };

const synth = (folder: string, env: NodeJS.ProcessEnv = process.env) =>
  run(process.execPath, ["tools/run.mjs", "main.ts"], { cwd: folder, env });

describe("npm run synth", () => {
  it("gives byte-identical output, functions included, in two folders, cold and warm", async () => {
    const [first, second] = [checkOut(), checkOut()];

    await synth(first);
    await synth(second);
    const cold = fingerprints(join(first, "cdktf.out"));
    await synth(first);

    expect(Object.keys(cold)).toHaveLength(13);
    expect(fingerprints(join(second, "cdktf.out"))).toEqual(cold);
    expect(fingerprints(join(first, "cdktf.out"))).toEqual(cold);
  }, 60_000);

  it("gives what the cdktf CLI gives", async () => {
    const [first, second] = [checkOut(), checkOut()];

    await synth(first);
    await run(process.execPath, [join("node_modules", "cdktf-cli", "bundle", "bin", "cdktf"), "synth"], {
      cwd: second,
      env: { ...process.env, CI: "1", CHECKPOINT_DISABLE: "1" },
    });

    expect(fingerprints(join(second, "cdktf.out"))).toEqual(fingerprints(join(first, "cdktf.out")));
  }, 60_000);

  it("needs no Terraform", async () => {
    const folder = checkOut();

    await expect(run("terraform", ["version"], { env: nodeOnly })).rejects.toThrow("ENOENT");
    await synth(folder, nodeOnly);

    expect(readdirSync(join(folder, "cdktf.out", "stacks"))).toHaveLength(4);
  }, 60_000);

  it("writes the values of every variable beside the configuration", async () => {
    const folder = checkOut();

    await synth(folder);

    const stack = join(folder, "cdktf.out", "stacks", "proposals-dev");
    const { variable } = JSON.parse(readFileSync(join(stack, "cdk.tf.json"), "utf8"));
    const values = JSON.parse(readFileSync(join(stack, "proposals-dev.auto.tfvars.json"), "utf8"));
    expect(Object.keys(values).sort()).toEqual(Object.keys(variable).sort());
    expect(values).toMatchObject({ account_id: "111111111111", batch_size: 1 });
  }, 60_000);

  it("takes up a changed environment, and says what is wrong with it without a stack trace", async () => {
    const folder = checkOut();
    await synth(folder);
    appendFileSync(join(folder, "env", "dev.ts"), "\nObject.assign(dev, { accountId: 12, colour: 1 });\n");

    const failed = await synth(folder).then(
      () => "",
      ({ stderr }: { stderr: string }) => stderr,
    );

    expect(failed).toBe(
      "env/dev.ts has 2 problems:\n" +
        "  accountId: must be a string, got 12\n" +
        "  colour: is not a known field: remove or rename it\n",
    );
  }, 60_000);
});
