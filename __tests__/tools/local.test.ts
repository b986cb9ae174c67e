import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, inject, it } from "vitest";
import { z } from "zod";
import { main as vectors } from "../../tools/vectors.ts";
import { callCommand } from "../support/call-command.ts";
import { childrenOf, killCommands, listeningAddresses, runCommand, untilGone } from "../support/commands.ts";
import { until } from "../support/until.ts";

// Whatever is installed: with HAProxy, the same is tested beside the other tests of it.
const builtIn = { PROXY: "built-in" };

afterEach(killCommands);

describe("npm run demo", () => {
  it("ends well, and shows each step and what came of it", async () => {
    const { code, text } = await runCommand("tools/demo.ts", [], builtIn).ended;

    expect(text).toContain("In front of it: the built-in proxy, as PROXY says.");
    expect(text).toContain("✓ its document comes back byte for byte (6.0 MB)");
    expect(text).toMatch(/All of it is right, after \d+\.\d s\./);
    expect(text).not.toContain("✗");
    expect(code).toBe(0);
  });
});

describe("npm start", () => {
  it("says how to use it, and logs a line for each request and event", async () => {
    const { output, ended, started } = runCommand("tools/start.ts", [], { ...builtIn, PORT: "0" });
    await until(() => expect(output.text).toContain("Ctrl-C stops it"));
    const url = /runs at (http:\/\/127\.0\.0\.1:\d+)/.exec(output.text)?.[1];
    const body = readFileSync(join(inject("fixtureProject"), ".cache", "samples", "large.json"));

    const sent = await fetch(`${url}/proposals/p-1`, { method: "POST", body });

    expect(sent.status).toBe(202);
    await until(() => expect(output.text).toMatch(/1 message, done in \d+ ms\n/));
    await until(() => {
      expect(output.text).toMatch(/POST \/v1\/proposals\/p-1 ─► proposals-large 202 in \d+ ms/);
      expect(output.text).toMatch(
        /proposals-dev-intake-111111111111\/incoming\/p-1\/\S+ ─► proposals-dev-intake/,
      );
    });
    started.kill("SIGINT");
    expect((await ended).code).toBe(0);
    expect(output.text).not.toContain("error:");
    expect(output.text).toMatch(/CloudWatch would have raised no alarm\.\n$/);
  });

  it.runIf(process.platform === "linux")(
    "listens on the loopback interface alone, and leaves no process behind when it is interrupted",
    async () => {
      const { pid, output, ended, started } = runCommand("tools/start.ts", [], { ...builtIn, PORT: "0" });
      await until(() => expect(output.text).toContain("Ctrl-C stops it"));
      // The test event of the bucket's notification starts the function.
      await until(() => expect(childrenOf(pid).length).toBeGreaterThan(0));
      const children = childrenOf(pid);
      const addresses = listeningAddresses(pid);

      started.kill("SIGINT");
      const { code } = await ended;

      expect(addresses.length).toBeGreaterThanOrEqual(4);
      // 127.0.0.1 in the kernel's byte order.
      expect(new Set(addresses)).toEqual(new Set(["0100007F"]));
      expect(code).toBe(0);
      await untilGone(children);
    },
  );

  it.each([
    [
      "an environment that is not known",
      ["staging"],
      {},
      /^There is no environment "staging"\. Known: dev, /,
    ],
    [
      "a proxy that is none",
      [],
      { PROXY: "nginx" },
      /^PROXY is "nginx": it must be haproxy or built-in\.\n$/,
    ],
    ["a port that is none", [], { PORT: "http" }, /^PORT is "http": it must be a number from 0 to 65535\./],
    [
      "an endpoint without anyone",
      [],
      { AWS_ENDPOINT_URL: "http://127.0.0.1:1" },
      /^AWS_ENDPOINT_URL is "[^\n]+\n$/,
    ],
  ])("refuses %s", async (_, args, env, message) => {
    const { code, text } = await runCommand("tools/start.ts", args, env).ended;

    expect(text).toMatch(message);
    expect(code).not.toBe(0);
  });
});

describe("npm run vectors", () => {
  it("passes every vector of the fixtures", async () => {
    const { code, stdout } = await callCommand(vectors, ["__tests__/fixtures/vectors"]);

    expect(stdout).toBe("55 of 55 vectors pass.\n");
    expect(code).toBe(0);
  });

  it("says how to use it, and fails, without a folder", async () => {
    const { code, stderr } = await callCommand(vectors, []);

    expect(stderr).toMatch(/^Name a folder\.\n\nusage: npm run vectors -- <folder>/);
    expect(code).toBe(2);
  });

  it("says which folder is not there, or empty, by its name from where npm was called", async () => {
    const INIT_CWD = mkdtempSync(join(tmpdir(), "vectors-"));
    mkdirSync(join(INIT_CWD, "empty"));

    const missing = await callCommand(vectors, ["none"], { INIT_CWD });
    const empty = await callCommand(vectors, ["empty"], { INIT_CWD });
    rmSync(INIT_CWD, { recursive: true });

    expect(missing).toEqual({
      code: 1,
      stdout: "",
      stderr: `The folder "${join(INIT_CWD, "none")}" cannot be read. Name a folder of vectors.\n`,
    });
    expect(empty).toEqual({
      code: 1,
      stdout: "",
      stderr: `The folder "${join(INIT_CWD, "empty")}" holds no *.json file of vectors.\n`,
    });
  });

  it("goes on after vectors that cannot be run, and names them", async () => {
    const [good] = casesOf("lambda-proxy-response.json");
    const folder = mkdtempSync(join(tmpdir(), "vectors-"));
    const cases = [
      { ...good, name: "an integration that is not executed", api: { ...good?.api, integration: mock } },
      { ...good, name: "a header that HTTP does not have", backend: answering({ "X-Bad": "\u0001" }) },
      { ...good, name: "a good one" },
    ];
    writeFileSync(join(folder, "own.json"), JSON.stringify({ topic: "own", source: "own", cases }));

    const { code, stdout } = await callCommand(vectors, [folder]);
    rmSync(folder, { recursive: true });

    expect(stdout).toMatch(/^own\.json: an integration that is not executed\n {2}it cannot be run: /);
    expect(stdout).toMatch(/\nown\.json: a header that HTTP does not have\n {2}it cannot be run: .*X-Bad/);
    expect(stdout).toMatch(/\n1 of 3 vectors pass\.\n$/);
    expect(code).toBe(1);
  });
});

const mock = { type: "mock" };

function answering(headers: Readonly<Record<string, string>>) {
  return { kind: "lambda", returns: { statusCode: 200, headers, body: "" } };
}

function casesOf(file: string) {
  const text = readFileSync(join("__tests__", "fixtures", "vectors", file), "utf8");
  return z.object({ cases: z.array(z.looseObject({ api: z.looseObject({}) })) }).parse(JSON.parse(text))
    .cases;
}
