import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { ADOPTED_FILE, accountStackName } from "../contract/gateway-logging.ts";
import { ingestionStackName, LARGE_API, SMALL_API } from "../domain/names.ts";
import { main } from "../main.ts";
import { callCommand } from "./support/call-command.ts";
import { type CheckOut, checkOut } from "./support/check-out.ts";
import {
  loadEnvironment,
  loadEnvironments,
  synthesizedFolder,
  synthesizedStack,
  tfeBackend,
} from "./support/environments.ts";

const run = promisify(execFile);

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

// All of them start processes, which synthesize every environment.
describe("npm run synth", { timeout: 120_000 }, () => {
  let project: CheckOut;
  const output = () => join(project.folder, "cdktf.out");
  const synth = () =>
    run(process.execPath, ["cli/run.mjs", "main.ts"], { cwd: project.folder, env: nodeOnly });
  const failure = () =>
    synth().then(
      () => "",
      ({ stderr }: { stderr: string }) => stderr,
    );

  beforeAll(() => {
    project = checkOut();
  });
  afterAll(() => project.remove());

  it("gives byte-identical output, functions included, in two folders, cold and warm, and needs no Terraform", async () => {
    await expect(run("terraform", ["version"], { env: nodeOnly })).rejects.toThrow("ENOENT");

    await synth();
    const cold = fingerprints(output());
    // As npm run account leaves it.
    writeFileSync(join(output(), "stacks", accountStackName("dev"), ADOPTED_FILE), "{}");
    await synth();

    expect(Object.keys(cold)).toHaveLength(26);
    expect(readdirSync(join(output(), "stacks"))).toHaveLength(7);
    expect(cold).toEqual(fingerprints(synthesizedFolder()));
    expect(fingerprints(output())).toEqual(cold);
  });

  it("gives what the cdktf CLI gives", async () => {
    rmSync(output(), { recursive: true, force: true });

    await run(process.execPath, [join("node_modules", "cdktf-cli", "bundle", "bin", "cdktf"), "synth"], {
      cwd: project.folder,
      env: { ...process.env, CI: "1", CHECKPOINT_DISABLE: "1" },
    });

    expect(fingerprints(output())).toEqual(fingerprints(synthesizedFolder()));
  });

  it("takes up a changed environment, and says what is wrong with it without a stack trace", async () => {
    await synth();
    appendFileSync(
      join(project.folder, "env", "dev.ts"),
      "\nObject.assign(dev, { accountId: 12, colour: 1 });\n",
    );

    expect(await failure()).toBe(
      "env/dev.ts has 2 problems:\n" +
        "  accountId: must be the 12-digit AWS account id, as a string, got 12\n" +
        "  colour: is not a known setting: remove or rename it\n",
    );
  });

  it("keeps the stack trace of an error that nobody expected", async () => {
    appendFileSync(join(project.folder, "env", "dev.ts"), '\nthrow new Error("a bug");\n');

    expect(await failure()).toMatch(/Error: a bug\n\s+at /);
  });
});

describe("what npm run synth writes", () => {
  it("has the values of every variable beside the configuration", () => {
    for (const { name, accountId, namePrefix } of loadEnvironments()) {
      const stack = synthesizedStack(name);
      const { variable } = JSON.parse(readFileSync(join(stack, "cdk.tf.json"), "utf8"));
      const values = JSON.parse(
        readFileSync(join(stack, `${ingestionStackName(name)}.auto.tfvars.json`), "utf8"),
      );
      expect(Object.keys(values).sort()).toEqual(Object.keys(variable).sort());
      expect(values).toMatchObject({ account_id: accountId, name_prefix: namePrefix });
    }
  });
});

describe("npm run synth, of environments that are wrong", { timeout: 60_000 }, () => {
  const [dev, test, uat, prod] = ["dev", "test", "uat", "prod"].map(loadEnvironment);
  let outdir: string;

  beforeAll(() => {
    outdir = mkdtempSync(join(tmpdir(), "main-"));
  });
  afterEach(() => vi.unstubAllEnvs());
  afterAll(() => rmSync(outdir, { recursive: true }));

  async function failureOf(environments: Readonly<Record<string, unknown>>): Promise<string> {
    const { code, stdout, stderr } = await callCommand(main, [], { CDKTF_OUTDIR: outdir }, { environments });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    return stderr;
  }

  /** A workspace as code. */
  const managed = (backend: unknown) => ({
    backend,
    project: "p",
    team: "t",
    terraformVersion: "~> 1.11",
    sensitiveVariables: [],
    identityProvider: "managed",
    roles: { plan: "a", apply: "b" },
    applyPolicyArns: ["arn:aws:iam::aws:policy/PowerUserAccess"],
  });

  it("says what is wrong with the APIs of every environment, and writes nothing", async () => {
    const [small, large] = prod?.apis ?? [];
    const failed = await failureOf({
      dev,
      test: { ...test, tags: dev?.tags },
      uat: { ...uat, apis: [{ ...uat?.apis[0], bindings: {} }, uat?.apis[1]] },
      prod: { ...prod, apis: [small, { ...large, document: "none.openapi.json" }] },
    });

    expect(failed).toContain(`env/uat.ts, API "${SMALL_API}" of specs/${SMALL_API}.openapi.json`);
    expect(failed).toContain(
      'bind it to apiFunction or { kind: "existing", name: "…" }, or correct its name',
    );
    expect(failed).toContain(`env/prod.ts, API "${LARGE_API}": there is no document specs/none.openapi.json`);
    // Each of them: __tests__/env/copied-tags.test.ts
    expect(failed).toMatch(/^Warning: env\/test\.ts: tags\.Environment is "dev"/);
    expect(existsSync(join(outdir, "stacks", ingestionStackName("dev"), "cdk.tf.json"))).toBe(false);
  });

  it("releases to workspaces of Terraform Enterprise alone", async () => {
    const failed = await failureOf({
      dev,
      test: {
        ...test,
        delivery: { ...test?.delivery, releases: ["dev", "none", "prod"], plans: ["prod", "test"] },
        backend: { ...test?.backend, managed: managed({ kind: "local" }) },
      },
      uat: { ...uat, delivery: { ...test?.delivery, releases: ["prod"] } },
      prod,
    });

    // Each of them: __tests__/env/all-environments.test.ts
    expect(failed).toContain(
      'env/test.ts: delivery.releases[0]: "dev" can\'t be released: env/dev.ts: backend.kind is "local", but a release needs "tfe". Change the backend, or remove the environment from the list',
    );
    expect(failed).toContain(
      'env/test.ts: delivery.releases[1]: "none" is not an environment. Known: dev, test, uat, prod',
    );
    expect(failed).toContain(
      "env/uat.ts: delivery.releases[0]: the release of prod already belongs to env/test.ts",
    );
  });

  it("lets no two stacks keep their state in one place", async () => {
    const backend = test?.delivery.kind === "codebuild" ? test.delivery.backend : expect.fail("no builds");
    const state = backend.kind === "s3" ? backend : expect.fail("no state in S3");
    const failed = await failureOf({
      dev,
      test: { ...test, backend: { ...test?.backend, workspace: tfeBackend("prod").workspace } },
      uat: { ...uat, backend: { ...uat?.backend, managed: managed(backend) } },
      prod,
    });

    const why = "Two stacks with the same state would destroy each other's resources. Choose another";
    expect(failed).toBe(
      `env/uat.ts: backend.managed.backend: the state s3://${state.bucket}/${state.key} already belongs to env/test.ts: delivery.backend. ${why} key.\n` +
        `env/prod.ts: backend: the workspace terraform.example.com/example/${tfeBackend("prod").workspace} already belongs to env/test.ts: backend. ${why} workspace.\n`,
    );
  });
});
