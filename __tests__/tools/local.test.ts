import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
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
    const body = readFileSync(".cache/samples/large.json");

    const sent = await fetch(`${url}/proposals/p-1`, { method: "POST", body });

    expect(sent.status).toBe(202);
    // The test event of the bucket's notification comes first.
    await until(() => expect(output.text).toMatch(/1 message, done in \d+ ms\n.*1 message, done/s));
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
    ["an environment that is not known", ["staging"], {}, /^usage: npm start/],
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
    const { code, text } = await runCommand("tools/vectors.ts", ["__tests__/fixtures/vectors"]).ended;

    expect(text).toBe("55 of 55 vectors pass.\n");
    expect(code).toBe(0);
  });

  it("says how to use it, and fails, without a folder", async () => {
    const { code, text } = await runCommand("tools/vectors.ts").ended;

    expect(text).toMatch(/^usage: npm run vectors -- <folder>/);
    expect(code).toBe(1);
  });
});
