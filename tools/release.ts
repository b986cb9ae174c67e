// Releases a synthesized environment through Terraform Enterprise.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { environmentNames, loadEnvironment } from "../env/load-environment.ts";
import { readArguments } from "./command-arguments.ts";
import { CommandError } from "./command-error.ts";
import { EnterpriseClient } from "./release/enterprise-client.ts";
import { checkManifest, writeManifest } from "./release/manifest.ts";
import { packStack } from "./release/pack-stack.ts";
import { runRelease } from "./release/run-release.ts";

const help = `usage: npm run release -- build
       npm run release -- <environment> [--plan] [--wait] [--timeout-minutes <n>]

build                    writes down what "npm run synth" made: the commit, and the SHA-256 of every stack
<environment>            runs exactly that stack in the environment's workspace of Terraform Enterprise (${environmentNames.join(", ")})

  --plan                 a speculative plan, which can't be applied
  --wait                 goes on until somebody has confirmed or discarded the run, where the environment asks for it
  --timeout-minutes <n>  then the run is ended (60)

The token comes from TFE_TOKEN, or from TF_TOKEN_<host> as Terraform has it. Ctrl-C ends the run too.`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const { positionals, wantsHelp, isSet, text } = readArguments(args, {
    help,
    positionals: [1, 1],
    options: { plan: "flag", wait: "flag", "timeout-minutes": "text" },
  });
  if (wantsHelp) {
    console.log(help);
    return 0;
  }
  const [target = ""] = positionals;
  const outdir = process.env["CDKTF_OUTDIR"] || "cdktf.out";
  if (target === "build") return build(outdir);
  return release(target, outdir, {
    speculative: isSet("plan"),
    wait: isSet("wait"),
    timeoutMinutes: readMinutes(text("timeout-minutes")),
  });
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

async function release(
  name: string,
  outdir: string,
  options: { readonly speculative: boolean; readonly wait: boolean; readonly timeoutMinutes: number },
): Promise<number> {
  const { backend } = loadEnvironment(name);
  if (backend.kind !== "tfe") {
    throw new CommandError(
      `env/${name}.ts has the backend "${backend.kind}": there is no workspace to release to. Move its state to Terraform Enterprise (docs/delivery.md), or use npm run apply -- ${name}.`,
    );
  }
  const stack = `proposals-${name}`;
  const { commit } = checkManifest(outdir, stack);
  const address = process.env["TFE_ADDRESS"] ?? `https://${backend.hostname}`;
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stopping.abort());
  const outcome = await runRelease({
    client: new EnterpriseClient({ address, token: readToken(backend.hostname, name) }),
    address,
    organization: backend.organization,
    workspace: backend.workspace,
    archive: await packStack(join(outdir, "stacks", stack)),
    message: `${options.speculative ? "Plan" : "Release"} of ${commit.slice(0, 12)}`,
    speculative: options.speculative,
    autoApply: !options.speculative && backend.apply === "automatic",
    waitForConfirmation: options.wait,
    timeoutMilliseconds: options.timeoutMinutes * 60_000,
    pollMilliseconds: Number(process.env["RELEASE_POLL_MILLISECONDS"] ?? 3_000),
    signal: stopping.signal,
    print: (line) => console.log(line),
  });
  console.log(`${name}: ${outcome}`);
  return 0;
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
