import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { checkRegistration } from "../../cli/check-registration.ts";
import { UserError } from "../../contract/user-error.ts";
import { registeredEnvironments } from "../fixtures/env/environments.ts";
import { type CheckOut, checkOut } from "../support/check-out.ts";

let project: CheckOut | undefined;
afterEach(() => project?.remove());

/** The tests' environments, and one of which somebody has made the file alone. */
function withForgotten(): string {
  project = checkOut();
  const env = join(project.folder, "env");
  writeFileSync(
    join(env, "staging.ts"),
    readFileSync(join(env, "uat.ts"), "utf8").replaceAll("uat", "staging"),
  );
  return project.folder;
}

const ADVICE =
  'env/staging.ts: is not registered, so it has no effect: import { staging } from "./staging.ts" in env/environments.ts, and add staging to registeredEnvironments there, in the order of promotion';

describe(checkRegistration, () => {
  it("says how to register a file of env/ that nobody has registered", () => {
    expect(() => checkRegistration(withForgotten(), registeredEnvironments)).toThrow(new UserError(ADVICE));
  });

  it.each([
    'export const staging = { ...uat, name: "staging" } satisfies EnvironmentInput;',
    'const staging: EnvironmentInput = { name: "staging" };\nexport { staging };',
    "export const staging = {\n  name: 'staging',\n};",
  ])("knows an environment however it is written: %s", (text) => {
    const folder = withForgotten();
    writeFileSync(join(folder, "env", "staging.ts"), `${text}\n`);

    expect(() => checkRegistration(folder, registeredEnvironments)).toThrow(new UserError(ADVICE));
  });

  it("takes a file that is registered, and all that is no environment", () => {
    const staging = registeredEnvironments.uat;

    expect(() => checkRegistration(withForgotten(), { ...registeredEnvironments, staging })).not.toThrow();
  });

  it.each(["main.ts", "tools/env.ts"])("ends %s with exit code 1", async (entry) => {
    const ended = promisify(execFile)(process.execPath, ["cli/run.mjs", entry], { cwd: withForgotten() });

    await expect(ended).rejects.toMatchObject({ code: 1, stdout: "", stderr: `${ADVICE}\n` });
  });
});
