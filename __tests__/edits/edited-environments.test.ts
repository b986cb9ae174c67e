import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { ingestionStackName } from "../../domain/names.ts";
import { type CheckOut, copyProject, useFixtureEnvironments } from "../support/check-out.ts";
import { loadEnvironment } from "../support/environments.ts";
import { APART_FROM_EDITS, npmRun } from "../support/npm-run.ts";

let project: CheckOut | undefined;
afterEach(() => project?.remove());

/** Tests of rooms that import no environment, which __tests__/import-directions.test.ts holds. */
const APART_FROM_ENVIRONMENTS = "__tests__/{contract,functions,openapi}/**";

/** This project with the environments that it is shipped with, whatever somebody has made of them here. */
function shippedProject(): CheckOut {
  project = copyProject();
  useFixtureEnvironments(project.folder);
  return project;
}

async function expectGreen(copy: CheckOut, environments: readonly string[]): Promise<void> {
  expect(await npmRun(copy.folder, ["synth"])).toMatchObject({ code: 0 });
  expect(readdirSync(join(copy.folder, "cdktf.out", "stacks"))).toEqual(
    expect.arrayContaining(environments.map(ingestionStackName)),
  );
  const exclusions = [APART_FROM_EDITS, APART_FROM_ENVIRONMENTS].map((glob) => `--exclude=${glob}`);
  const { code, text } = await npmRun(copy.folder, ["test:fast", ...exclusions]);
  expect(code, text).toBe(0);
}

describe("environments edited as the guide says", () => {
  it("leave synth and the fast tests green: dev moved, staging added, uat removed, an editor's files beside it", async () => {
    const copy = shippedProject();
    copy.edit("env/dev.ts", loadEnvironment("dev").namePrefix, "acme-dev");
    copy.edit("env/dev.ts", "111111111111", "909090909090");
    copy.edit("env/dev.ts", "eu-central-1", "us-east-1");
    copy.edit("env/dev.ts", "queue: { polling", "queue: { batchSize: 3, polling");
    copy.edit("env/dev.ts", "queue: { memoryMb: 512 }", "queue: { memoryMb: 512, timeoutSeconds: 90 }");
    copy.edit("env/dev.ts", "deletionProtection: false,", "payload: { thresholdBytes: 1_000_000 },");
    copy.edit("env/project.ts", "terraform.example.com", "terraform.acme.example");
    copy.edit("env/project.ts", "github.com/example/", "github.com/acme/");
    const uat = readFileSync(join(copy.folder, "env", "uat.ts"), "utf8");
    writeFileSync(
      join(copy.folder, "env", "staging.ts"),
      uat.replaceAll("uat", "staging").replaceAll("333333333333", "505050505050"),
    );
    rmSync(join(copy.folder, "env", "uat.ts"));
    copy.edit(
      "env/environments.ts",
      'import { uat } from "./uat.ts";',
      'import { staging } from "./staging.ts";',
    );
    copy.edit("env/environments.ts", "{ dev, test, uat, prod }", "{ dev, test, staging, prod }");
    copy.edit("env/test.ts", '"uat", ', "");
    // .editorconfig is there already.
    writeFileSync(join(copy.folder, ".nvmrc"), "22\n");
    for (const folder of [".", "env", "specs", "functions", "__tests__"]) {
      writeFileSync(join(copy.folder, folder, ".DS_Store"), Buffer.from([0, 0, 0, 1]));
    }

    await expectGreen(copy, ["dev", "staging", "prod"]);
    expect(existsSync(join(copy.folder, "cdktf.out", "stacks", ingestionStackName("uat")))).toBe(false);
    expect(await npmRun(copy.folder, ["env", "staging"])).toMatchObject({
      code: 0,
      text: expect.stringMatching(/^accountId +"505050505050" +env\/staging\.ts$/m),
    });
  });
});
