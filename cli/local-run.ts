import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import * as z from "zod";
import { UserError } from "../contract/user-error.ts";
import { ingestionStackName } from "../domain/names.ts";
import type { StackDescription } from "../emulator/describe-stack.ts";
import { localQueueUrls } from "../emulator/run-stack.ts";
import type { ResolvedStack } from "../emulator/terraform/resolve-stack.ts";
import type { LocalRun } from "../operations/deployed-stack.ts";

const localRunSchema = z.object({
  run: z.object({
    url: z.url(),
    apisUrl: z.url(),
    endpoint: z.url(),
    pid: z.int().positive(),
    errorLog: z.string().optional(),
  }),
  outputs: z.record(z.string(), z.object({ value: z.unknown() })),
});

/** Where `npm start` says what it runs, for `--local` of the commands that operate a stack. */
function fileOf(environment: string, env: NodeJS.ProcessEnv): string {
  return join(env["CDKTF_OUTDIR"] || "cdktf.out", "local", `${ingestionStackName(environment)}.json`);
}

/**
 * Keeps what functions log when messages fail, for `redrive --local`: the service itself has no CloudWatch Logs.
 * @returns the file, which is there once something was added, and what adds a line of a function's log to it where it is one of those
 */
export function openErrorLog(environment: string, env: NodeJS.ProcessEnv) {
  const file = resolve(fileOf(environment, env).replace(/\.json$/, `.${process.pid}.log`));
  return {
    file,
    add(line: string): void {
      if (!line.includes('"message failed"')) return;
      mkdirSync(dirname(file), { recursive: true });
      appendFileSync(file, `${line}\n`);
    },
    remove: () => rmSync(file, { force: true }),
  };
}

/** The outputs of a stack that runs on this machine, with the URLs that its queues have here. */
export async function localOutputs(
  outputs: ResolvedStack["outputs"],
  stack: StackDescription,
  endpoint: string,
): Promise<Record<string, unknown>> {
  const urls = await localQueueUrls(stack, endpoint);
  return mapOutputs(outputs, (value) => urls.get(String(value)) ?? value);
}

/** As `terraform output -json` prints them. */
export function asTerraformPrints(outputs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return mapOutputs(outputs, (value) => ({ value }));
}

function mapOutputs(outputs: Readonly<Record<string, unknown>>, change: (value: unknown) => unknown) {
  return Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, change(value)]));
}

/** @returns what takes the file away again, unless another process has written it meanwhile */
export function writeLocalRun(
  environment: string,
  run: LocalRun,
  outputs: Readonly<Record<string, unknown>>,
  env: NodeJS.ProcessEnv,
): () => void {
  const file = fileOf(environment, env);
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${run.pid}`;
  writeFileSync(temporary, JSON.stringify({ run, outputs: asTerraformPrints(outputs) }, null, 2));
  renameSync(temporary, file);
  return () => {
    if (read(file)?.run.pid === run.pid) rmSync(file, { force: true });
  };
}

/**
 * What `npm start -- <environment>` runs now.
 * @throws UserError where it does not run
 */
export function readLocalRun(
  environment: string,
  env: NodeJS.ProcessEnv,
): { readonly run: LocalRun; readonly outputs: string; readonly source: string } {
  const file = fileOf(environment, env);
  const found = read(file);
  if (found === undefined || !isRunning(found.run.pid)) {
    throw new UserError(
      `--local: "npm start -- ${environment}" is not running in this folder. Start it in another terminal, with the same CDKTF_OUTDIR.`,
    );
  }
  return { run: found.run, outputs: JSON.stringify(found.outputs), source: file };
}

function read(file: string): z.infer<typeof localRunSchema> | undefined {
  try {
    return localRunSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
