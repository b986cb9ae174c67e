import { execFileSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { domain as shipped } from "../../domain/domain.ts";
import { type CheckOut, copyProject, useFixtureEnvironments } from "../support/check-out.ts";
import { blocksOf } from "../support/guide.ts";
import { APART_FROM_EDITS, npmRun } from "../support/npm-run.ts";
import { findPluginDirectory, terraform } from "../support/terraform.ts";

/** In the gate it is there, with a mirror of the provider. */
const hasTerraform = await terraform(".", ["version"]).then(
  () => true,
  () => false,
);

let project: CheckOut;
beforeAll(() => {
  project = copyProject();
  // Whatever somebody has made of those here.
  useFixtureEnvironments(project.folder);
  git("init", "--quiet");
  git("add", "--all");
  git("config", "user.name", "swap");
  git("config", "user.email", "swap@example.com");
  git("commit", "--quiet", "--message", "As it is shipped");
});
afterAll(() => project.remove());

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: project.folder, encoding: "utf8" });
}

async function expectGreen(
  command: readonly string[],
  variables?: Readonly<Record<string, string>>,
): Promise<string> {
  const { code, text } = await npmRun(project.folder, command, variables);
  expect(code, text).toBe(0);
  return text;
}

/** What docs/extend.md says, and nothing else. */
async function swapDomain(): Promise<void> {
  const [claims = "", line = ""] = blocksOf("docs/extend.md", "ts");
  writeFileSync(join(project.folder, "domain", "claims.ts"), claims);
  writeFileSync(join(project.folder, "domain", "domain.ts"), line);
  expect(await expectGreen(["spec", "models"])).toBe(
    "specs/claims.openapi.json was written.\nspecs/claims-large.openapi.json was written.\n",
  );
}

/** Files that differ from what was committed, with the lines that were added and removed. */
function changes(): { readonly file: string; readonly lines: number }[] {
  git("add", "--all");
  return git("diff", "--cached", "--numstat", "--no-renames", "HEAD")
    .trim()
    .split("\n")
    .map((line) => line.split("\t"))
    .map(([added, removed, file = ""]) => ({ file, lines: Number(added) + Number(removed) }));
}

// Each goes on where the one before has ended.
describe("another domain in the place of the shipped one", () => {
  it("touches domain/, and in specs/ what a command writes", async () => {
    await swapDomain();

    const touched = changes();
    const byHand = touched.filter(({ file }) => file.startsWith("domain/"));
    expect(touched.filter(({ file }) => !/^(domain|specs)\//.test(file))).toEqual([]);
    expect(byHand.map(({ file }) => file)).toEqual(["domain/claims.ts", "domain/domain.ts"]);
    console.log(`by hand: ${summary(byHand)}; with what is generated: ${summary(touched)}`);
  });

  it("leaves nothing to generate, and a stack of every environment", async () => {
    await expectGreen(["spec", "models", "--check"]);
    await expectGreen(["synth"]);

    expect(readdirSync(join(project.folder, "cdktf.out", "stacks"))).toEqual(
      expect.arrayContaining(["claims-dev", "claims-prod", "claims-test", "claims-uat"]),
    );
  });

  it.runIf(hasTerraform)("gives Terraform what it takes", async () => {
    const text = await expectGreen(["validate"], { TF_PLUGIN_DIR: findPluginDirectory() });

    expect(text).toMatch(/^claims-dev: valid$/m);
  });

  it("is demonstrated", async () => {
    const text = await expectGreen(["demo"]);

    expect(text).toContain("claims-large");
    expect(text).not.toMatch(new RegExp(shipped.noun, "i"));
  });

  it("passes the fast tests", async () => {
    await expectGreen(["test:fast", `--exclude=${APART_FROM_EDITS}`]);
  });

  it("keeps what the simulations hold, at a tenth of their size", async () => {
    await expectGreen(["test", "__tests__/functions/invariants"]);
  });

  it("needs the shipped domain no more", async () => {
    const files = /^git rm (.*)$/m.exec(blocksOf("docs/extend.md", "sh").join(""))?.[1]?.split(" ") ?? [];
    git("rm", "--quiet", "--", ...files);

    await expectGreen(["check"]);
    await expectGreen(["synth"]);
    await expectGreen(["test:fast", "__tests__/specs", "__tests__/domain"]);
  });
});

const summary = (touched: ReturnType<typeof changes>) =>
  `${touched.length} files, ${touched.reduce((sum, { lines }) => sum + lines, 0)} lines`;
