import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { SupportUse } from "../../../cli/support/support-use.ts";
import { usesOfEnvironments } from "../../../cli/support/uses-of-environments.ts";
import { usesOfMachine } from "../../../cli/support/uses-of-machine.ts";
import { usesOfProject } from "../../../cli/support/uses-of-project.ts";
import { parseEnvironment } from "../../../env/load-environment.ts";
import type { Environment } from "../../../env/schema.ts";
import { HAPROXY_BRANCHES } from "../../../proxy/haproxy-versions.ts";
import { registeredEnvironments } from "../../fixtures/env/environments.ts";
import { loadEnvironment, tfeBackend } from "../../support/environments.ts";

const folder = mkdtempSync(join(tmpdir(), "uses-"));
afterAll(() => rmSync(folder, { recursive: true }));

const of = (uses: readonly SupportUse[], product: SupportUse["product"]) =>
  uses.filter((use) => use.product === product).map(({ version, where }) => [version, where]);

describe(usesOfEnvironments, () => {
  it("finds the provider that an environment has chosen, and the runtime that follows", () => {
    const { uses } = usesOfEnvironments([
      loadEnvironment("dev"),
      { ...loadEnvironment("prod"), awsProviderVersion: "~> 6.25" },
    ]);

    expect(of(uses, "AWS provider")).toEqual([
      ["5", "dev"],
      ["6", "prod"],
    ]);
    expect(of(uses, "Lambda runtime")).toEqual([
      ["nodejs22.x", "dev"],
      ["nodejs24.x", "prod"],
    ]);
  });

  it("finds every branch of HAProxy that a proxy may be, and none where the proxy is somebody else's", () => {
    const { addresses } = loadEnvironment("prod").proxy;
    const { uses } = usesOfEnvironments([
      loadEnvironment("dev"),
      parseEnvironment("prod", { ...registeredEnvironments.prod, proxy: { kind: "external", addresses } }),
    ]);

    expect(of(uses, "HAProxy")).toEqual(
      Object.keys(HAPROXY_BRANCHES).map((branch) => [branch, "proxy of dev"]),
    );
  });

  it.each([
    ["1.11.4", [["1.11", "workspace items of test"]], []],
    ["~> 1.12.0", [["1.12", "workspace items of test"]], []],
    ["~> 1.11", [], ["Terraform of workspace items of test: it runs the newest version that ~> 1.11 allows"]],
    [undefined, [], ["Terraform of workspace items of test: the workspace sets its version"]],
  ])("finds Terraform %s of a workspace, or says that it is unchecked", (version, used, unchecked) => {
    const found = usesOfEnvironments([withWorkspace(version)]);

    expect(of(found.uses, "Terraform")).toEqual(used);
    expect(found.unchecked).toEqual(unchecked);
  });
});

function withWorkspace(terraformVersion: string | undefined): Environment {
  const backend = { ...tfeBackend("test"), workspace: "items" };
  if (terraformVersion === undefined) return { ...loadEnvironment("test"), backend };
  const managed = {
    backend: { kind: "local" as const },
    project: "items",
    team: "releases",
    terraformVersion,
    sensitiveVariables: [],
    identityProvider: "managed" as const,
    roles: { plan: "plan", apply: "apply" },
    applyPolicyArns: ["arn:aws:iam::222222222222:policy/deployment"],
  };
  return { ...loadEnvironment("test"), backend: { ...backend, managed } };
}

describe(usesOfProject, () => {
  it("finds what package.json and the files of builds say", () => {
    mkdirSync(join(folder, ".github", "workflows"), { recursive: true });
    const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
    write("package.json", '{ "engines": { "node": ">=20.19" }, "dependencies": { "cdktf": "0.21.0" } }');
    write("buildspec.check.yml", "    TERRAFORM_VERSION: 1.12.1\n    runtime-versions:\n      nodejs: 22\n");
    write(
      join(".github", "workflows", "a.yml"),
      '          node-version: "24"\n  terraform_version: 1.11.4\n',
    );

    const uses = usesOfProject(folder);

    expect(of(uses, "Node.js")).toEqual([
      ["20", "oldest that package.json accepts"],
      ["22", "buildspec.check.yml"],
      ["24", ".github/workflows/a.yml"],
    ]);
    expect(of(uses, "AWS SDK on Node.js")).toEqual(of(uses, "Node.js"));
    expect(of(uses, "cdktf")).toEqual([["0.21", "package.json"]]);
    expect(of(uses, "Terraform")).toEqual([
      ["1.10", "oldest that the stacks accept"],
      ["1.12", "buildspec.check.yml"],
      ["1.11", ".github/workflows/a.yml"],
    ]);
  });

  it("finds the Node.js of every file of this project's builds", () => {
    const files = [
      ...readdirSync(".").filter((file) => /^buildspec\..*\.yml$/.test(file)),
      ...readdirSync(join(".github", "workflows")).map((file) => join(".github", "workflows", file)),
    ];
    const found = of(usesOfProject("."), "Node.js").map(([, where]) => where);

    expect(found).toEqual(expect.arrayContaining(files));
  });
});

describe(usesOfMachine, () => {
  it("finds the Node.js that runs it, and says that it has found no Terraform", async () => {
    const { uses, unchecked } = await usesOfMachine({ PATH: folder });

    expect(of(uses, "Node.js")).toEqual([[process.versions.node.split(".")[0], "this machine"]]);
    expect(of(uses, "Terraform")).toEqual([]);
    expect(unchecked).toEqual([
      expect.stringMatching(/^Terraform of this machine: Terraform is not on PATH\./),
    ]);
  });

  it("finds the Terraform that is on PATH", async () => {
    const terraform = join(folder, "terraform");
    writeFileSync(terraform, `#!/bin/sh\necho '{ "terraform_version": "1.13.2" }'\n`, { mode: 0o755 });

    const { uses, unchecked } = await usesOfMachine({ PATH: `${folder}:/bin` });

    expect(of(uses, "Terraform")).toEqual([["1.13", "this machine"]]);
    expect(unchecked).toEqual([]);
  });
});
