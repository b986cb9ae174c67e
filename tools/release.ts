// Releases a synthesized environment through Terraform Enterprise.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { environmentNames, loadEnvironment } from "../env/load-environment.ts";
import type { Environment } from "../env/schema.ts";
import { readArguments } from "./command-arguments.ts";
import { CommandError } from "./command-error.ts";
import { EnterpriseClient } from "./release/enterprise-client.ts";
import { checkManifest, writeManifest } from "./release/manifest.ts";
import { packStack } from "./release/pack-stack.ts";
import { PlanBucket, requestId } from "./release/plan-requests.ts";
import { type ReleaseOptions, type ReleaseOutcome, runRelease } from "./release/run-release.ts";

const help = `usage: npm run release -- build
       npm run release -- <environment> [--plan] [--wait] [--timeout-minutes <n>]
       npm run release -- hand-in | plan-request <key>

build                    writes down what "npm run synth" made: the commit, and the SHA-256 of every stack
<environment>            runs exactly that stack in the environment's workspace of Terraform Enterprise (${environmentNames.join(", ")})

  --plan                 a speculative plan, which can't be applied
  --wait                 goes on until somebody has confirmed or discarded the run, where the environment asks for it
  --timeout-minutes <n>  then the run is ended (60)

hand-in and plan-request are what builds run to plan pull requests (docs/delivery.md): the one hands the stacks of
PLAN_ENVIRONMENTS in to PLAN_BUCKET and waits for the result, the other plans them and writes it.

The token comes from TFE_TOKEN, or from TF_TOKEN_<host> as Terraform has it. Ctrl-C ends the run too.`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const { positionals, wantsHelp, isSet, text } = readArguments(args, {
    help,
    positionals: [1, 2],
    options: { plan: "flag", wait: "flag", "timeout-minutes": "text" },
  });
  if (wantsHelp) {
    console.log(help);
    return 0;
  }
  const [target = "", key] = positionals;
  const outdir = process.env["CDKTF_OUTDIR"] || "cdktf.out";
  const timeoutMinutes = readMinutes(text("timeout-minutes"));
  if ((target === "plan-request") !== (key !== undefined)) {
    throw new CommandError(`${key === undefined ? "Name the request." : `What is "${key}"?`}\n\n${help}`, {
      exitCode: 2,
    });
  }
  if (target === "build") return build(outdir);
  if (target === "hand-in") return handIn(outdir, timeoutMinutes);
  if (key !== undefined) return planRequest(key, timeoutMinutes);
  return release(target, outdir, { speculative: isSet("plan"), wait: isSet("wait"), timeoutMinutes });
}

function build(outdir: string): number {
  const directory = join(outdir, "stacks");
  const stacks = existsSync(directory) ? readdirSync(directory).toSorted() : [];
  if (stacks.length === 0) throw new CommandError(`${directory} is empty. Synthesize first: npm run synth.`);
  const { commit, stacks: hashes } = writeManifest(outdir, currentCommit(), stacks);
  console.log(`${join(outdir, "release.json")} of commit ${commit}:`);
  for (const [stack, hash] of Object.entries(hashes)) console.log(`  ${stack}  ${hash}`);
  return 0;
}

interface Options {
  readonly speculative: boolean;
  readonly wait: boolean;
  readonly timeoutMinutes: number;
}

async function release(name: string, outdir: string, options: Options): Promise<number> {
  // First of all what needs no stack: whether there is a workspace at all.
  const backend = workspaceOf(name);
  const stack = `proposals-${name}`;
  const { commit } = checkManifest(outdir, stack);
  const outcome = await runIn(backend, name, {
    ...options,
    archive: await packStack(join(outdir, "stacks", stack)),
    message: `${options.speculative ? "Plan" : "Release"} of ${commit.slice(0, 12)}`,
    print: (line) => console.log(line),
  });
  console.log(`${name}: ${outcome}`);
  return 0;
}

/** In a check, which holds no token: gives the stacks to somebody who does, and waits for what comes of them. */
async function handIn(outdir: string, timeoutMinutes: number): Promise<number> {
  const bucket = new PlanBucket(variable("PLAN_BUCKET"));
  const environments = words(variable("PLAN_ENVIRONMENTS"));
  const id = (process.env["CODEBUILD_BUILD_ID"] ?? `local-${process.pid}`).replaceAll(/[^A-Za-z0-9-]/g, "-");
  const archives = new Map<string, Buffer>();
  for (const name of environments) {
    archives.set(name, await packStack(join(outdir, "stacks", `proposals-${name}`)));
  }
  await bucket.handIn(id, { commit: currentCommit(), environments }, archives);
  console.log(`handed in ${environments.join(", ")} as ${id}`);
  const deadline = Date.now() + timeoutMinutes * 60_000;
  for (;;) {
    const result = await bucket.readResult(id);
    if (result !== undefined) {
      for (const line of result.lines) console.log(line);
      return result.succeeded ? 0 : 1;
    }
    if (Date.now() > deadline)
      throw new CommandError(`Nobody planned ${id} within ${timeoutMinutes} minutes.`);
    await new Promise((resolve) => setTimeout(resolve, pollMilliseconds()));
  }
}

/** Built from the branch that is released: what was handed in is data, and is planned where it may be, never applied. */
async function planRequest(key: string, timeoutMinutes: number): Promise<number> {
  const id = requestId(key);
  const bucket = new PlanBucket(variable("PLAN_BUCKET"));
  const allowed = words(variable("PLAN_ENVIRONMENTS"));
  const lines: string[] = [];
  const print = (line: string) => {
    console.log(line);
    lines.push(line);
  };
  let succeeded = true;
  try {
    const { commit, environments } = await bucket.readRequest(id);
    for (const name of environments) {
      if (!allowed.includes(name)) throw new CommandError(`${name} is not planned for pull requests.`);
      const archive = await bucket.readArchive(id, name);
      const message = `Plan of ${commit.slice(0, 12)}`;
      const outcome = await runIn(workspaceOf(name), name, {
        speculative: true,
        wait: false,
        timeoutMinutes,
        archive,
        message,
        print,
      });
      print(`${name}: ${outcome}`);
    }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    succeeded = false;
    print(error.message);
  }
  await bucket.writeResult(id, { succeeded, lines });
  return succeeded ? 0 : 1;
}

type Workspace = Extract<Environment["backend"], { kind: "tfe" }>;

function workspaceOf(name: string): Workspace {
  const { backend } = loadEnvironment(name);
  if (backend.kind === "tfe") return backend;
  throw new CommandError(
    `env/${name}.ts has the backend "${backend.kind}": there is no workspace to release to. Move its state to Terraform Enterprise (docs/delivery.md), or use npm run apply -- ${name}.`,
  );
}

function runIn(
  backend: Workspace,
  name: string,
  options: Options & Pick<ReleaseOptions, "archive" | "message" | "print">,
): Promise<ReleaseOutcome> {
  const address = process.env["TFE_ADDRESS"] ?? `https://${backend.hostname}`;
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopping.abort());
  return runRelease({
    ...options,
    client: new EnterpriseClient({ address, token: readToken(backend.hostname, name) }),
    address,
    organization: backend.organization,
    workspace: backend.workspace,
    autoApply: !options.speculative && backend.apply === "automatic",
    waitForConfirmation: options.wait,
    timeoutMilliseconds: options.timeoutMinutes * 60_000,
    pollMilliseconds: pollMilliseconds(),
    signal: stopping.signal,
  });
}

function pollMilliseconds(): number {
  return Number(process.env["RELEASE_POLL_MILLISECONDS"] ?? 3_000);
}

function variable(name: string): string {
  const value = process.env[name];
  if (value) return value;
  throw new CommandError(`${name} is not set: the delivery stack sets it for its builds.`);
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

function readToken(hostname: string, name: string): string {
  const escaped = hostname.replaceAll("-", "__").replaceAll(".", "_");
  const token = process.env["TFE_TOKEN"] || process.env[`TF_TOKEN_${escaped}`];
  if (token) return token;
  throw new CommandError(
    `No token for ${hostname}, which runs ${name}: set TFE_TOKEN or TF_TOKEN_${escaped}.`,
  );
}

/** CodeBuild and GitHub say what they have checked out; on a laptop git does, and a changed file is not in a commit. */
function currentCommit(): string {
  const given = process.env["CODEBUILD_RESOLVED_SOURCE_VERSION"] || process.env["GITHUB_SHA"];
  if (given) return given;
  const git = (...args: string[]) =>
    execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  try {
    if (git("status", "--porcelain", "--untracked-files=no").trim() !== "") {
      throw new CommandError(
        "There are changes that are in no commit: what was built could not be found again. Commit first.",
      );
    }
    return git("rev-parse", "HEAD").trim();
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError("Git does not say which commit this is. Run it in a clone.", { cause: error });
  }
}

function readMinutes(text = "60"): number {
  const minutes = Number(text);
  if (Number.isFinite(minutes) && minutes > 0 && minutes <= 1_440) return minutes;
  throw new CommandError(`--timeout-minutes ${text}: write minutes, at most 1440.`, { exitCode: 2 });
}
