import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import {
  type FunctionOptions,
  type RunningFunction,
  startFunction,
} from "../../../emulator/lambda/function-process.ts";
import { until } from "../../support/until.ts";

const code = `
const { readdirSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
exports.echo = async (event, context) => ({ event, context, remaining: context.getRemainingTimeInMillis() });
exports.nothing = async () => undefined;
exports.fails = async () => { throw Object.assign(new Error("went wrong"), { name: "OwnError" }); };
exports.hangs = () => new Promise(() => setInterval(() => undefined, 1000));
exports.blocks = async () => { for (;;); };
exports.exits = async () => process.exit(3);
exports.environment = async () => ({ pid: process.pid, cwd: process.cwd(), variables: process.env });
exports.allocates = async () => {
  const buffers = Array.from({ length: 50 }, () => Buffer.alloc(8_000_000, 1));
  await new Promise(() => setInterval(() => buffers, 1000));
};
exports.logs = async () => { console.warn({ message: "structured" }); console.log("plain %d", 1); };
exports.large = async () => "x".repeat(6_300_000);
exports.meets = async (folder) => {
  writeFileSync(join(folder, String(process.pid)), "");
  while (readdirSync(folder).length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  return process.pid;
};
`;

let folder: string;
let running: RunningFunction | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "function-process-test-"));
  await writeFile(
    join(folder, "functions.zip"),
    zipSync({ "index.js": strToU8(code), "broken.js": strToU8('throw new Error("cannot load");') }),
  );
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await running?.stop();
  running = undefined;
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function start(handler: string, changes: Partial<FunctionOptions> = {}): Promise<RunningFunction> {
  running = await startFunction({
    functionName: "tried",
    arn: "arn:aws:lambda:eu-central-1:111111111111:function:tried",
    zipPath: join(folder, "functions.zip"),
    handler,
    variables: { DECLARED: "value" },
    extraVariables: { AWS_ENDPOINT_URL: "http://127.0.0.1:1" },
    // Lambda's longest.
    timeoutSeconds: 900,
    memoryMegabytes: 512,
    region: "eu-central-1",
    ...changes,
  });
  return running;
}

async function returned(handler: string, event: unknown = {}) {
  const result = await (running ?? (await start(handler))).invoke(event);
  return result.kind === "returned" ? JSON.parse(result.payload) : expect.fail(JSON.stringify(result));
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe(startFunction, () => {
  it("hands over the event and the context, and gives what the handler returns", async () => {
    const { event, context, remaining } = await returned("index.echo", { Records: [1] });

    expect(event).toEqual({ Records: [1] });
    expect(context).toMatchObject({
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      functionName: "tried",
      functionVersion: "$LATEST",
      invokedFunctionArn: "arn:aws:lambda:eu-central-1:111111111111:function:tried",
      memoryLimitInMB: "512",
    });
    expect(remaining).toBeGreaterThan(450_000);
    expect(remaining).toBeLessThanOrEqual(900_000);
  });

  it("gives null for a handler that returns nothing", async () => {
    expect(await (await start("index.nothing")).invoke({})).toEqual({ kind: "returned", payload: "null" });
  });

  it("shows the code the variables of its configuration and of its runtime, and nothing of this process", async () => {
    vi.stubEnv("SECRET_OF_THE_PARENT", "secret");
    vi.stubEnv("NODE_OPTIONS", "");

    const { variables, cwd } = await returned("index.environment");

    expect(Object.keys(variables).sort()).toEqual([
      "AWS_DEFAULT_REGION",
      "AWS_ENDPOINT_URL",
      "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
      "AWS_LAMBDA_FUNCTION_NAME",
      "AWS_LAMBDA_FUNCTION_VERSION",
      "AWS_LAMBDA_INITIALIZATION_TYPE",
      "AWS_REGION",
      "DECLARED",
      "LAMBDA_TASK_ROOT",
      "LANG",
      "TZ",
      "_HANDLER",
    ]);
    expect(variables).toMatchObject({
      DECLARED: "value",
      AWS_REGION: "eu-central-1",
      _HANDLER: "index.environment",
    });
    expect(cwd).toBe(variables.LAMBDA_TASK_ROOT);
  });

  it("keeps a process for the next event", async () => {
    const first = await returned("index.environment");
    const second = await returned("index.environment");

    expect(second.pid).toBe(first.pid);
  });

  it("starts a process more for each event at once", async () => {
    const meeting = await mkdtemp(join(folder, "meeting-"));
    const started = await start("index.meets");

    const results = await Promise.all([started.invoke(meeting), started.invoke(meeting)]);

    expect(new Set(results.map((result) => (result.kind === "returned" ? result.payload : ""))).size).toBe(2);
  });

  it("gives the error that a handler throws, and goes on", async () => {
    const started = await start("index.fails");
    const failed = { kind: "failed", errorType: "OwnError", errorMessage: "went wrong" };

    expect(await started.invoke({})).toEqual(failed);
    expect(await started.invoke({})).toEqual(failed);
  });

  it.each(["index.hangs", "index.blocks"])("ends %s after its timeout", async (handler) => {
    const started = await start(handler, { timeoutSeconds: 1 });

    expect(await started.invoke({})).toEqual({
      kind: "failed",
      errorType: "Sandbox.Timedout",
      errorMessage: expect.stringMatching(
        /^RequestId: [0-9a-f-]{36} Error: Task timed out after 1\.00 seconds$/,
      ),
    });
  });

  it("counts buffers as memory, and ends what takes too much", async () => {
    const started = await start("index.allocates", { memoryMegabytes: 128 });

    expect(await started.invoke({})).toEqual({
      kind: "failed",
      errorType: "Runtime.OutOfMemory",
      errorMessage: "More than 128 MB were used",
    });
  });

  it("tells of a process that exits, and starts another one", async () => {
    const started = await start("index.exits");
    const failed = {
      kind: "failed",
      errorType: "Runtime.ExitError",
      errorMessage: "Runtime exited with error: exit status 3",
    };

    expect(await started.invoke({})).toEqual(failed);
    expect(await started.invoke({})).toEqual(failed);
  });

  it.each([
    ["code that does not load", "broken.handler", "Error", "cannot load"],
    [
      "a handler that is not there",
      "index.none",
      "Runtime.HandlerNotFound",
      "index.none is undefined or not exported",
    ],
  ])("tells of %s", async (_, handler, errorType, errorMessage) => {
    expect(await (await start(handler)).invoke({})).toEqual({ kind: "failed", errorType, errorMessage });
  });

  it("refuses an answer that is larger than Lambda's limit", async () => {
    expect(await (await start("index.large")).invoke({})).toMatchObject({
      kind: "failed",
      errorType: "Function.ResponseSizeTooLarge",
    });
  });

  it("gives what the code logs as lines of JSON, as Lambda writes them", async () => {
    const lines: string[] = [];
    const started = await start("index.logs", { onLogLine: (line) => lines.push(line) });

    await started.invoke({});

    await until(() => expect(lines).toHaveLength(2));
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: "WARN", message: { message: "structured" }, requestId: expect.stringMatching(/./) },
      { level: "INFO", message: "plain 1" },
    ]);
  });

  it("leaves neither a process nor a file behind", async () => {
    const { pid, cwd } = await returned("index.environment");

    await running?.stop();

    expect(isRunning(pid)).toBe(false);
    await expect(readdir(cwd)).rejects.toMatchObject({ code: "ENOENT" });
  });
});
