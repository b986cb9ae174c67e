import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { startLogged } from "../../../cli/bootstrap/start-logged.ts";
import { until } from "../../support/until.ts";

const folder = mkdtempSync(join(tmpdir(), "logged-"));

afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;

function start(script: string) {
  count += 1;
  const log = join(folder, `${count}.log`);
  const options = { cwd: folder, env: { PATH: process.env["PATH"] }, log };
  return { log, started: startLogged([process.execPath, "-e", script], options) };
}

const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe(startLogged, () => {
  it("keeps what it writes in a file, errors included", async () => {
    const { log, started } = start('console.log("out"); console.error("error")');

    await started.succeeded();

    expect(readFileSync(log, "utf8")).toBe("out\nerror\n");
  });

  it("shows the last lines of what fails, and how it ended", async () => {
    const { started } = start('for (let i = 1; i <= 40; i++) console.log("line " + i); process.exitCode = 3');

    const error: unknown = await started.succeeded().catch((each: unknown) => each);

    const [first, , ...lines] = String((error as Error).message).split("\n");
    expect((error as Error).name).toBe("UserError");
    expect(first).toMatch(/ ended with exit code 3\. Its last lines:$/);
    expect(lines).toEqual(Array.from({ length: 25 }, (_, index) => `line ${index + 16}`));
  });

  it("says where a program is not there", async () => {
    const log = join(folder, "missing.log");

    await expect(startLogged(["no-such-program"], { cwd: folder, env: {}, log }).succeeded()).rejects.toThrow(
      '"no-such-program" ended with spawn no-such-program ENOENT.',
    );
  });

  it("answers no question: its input has ended", async () => {
    await start(
      'process.stdin.resume(); process.stdin.on("end", () => console.log("ended"))',
    ).started.succeeded();
  });

  it("waits for what it is to write, and ends it with what it has started", async () => {
    const child = 'console.log("child " + process.pid); setInterval(() => {}, 1000)';
    const { started } = start(
      `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}], { stdio: "inherit" })`,
    );
    const pid = Number(await started.wrote(/^child (\d+)$/m));

    await started.stop();

    await until(() => expect(isRunning(pid)).toBe(false));
  });

  it("does not wait for what has ended before it was ready", async () => {
    await expect(start('console.log("no port")').started.wrote(/^listening on (\d+)$/m)).rejects.toThrow(
      /ended with exit code 0 before it was ready\. Its last lines:\n\nno port$/,
    );
  });
});
