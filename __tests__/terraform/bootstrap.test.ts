import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CheckOut, copyProject, useFixtureEnvironments } from "../support/check-out.ts";
import { findPluginDirectory } from "../support/terraform.ts";
import { until } from "../support/until.ts";

// The packages are those that are installed, and the fast tests run elsewhere: what costs minutes and shows nothing new.
const options = ["--tests", "none", "--packages", "linked"];
const folder = mkdtempSync(join(tmpdir(), "bootstraps-"));
/** Of the command: what it leaves behind shows here. */
const temporary = join(folder, "tmp");
let project: CheckOut;

beforeAll(() => {
  mkdirSync(temporary);
  project = copyProject();
  useFixtureEnvironments(project.folder);
  git("init", "--quiet");
  git("add", "--all", "--", ":!node_modules");
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  project?.remove();
});

function git(...args: string[]): void {
  execFileSync("git", args, { cwd: project.folder, env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" } });
}

function start(...args: string[]) {
  const child = spawn("npm", ["run", "--silent", "bootstrap", "--", ...args, ...options], {
    cwd: project.folder,
    env: {
      ...process.env,
      TMPDIR: temporary,
      TF_PLUGIN_DIR: findPluginDirectory(),
      TF_CLI_CONFIG_FILE: "/dev/null",
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const printed = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].on("data", (chunk) => {
      printed[stream] += chunk;
    });
  }
  const ended = once(child, "close").then(([code]: unknown[]) => ({ code, ...printed }));
  return { child, printed, ended };
}

const bootstrap = (...args: string[]) => start(...args).ended;
const left = () => readdirSync(temporary).filter((name) => name.startsWith("bootstrap-"));

describe("npm run bootstrap", { timeout: 900_000 }, () => {
  it("goes from an empty folder to a verified record, says what each step took, and leaves nothing", async () => {
    const { code, stdout, stderr } = await bootstrap("trial");

    expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: "" });
    const lines: string[] = stdout.split("\n");
    const steps = lines.flatMap((line) => /^✓ (.*?) +\d+\.\d s$/.exec(line)?.[1] ?? []);
    expect(steps).toEqual(
      expect.arrayContaining([
        "add env/trial.ts, and register it",
        "npm run synth",
        "npm run account -- trial --auto-approve",
        "npm run plan -- trial",
        "npm run apply -- trial --auto-approve",
        "npm start -- trial --applied",
      ]),
    );
    expect(steps.at(-1)).toBe("npm run verify -- trial --local");
    expect(lines[steps.length]).toMatch(/^ {2}total \(target 600 s\) +\d+\.\d s$/);
    expect(left()).toEqual([]);
    expect(existsSync(join(project.folder, "env", "trial.ts"))).toBe(false);
  });

  it("ends when it is told to, with what it has started, and leaves nothing", async () => {
    const { child, printed, ended } = start("trial");
    await until(() => expect(printed.stdout).toContain("✓ start moto"));

    child.kill("SIGTERM");
    const { code, stderr } = await ended;

    expect({ code, stderr }).toEqual({ code: 143, stderr: "Stopped: SIGTERM.\n" });
    expect(left()).toEqual([]);
  });

  it("ends at a step that fails, shows what it wrote, and leaves nothing", async () => {
    project.edit("env/dev.ts", 'region: "eu-central-1"', 'region: "nowhere"');

    // It is read by every command, also by the one that looks for an environment to copy.
    const unreadable = await bootstrap("trial");
    project.edit("env/dev.ts", 'region: "nowhere"', 'region: "eu-central-1"');
    appendFileSync(join(project.folder, "main.ts"), '\nthrow new Error("Not today.");\n');
    const { code, stdout, stderr } = await bootstrap("trial");

    expect(unreadable).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("region") });
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ npm run synth +\d+\.\d s\n$/);
    expect(stderr).toMatch(/^"npm run synth" ended with exit code 1\. Its last lines:\n.*Not today\./s);
    expect(left()).toEqual([]);
  });
});
