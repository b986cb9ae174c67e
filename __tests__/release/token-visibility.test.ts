import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runBuildspec } from "../support/buildspec.ts";

const token = "a-token-of-terraform-enterprise";
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "token-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a buildspec with programs in place of npm and node that write down how they were called, and whether the token was there. */
async function callsOf(file: string, variables: Readonly<Record<string, string>>, name = "TFE_TOKEN") {
  const programs = join(folder, "bin");
  const record = join(folder, "calls");
  mkdirSync(programs);
  cpSync(file, join(folder, file));
  // Terraform is only looked for.
  for (const program of ["npm", "node", "terraform"]) {
    const line = `echo "$(env | grep -c '${token}') ${program} $*" >> '${record}'`;
    writeFileSync(join(programs, program), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  }
  const PATH = `${programs}${delimiter}${process.env["PATH"]}`;
  const { code, text } = await runBuildspec(file, {
    folder,
    variables: { ...variables, [name]: token, PATH },
  });
  expect(code, text).toBe(0);
  const calls = readFileSync(record, "utf8").trim().split("\n");
  const called = (times: string) =>
    calls.filter((call) => call.startsWith(`${times} `)).map((call) => call.slice(2));
  return { withToken: called("1"), without: called("0") };
}

describe("the token of Terraform Enterprise", () => {
  it("is seen by the release alone, of all that builds what is released", async () => {
    expect(await callsOf("buildspec.release.yml", { RELEASE_ENVIRONMENTS: "test uat" })).toEqual({
      withToken: ["node cli/run.mjs tools/release.ts test uat"],
      without: [
        "npm ci --ignore-scripts",
        "npm run synth",
        "npm run test:plans -- --plans-only test uat",
        "npm run release -- build",
      ],
    });
  });

  it("is seen by the release alone where an earlier build is released", async () => {
    const variables = { RELEASE_BUILD: "a".repeat(64), RELEASE_ENVIRONMENTS: "prod" };

    expect(await callsOf("buildspec.release.yml", variables)).toEqual({
      withToken: ["node cli/run.mjs tools/release.ts prod"],
      without: ["npm ci --ignore-scripts", `npm run release -- fetch ${"a".repeat(64)}`],
    });
  });

  it("is seen by the plan alone where a pull request is planned", async () => {
    expect(await callsOf("buildspec.plan.yml", { PLAN_REQUEST: "v-1" })).toEqual({
      withToken: ["node cli/run.mjs tools/release.ts plan-request v-1 --timeout-minutes 20"],
      without: ["npm ci --ignore-scripts"],
    });
  });

  it.each(["VERIFY_TOKEN", "VERIFY_CERTIFICATE", "VERIFY_KEY"])(
    "has its like in a caller's %s, which no other command sees than what sends payloads with it",
    async (name) => {
      const { withToken, without } = await callsOf(
        "buildspec.verify.yml",
        { VERIFY_ENVIRONMENT: "test", VERIFY_BUILD: "a".repeat(64) },
        name,
      );

      const verify =
        "node cli/run.mjs tools/verify.ts test --outputs cdktf.out/verification/outputs.json --json";
      const files =
        " --certificate cdktf.out/verification/certificate.pem --key cdktf.out/verification/key.pem";
      // A certificate and its key are files, below the one folder.
      expect({ withToken, without }).toEqual({
        withToken: name === "VERIFY_TOKEN" ? [verify] : [],
        without: [
          "npm ci --ignore-scripts",
          "node cli/run.mjs tools/release.ts verification-outputs",
          ...(name === "VERIFY_TOKEN" ? [] : [`${verify}${name === "VERIFY_CERTIFICATE" ? files : ""}`]),
          "node cli/run.mjs tools/release.ts verification-result 0",
        ],
      });
      const file = { VERIFY_CERTIFICATE: "certificate.pem", VERIFY_KEY: "key.pem" }[name];
      if (file === undefined) return;
      const path = join(folder, "cdktf.out", "verification", file);
      expect(readFileSync(path, "utf8")).toBe(`${token}\n`);
      expect(statSync(path).mode & 0o077).toBe(0);
    },
  );

  it("is kept from the bundler of an entry, and is there again when the entry runs", () => {
    mkdirSync(join(folder, "cli"));
    mkdirSync(join(folder, "node_modules", "esbuild"), { recursive: true });
    cpSync("cli/run.mjs", join(folder, "cli", "run.mjs"));
    writeFileSync(join(folder, "node_modules", ".package-lock.json"), "{}");
    writeFileSync(
      join(folder, "node_modules", "esbuild", "package.json"),
      '{"main":"index.mjs","type":"module"}',
    );
    writeFileSync(join(folder, "node_modules", "esbuild", "index.mjs"), bundler);

    const { status, stdout, stderr } = spawnSync(process.execPath, ["cli/run.mjs", "entry.ts"], {
      cwd: folder,
      encoding: "utf8",
      env: {
        PATH: process.env["PATH"],
        TFE_TOKEN: token,
        TF_TOKEN_app_example_com: token,
        VERIFY_TOKEN: token,
        OTHER: "other",
      },
    });

    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const [bundling, running] = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(bundling).toEqual({ OTHER: "other" });
    expect(running).toEqual({
      OTHER: "other",
      TFE_TOKEN: token,
      TF_TOKEN_app_example_com: token,
      VERIFY_TOKEN: token,
    });
  });
});

/** Stands for esbuild: starts a process that prints what it sees of the environment, and makes an entry that prints it too. */
const bundler = `
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";

const print = 'const { TFE_TOKEN, TF_TOKEN_app_example_com, VERIFY_TOKEN, OTHER } = process.env; console.log(JSON.stringify({ OTHER, TFE_TOKEN, TF_TOKEN_app_example_com, VERIFY_TOKEN }));';

export async function build({ outdir }) {
  execFileSync(process.execPath, ["-e", print], { stdio: "inherit" });
  mkdirSync(outdir, { recursive: true });
  const output = outdir + "/entry.mjs";
  writeFileSync(output, "export function main() { " + print + " return 0; }");
  return { metafile: { inputs: {}, outputs: { [output]: {} } } };
}
export async function stop() {}
`;
