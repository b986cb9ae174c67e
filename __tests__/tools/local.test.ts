import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, inject, it, vi } from "vitest";
import { z } from "zod";
import { createSamples, showRequests } from "../../cli/demo/requests.ts";
import { callersOf } from "../../cli/local-callers.ts";
import { domain } from "../../domain/domain.ts";
import { filesOf } from "../../domain/files.ts";
import { ingestionStackName, LARGE_API, SHARED_PATH, SMALL_API } from "../../domain/names.ts";
import { main as demo } from "../../tools/demo.ts";
import { main as start } from "../../tools/start.ts";
import { main as vectors } from "../../tools/vectors.ts";
import { dev } from "../fixtures/env/dev.ts";
import { callCommand } from "../support/call-command.ts";
import {
  descendantsOf,
  killCommands,
  listeningAddresses,
  preload,
  runByNpm,
  runCommand,
  untilGone,
} from "../support/commands.ts";
import { loadEnvironment } from "../support/environments.ts";
import { until } from "../support/until.ts";

// Whatever is installed: with HAProxy, the same is tested beside the other tests of it.
const builtIn = { PROXY: "built-in" };

afterEach(() => {
  killCommands();
  vi.unstubAllEnvs();
});

describe("npm run demo", () => {
  it("ends well, and shows each step and what came of it", async () => {
    const { code, text } = await runCommand("tools/demo.ts", [], builtIn).ended;

    expect(text).toContain("Proxy: built-in (PROXY=built-in).");
    for (const path of filesOf(domain.example, domain.files).map((file) => file.path.join("."))) {
      expect(text).toMatch(new RegExp(`✓ its ${path} comes back byte for byte \\(\\d\\.\\d MB\\)`));
    }
    expect(text).toContain(`✓ the reasons name the field`);
    expect(text.includes(`A plain file of the small ${domain.noun}`)).toBe(domain.plainFiles);
    for (const line of [
      `Two callers, each with a ${domain.noun} of the same id`,
      `✓ saas reads its own ${domain.noun}`,
      `✓ partner reads its own ${domain.noun}`,
      `✓ partner cannot read another ${domain.noun} of saas (404)`,
      "✓ a caller that is not listed is refused (403)",
    ]) {
      expect(text).toContain(line);
    }
    expect(text).toMatch(/All checks passed, in \d+\.\d s\./);
    expect(text).not.toContain("✗");
    expect(code).toBe(0);
  });

  it("ends at once, and says which rights it takes, where no caller has them", async () => {
    const callers = dev.proxy.callers.map((caller) => ({ ...caller, may: ["read"] }));
    const environments = { dev: { ...dev, proxy: { ...dev.proxy, callers } } };

    const { code, stdout, stderr } = await callCommand(demo, [], builtIn, { environments });

    expect(stderr).toMatch(
      /^The demonstration needs a caller that may read, write, delete\. proxy\.callers of env\/dev\.ts has none:\n/,
    );
    expect(stdout).toBe("");
    expect(code).toBe(1);
  });
});

describe.runIf(process.platform === "linux")("npm run demo, interrupted", () => {
  it("stops what it has started", async () => {
    const hold = preload(
      "tools/demo.ts",
      "fetch = () => { console.log('held'); return new Promise(() => {}); };",
    );
    const { pid, output, ended, started } = runCommand("tools/demo.ts", [], { ...builtIn, ...hold });
    await untilSaid(output, "held");
    // The test event of the bucket's notification starts the function.
    await until(() => expect(descendantsOf(pid)).not.toEqual([]));
    const processes = descendantsOf(pid);

    started.kill("SIGINT");
    const { code } = await ended;

    expect(code).toBe(130);
    expect(output.text).toMatch(/\nStopped: SIGINT\.\n$/);
    await untilGone(processes);
  });
});

describe("npm start", () => {
  it("says how to use it, has a line for each request and event, no other, and ends when npm is asked to", async () => {
    const { pid, output, ended, started } = runByNpm("start", { ...builtIn, PORT: "0" });
    await untilSaid(output, "Ctrl-C stops it");
    const url = /runs at (http:\/\/127\.0\.0\.1:\d+)/.exec(output.text)?.[1];
    const processes = descendantsOf(pid);

    const headers = { Authorization: "Bearer saas" };
    const send = (path: string, file: string) =>
      fetch(`${url}${SHARED_PATH}/${path}`, { method: "POST", headers, body: sample(file) });
    const small = await send("r-1", "small.json");
    const large = await send("r-2", "large.json");

    expect([small.status, large.status]).toEqual([201, 202]);
    await untilSaid(output, "message, done");
    processes.push(...descendantsOf(pid));
    // To npm alone, as a service manager sends it.
    started.kill("SIGINT");
    expect((await ended).code).toBe(0);
    await untilGone(processes);
    expect(withoutNpm(output.errors)).toBe("");
    expect(normalLines(output.text)).toEqual([...banner, ...log.toSorted(), ...farewell]);
  });

  it.runIf(process.platform === "linux")(
    "listens on the loopback interface alone, and takes two signals of a terminal for one",
    async () => {
      const { pid, output, ended } = startAlone();
      await untilSaid(output, "Ctrl-C stops it");
      // The test event of the bucket's notification starts the function.
      await until(() => expect(descendantsOf(pid)).not.toEqual([]));
      const processes = descendantsOf(pid);
      const addresses = listeningAddresses(pid);

      process.kill(-pid, "SIGINT");
      process.kill(-pid, "SIGINT");
      const { code } = await ended;

      expect(addresses.length).toBeGreaterThanOrEqual(4);
      // 127.0.0.1 in the kernel's byte order.
      expect(new Set(addresses)).toEqual(new Set(["0100007F"]));
      expect(code).toBe(0);
      expect(output.text).toMatch(/Stopping …\nCloudWatch would have raised no alarm\.\n$/);
      await untilGone(processes);
    },
  );

  it.runIf(process.platform === "linux")(
    "leaves no process behind when npm is killed, which can tell nobody",
    async () => {
      const { pid, output, started } = runByNpm("start", { ...builtIn, PORT: "0" });
      await untilSaid(output, "Ctrl-C stops it");
      await until(() => expect(descendantsOf(pid).length).toBeGreaterThan(1));
      const processes = descendantsOf(pid);

      started.kill("SIGKILL");

      await untilGone(processes);
    },
  );

  it.runIf(process.platform === "linux")(
    "ends at once, and leaves no process behind, when it is interrupted before it runs",
    async () => {
      // Synthesis does not end by itself.
      const hold = preload("main.ts", "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);");
      const { pid, output, ended, started } = startAlone(hold);
      await until(() => expect(commandsOf(descendantsOf(pid))).toContain("main.ts"));
      const processes = descendantsOf(pid);

      started.kill("SIGTERM");
      const { code } = await ended;

      expect(code).toBe(143);
      expect(output.text).toBe("Synthesizing the environment dev …\nStopped: SIGTERM.\n");
      await untilGone(processes);
    },
  );

  it.each([
    [
      "an environment that is not known",
      ["staging"],
      {},
      /^There is no environment "staging"\. Known: dev, [^\n]+\n$/,
    ],
    [
      "a proxy that is none",
      [],
      { PROXY: "nginx" },
      /^PROXY is "nginx"\. Set it to haproxy or built-in, or leave it out\.\n$/,
    ],
    [
      "a drill on services that are not its own",
      ["--drill"],
      { AWS_ENDPOINT_URL: "http://127.0.0.1:1" },
      /^--drill needs the embedded AWS services, because it breaks them\. Unset AWS_ENDPOINT_URL [^\n]+\n$/,
    ],
    [
      "a port that is none",
      [],
      { PORT: "http" },
      /^PORT is "http": it must be a number from 0 to 65535\.\n$/,
    ],
  ])("refuses %s", async (_, args, env, message) => {
    const { code, stdout, stderr } = await callCommand(start, args, env);

    expect(stderr).toMatch(message);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });

  it("refuses an endpoint without anyone", async () => {
    const { code, text } = await runCommand("tools/start.ts", [], { AWS_ENDPOINT_URL: "http://127.0.0.1:1" })
      .ended;

    expect(text).toMatch(/^Synthesizing the environment dev …\nAWS_ENDPOINT_URL is "[^\n]+\n$/);
    expect(code).toBe(1);
  });
});

describe("npm run vectors", () => {
  it("passes every vector of the fixtures", async () => {
    const { code, stdout } = await callCommand(vectors, ["__tests__/fixtures/vectors"]);

    expect(stdout).toMatch(/\n(\d+) of \1 vectors pass\.\n$/);
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
      stderr: `The folder "${join(INIT_CWD, "empty")}" has no *.json file of vectors.\n`,
    });
  });

  it("goes on after vectors that cannot be run, and names them", async () => {
    const [good] = casesOf("lambda-proxy-response.json");
    const folder = mkdtempSync(join(tmpdir(), "vectors-"));
    const cases = [
      { ...good, name: "an integration that is not executed", api: { ...good?.api, integration: topic } },
      { ...good, name: "a header that HTTP does not have", backend: answering({ "X-Bad": "\u0001" }) },
      { ...good, name: "a good one" },
    ];
    writeFileSync(join(folder, "own.json"), JSON.stringify({ topic: "own", source: "own", cases }));

    const { code, stdout } = await callCommand(vectors, [folder]);
    rmSync(folder, { recursive: true });

    expect(stdout).toMatch(/^own\.json: an integration that is not executed\n {2}it cannot be run: /);
    expect(stdout).toMatch(
      /\nown\.json: a header that HTTP does not have\n {2}status: expected 200, got 500\n/,
    );
    expect(stdout).toMatch(/\n1 of 3 vectors pass\.\n$/);
    expect(code).toBe(1);
  });
});

const { namePrefix, apis, buckets } = loadEnvironment("dev");

/** What `npm start` prints where nothing goes wrong, without what differs each time. */
const banner = [
  "> private-ingestion-api start",
  "> exec node cli/run.mjs tools/start.ts",
  "Synthesizing the environment dev …",
  `<out>/stacks/${ingestionStackName("dev")}/cdk.tf.json runs at <url>`,
  "  proxy: built-in (PROXY=built-in)",
  `  payloads below 5000000 bytes go to "${SMALL_API}", all others${domain.plainFiles ? " and plain files" : ""} to "${LARGE_API}"`,
  ...apis.map(({ name }) => `  "${name}" without the proxy: <url>/apis/${name}/v1`),
  "  without the proxy, set the header x-caller-id yourself",
  "  S3, SQS and DynamoDB: AWS_ENDPOINT_URL=<url> AWS_REGION=eu-central-1",
  "  caller saas (read, write, delete): -H 'Authorization: Bearer saas'",
  "  caller partner (read, write): -H 'Authorization: Bearer partner'",
  "  requests to try, in another terminal and in this folder; docs/send-payloads.md explains them:",
  ...showRequests("<url>", callersOf(loadEnvironment("dev")), createSamples()).map((line) => `  ${line}`),
  "Ctrl-C stops it and deletes its data.",
];
const log = [
  `<time>  POST ${SHARED_PATH}/r-1 ─► ${SMALL_API} 201 in <n> ms`,
  `<time>  ${namePrefix}-api: INFO submission finished`,
  `<time>  POST ${SHARED_PATH}/r-2 ─► ${LARGE_API} 202 in <n> ms`,
  `<time>  ${buckets.intake.name}/incoming/saas/r-2/payload/<id> ─► ${namePrefix}-intake`,
  `<time>  ${namePrefix}-queue: INFO submission finished`,
  `<time>  ${namePrefix}-intake ─► function, 1 message, done in <n> ms`,
];
const farewell = ["Stopping …", "CloudWatch would have raised no alarm."];

/** Lines with placeholders for what differs each time; those of the log sorted, since functions tell theirs by pipes. */
function normalLines(text: string): string[] {
  const lines = text
    .replace(/^> private-ingestion-api@\S+ /m, "> private-ingestion-api ")
    .replace(/^.*(?=\/stacks\/)/m, "<out>")
    .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, "<url>")
    .replaceAll(/^\d\d:\d\d:\d\d\.\d{3}/gm, "<time>")
    .replaceAll(/in \d+ ms$/gm, "in <n> ms")
    .replaceAll(/(?<=incoming\/saas\/r-2\/payload\/)\S+/g, "<id>")
    .replaceAll(/\{.*"level":"(\w+)".*"message":\{"message":"([^"]*)".*\}$/gm, "$1 $2")
    .split("\n")
    .filter((line) => line !== "");
  const isLogged = (line: string) => line.startsWith("<time>");
  const end = lines.indexOf("Stopping …");
  return [
    ...lines.slice(0, end).filter((line) => !isLogged(line)),
    ...lines.filter(isLogged).toSorted(),
    ...lines.slice(end).filter((line) => !isLogged(line)),
  ];
}

/** npm itself may have something to say of its version or of its configuration. */
function withoutNpm(errors: string): string {
  return errors.replaceAll(/^npm (?:warn|notice).*\n/gm, "");
}

function startAlone(env: Readonly<Record<string, string>> = {}) {
  return runCommand("tools/start.ts", [], { ...builtIn, PORT: "0", ...env }, { detached: true });
}

function sample(name: string): Buffer {
  return readFileSync(join(inject("fixtureProject"), ".cache", "samples", name));
}

async function untilSaid(output: { readonly text: string }, words: string): Promise<void> {
  await until(() => expect(output.text).toContain(words));
}

/** The command lines of processes, as one text. */
function commandsOf(pids: readonly number[]): string {
  return pids.map((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8")).join("\n");
}

const topic = {
  type: "aws",
  httpMethod: "POST",
  uri: "arn:aws:apigateway:eu-central-1:sns:action/Publish",
};

function answering(headers: Readonly<Record<string, string>>) {
  return { kind: "lambda", returns: { statusCode: 200, headers, body: "" } };
}

function casesOf(file: string) {
  const text = readFileSync(join("__tests__", "fixtures", "vectors", file), "utf8");
  return z.object({ cases: z.array(z.looseObject({ api: z.looseObject({}) })) }).parse(JSON.parse(text))
    .cases;
}
