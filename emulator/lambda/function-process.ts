import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { unzipSync } from "fflate";
import type { FunctionResult } from "../api-gateway/messages.ts";
import { ExecutionEnvironment, type ExecutionEnvironmentOptions } from "./execution-environment.ts";

export interface FunctionOptions {
  readonly functionName: string;
  readonly arn: string;
  readonly zipPath: string;
  /** Such as `api.handler`. */
  readonly handler: string;
  /** Those of the function's configuration. */
  readonly variables: Readonly<Record<string, string>>;
  /** What this machine adds: where AWS is, and credentials, which Lambda has from the function's role. */
  readonly extraVariables: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly region: string;
  /** Told each line that the code writes. */
  readonly onLogLine?: (line: string) => void;
}

export interface RunningFunction {
  /** One event, in an environment that is idle or in a new one. */
  invoke(event: unknown): Promise<FunctionResult>;
  /** The most memory that one of its processes has had so far. */
  maxMemoryBytes(): number;
  /** Ends what runs and removes the unpacked code. */
  stop(): Promise<void>;
}

/** Bytes of a synchronous response: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const maxResponseBytes = 6_291_556;

/** A function as AWS Lambda runs it: its bundle in processes of its own, which are kept for the next event. */
export async function startFunction(options: FunctionOptions): Promise<RunningFunction> {
  const taskRoot = await mkdtemp(join(tmpdir(), "function-"));
  await unpack(options.zipPath, taskRoot);
  const environments = new Set<ExecutionEnvironment>();
  let maxMemoryBytes = 0;
  const idle: ExecutionEnvironment[] = [];

  const take = (): ExecutionEnvironment => {
    for (let next = idle.pop(); next !== undefined; next = idle.pop()) if (next.alive) return next;
    const started = new ExecutionEnvironment(environmentOptions(options, taskRoot));
    environments.add(started);
    return started;
  };

  return {
    async invoke(event) {
      const environment = take();
      const result = await environment.invoke(JSON.stringify(event));
      maxMemoryBytes = Math.max(maxMemoryBytes, environment.maxMemoryBytes);
      if (environment.alive) idle.push(environment);
      else environments.delete(environment);
      return withinSize(result);
    },
    maxMemoryBytes: () => maxMemoryBytes,
    async stop() {
      await Promise.all([...environments].map((environment) => environment.stop()));
      await rm(taskRoot, { recursive: true, force: true });
    },
  };
}

async function unpack(zipPath: string, taskRoot: string): Promise<void> {
  for (const [name, content] of Object.entries(unzipSync(await readFile(zipPath)))) {
    const file = join(taskRoot, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

function environmentOptions(options: FunctionOptions, taskRoot: string): ExecutionEnvironmentOptions {
  const {
    functionName,
    arn,
    handler,
    timeoutSeconds,
    memoryMegabytes,
    onLogLine = () => undefined,
  } = options;
  return {
    functionName,
    functionArn: arn,
    taskRoot,
    handler,
    timeoutSeconds,
    memoryMegabytes,
    onLogLine,
    environment: {
      ...options.variables,
      ...runtimeVariables(options, taskRoot),
      ...options.extraVariables,
    },
  };
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime */
function runtimeVariables(options: FunctionOptions, taskRoot: string): Record<string, string> {
  return {
    AWS_DEFAULT_REGION: options.region,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(options.memoryMegabytes),
    AWS_LAMBDA_FUNCTION_NAME: options.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_REGION: options.region,
    LAMBDA_TASK_ROOT: taskRoot,
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    _HANDLER: options.handler,
  };
}

function withinSize(result: FunctionResult): FunctionResult {
  if (result.kind === "failed" || Buffer.byteLength(result.payload) <= maxResponseBytes) return result;
  return {
    kind: "failed",
    errorType: "Function.ResponseSizeTooLarge",
    errorMessage: `The response exceeds ${maxResponseBytes} bytes`,
  };
}
