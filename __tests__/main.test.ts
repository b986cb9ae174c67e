import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { type CheckOut, checkOut } from "./support/check-out.ts";
import { loadEnvironments } from "./support/environments.ts";

const run = promisify(execFile);
const checkOuts: CheckOut[] = [];

afterAll(() => {
  for (const each of checkOuts) {
    each.remove();
  }
});

function newFolder(): string {
  const checkedOut = checkOut();
  checkOuts.push(checkedOut);
  return checkedOut.folder;
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

/** A workspace as code, in the words of an environment. */
const managed = (backend: string) => `{
  backend: ${backend}, project: "p", team: "t", terraformVersion: "~> 1.11", sensitiveVariables: [],
  identityProvider: "managed", roles: { plan: "a", apply: "b" },
  applyPolicyArns: ["arn:aws:iam::aws:policy/PowerUserAccess"],
}`;

describe("npm run synth", () => {
  it("gives byte-identical output, functions included, in two folders, cold and warm", async () => {
    const [first, second] = [newFolder(), newFolder()];

    await synth(first);
    await synth(second);
    const cold = fingerprints(join(first, "cdktf.out"));
    await synth(first);

    expect(Object.keys(cold)).toHaveLength(15);
    expect(fingerprints(join(second, "cdktf.out"))).toEqual(cold);
    expect(fingerprints(join(first, "cdktf.out"))).toEqual(cold);
  }, 60_000);

  it("gives what the cdktf CLI gives", async () => {
    const [first, second] = [newFolder(), newFolder()];

    await synth(first);
    await run(process.execPath, [join("node_modules", "cdktf-cli", "bundle", "bin", "cdktf"), "synth"], {
      cwd: second,
      env: { ...process.env, CI: "1", CHECKPOINT_DISABLE: "1" },
    });

    expect(fingerprints(join(second, "cdktf.out"))).toEqual(fingerprints(join(first, "cdktf.out")));
  }, 60_000);

  it("needs no Terraform", async () => {
    const folder = newFolder();

    await expect(run("terraform", ["version"], { env: nodeOnly })).rejects.toThrow("ENOENT");
    await synth(folder, nodeOnly);

    expect(readdirSync(join(folder, "cdktf.out", "stacks"))).toHaveLength(5);
  }, 60_000);

  it("writes the values of every variable beside the configuration", async () => {
    const folder = newFolder();

    await synth(folder);

    for (const { name, accountId, namePrefix } of loadEnvironments()) {
      const stack = join(folder, "cdktf.out", "stacks", `proposals-${name}`);
      const { variable } = JSON.parse(readFileSync(join(stack, "cdk.tf.json"), "utf8"));
      const values = JSON.parse(readFileSync(join(stack, `proposals-${name}.auto.tfvars.json`), "utf8"));
      expect(Object.keys(values).sort()).toEqual(Object.keys(variable).sort());
      expect(values).toMatchObject({ account_id: accountId, name_prefix: namePrefix });
    }
  }, 60_000);

  it("says what is wrong with the APIs of every environment, and writes nothing", async () => {
    const folder = newFolder();
    appendFileSync(join(folder, "env", "uat.ts"), "\nObject.assign(uat.apis[0]!, { bindings: {} });\n");
    appendFileSync(
      join(folder, "env", "prod.ts"),
      '\nObject.assign(prod.apis[1]!, { document: "none.openapi.json" });\n',
    );

    const failed = await synth(folder).then(
      () => "",
      ({ stderr }: { stderr: string }) => stderr,
    );

    expect(failed).toContain('env/uat.ts, API "proposals" of specs/proposals.openapi.json');
    expect(failed).toContain(
      'bind it to apiFunction or { kind: "existing", name: "…" }, or correct its name',
    );
    expect(failed).toContain(
      'env/prod.ts, API "proposals-large": there is no document specs/none.openapi.json',
    );
    expect(existsSync(join(folder, "cdktf.out", "stacks", "proposals-dev", "cdk.tf.json"))).toBe(false);
  }, 60_000);

  it("releases to workspaces of Terraform Enterprise alone", async () => {
    const folder = newFolder();
    appendFileSync(
      join(folder, "env", "test.ts"),
      '\nObject.assign(test.delivery, { releases: ["dev", "none", "prod"], plans: ["prod", "test"] });\n' +
        `Object.assign(test.backend, { managed: ${managed(`{ kind: "local" }`)} });\n`,
    );
    appendFileSync(
      join(folder, "env", "uat.ts"),
      '\nimport { test } from "./test.ts";\nObject.assign(uat, { delivery: { ...test.delivery, releases: ["prod"] } });\n',
    );

    const failed = await synth(folder).then(
      () => "",
      ({ stderr }: { stderr: string }) => stderr,
    );

    expect(failed).toContain(
      'env/test.ts: delivery.releases[0]: dev can\'t be released: its backend is "local", not "tfe"',
    );
    expect(failed).toContain("delivery.releases[1]: none can't be released: there is no such environment");
    expect(failed).toContain("delivery.plans[0]: prod can't be planned for pull requests");
    expect(failed).toContain(
      "env/test.ts: backend.managed.planTeam: is missing, and env/test.ts plans pull requests for it",
    );
    expect(failed).toContain(
      "env/test.ts: delivery.releases[2]: prod can't be released: env/uat.ts releases it too",
    );
  }, 60_000);

  it("lets no two stacks keep their state in one place", async () => {
    const folder = newFolder();
    appendFileSync(
      join(folder, "env", "test.ts"),
      '\nObject.assign(test.backend, { workspace: "proposals-prod" });\n',
    );
    appendFileSync(
      join(folder, "env", "uat.ts"),
      `\nimport { test } from "./test.ts";
Object.assign(uat.backend, { managed: ${managed("test.delivery.backend")} });\n`,
    );

    const failed = await synth(folder).then(
      () => "",
      ({ stderr }: { stderr: string }) => stderr,
    );

    expect(failed).toBe(
      "env/uat.ts: backend.managed.backend: must not keep its state in s3://example-terraform-state-222222222222/proposals/delivery.tfstate, where env/test.ts: delivery.backend keeps its own\n" +
        "env/prod.ts: backend: must not keep its state in the workspace terraform.example.com/example/proposals-prod, where env/test.ts: backend keeps its own\n",
    );
  }, 60_000);

  it("keeps the stack trace of an error that nobody expected", async () => {
    const folder = newFolder();
    appendFileSync(join(folder, "env", "dev.ts"), '\nthrow new Error("a bug");\n');

    const failed = await synth(folder).then(
      () => "",
      ({ stderr }: { stderr: string }) => stderr,
    );

    expect(failed).toMatch(/Error: a bug\n\s+at /);
  }, 60_000);

  it("takes up a changed environment, and says what is wrong with it without a stack trace", async () => {
    const folder = newFolder();
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
