// Releases synthesized environments through Terraform Enterprise.

import { command, wrongCommandLine } from "../cli/command.ts";
import { RELEASE_TIMEOUT_MINUTES } from "../contract/builds.ts";
import { UserError } from "../contract/user-error.ts";
import { ingestionStackName } from "../domain/names.ts";
import { loadEnvironments } from "../env/load-environment.ts";
import type { Environment } from "../env/schema.ts";
import { billOfMaterials } from "../release/bill-of-materials.ts";
import { type Build, fetchBuild, readBuild, stackOf, storeBuild, writeBuild } from "../release/build.ts";
import type { EnterpriseClient } from "../release/enterprise-client.ts";
import { packStack } from "../release/pack.ts";
import { isReleased, promote, type Target, targetOf } from "../release/promote.ts";
import { handIn, planRequest, planTarget } from "../release/pull-request.ts";
import type { RunOptions } from "../release/run.ts";
import { ReleaseSettings } from "../release/settings.ts";
import { recordResult, takeOutputs } from "../release/verification-run.ts";
import {
  requireVerified,
  type VerificationOptions,
  verifyAgain,
  verifyRelease,
} from "../release/verify-release.ts";

const help = (environmentNames: readonly string[]) => `usage: npm run release -- build
       npm run release -- fetch <build>
       npm run release -- <environment>… [--plan] [--wait] [--timeout-minutes <n>]
       npm run release -- --verify <environment>…
       npm run release -- hand-in | plan-request <version> | verification-outputs | verification-result <exit code>

build                    records the output of "npm run synth" as a build: release.json has the commit and the SHA-256 of
                         every stack. The SHA-256 of release.json is the build's name. Also writes bom.json (all packages,
                         CycloneDX) and SHA256SUMS (every file)
fetch <build>            replaces the synthesized stacks by an earlier build
<environment>…           releases the build to the workspaces of Terraform Enterprise, one after the other. Stops at the
                         first run that waits for a confirmation (${environmentNames.join(", ")})

  --plan                 starts speculative plans, which nobody can apply
  --verify               verifies what runs in the environments, and releases nothing
  --wait                 waits until somebody confirms or discards a waiting run
  --timeout-minutes <n>  minutes for each environment. After them, the command ends its run (${RELEASE_TIMEOUT_MINUTES})

An environment gets a build only after the environment before it in delivery.releases has applied it. If
delivery.verification lists that environment, a build in the VPC must also have verified it with payloads. An environment
does not get the same build twice: after a confirmation, call the command again with the remaining environments only.

The pipeline's builds run the other commands (docs/delivery.md). hand-in stores the stacks of PLAN_ENVIRONMENTS in
BUILDS_BUCKET and waits for their plans. plan-request plans them. verification-outputs and verification-result run before
and after "npm run verify". If BUILDS_BUCKET is set, builds are stored there and fetched from there. BUILDS_BUCKET_OWNER is
the account that must own it.

The token comes from TFE_TOKEN, or from TF_TOKEN_<host> as for Terraform. Ctrl-C ends a run that is not being applied yet.`;

interface Release {
  readonly settings: ReleaseSettings;
  readonly environments: readonly Environment[];
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
  readonly isPlan: boolean;
  readonly wait: boolean;
  readonly onlyVerify: boolean;
  /** Anew for each environment: its time begins when it is its turn. */
  following(): Pick<RunOptions, "deadline" | "pollMilliseconds" | "signal" | "print">;
}

/** What each takes besides its name, in words, and what it does with it. */
const steps: Readonly<
  Record<string, readonly [string | undefined, (release: Release, argument: string) => Promise<number>]>
> = {
  build: [undefined, build],
  fetch: ["the name of the build", fetch],
  "hand-in": [undefined, (release) => handIn({ ...release, ...release.following() })],
  "verification-outputs": [undefined, takeOutputs],
  "verification-result": ["the exit code of the verification", recordResult],
  "plan-request": [
    "the version of the request",
    (release, version) => planRequest(version, { ...release, ...release.following() }),
  ],
};

export const main = command(
  {
    help,
    positionals: [1, 20],
    missing:
      "Name environments, or a command: build, fetch, hand-in, plan-request, verification-outputs or verification-result.",
    options: { plan: "flag", verify: "flag", wait: "flag", "timeout-minutes": "text" },
  },
  async ({ positionals, isSet, text }, { env, environments, print }) => {
    if (isSet("plan") && isSet("verify")) {
      throw wrongCommandLine("Give --plan or --verify, not both.", help(Object.keys(environments)));
    }
    const timeoutMilliseconds = readMinutes(text("timeout-minutes")) * 60_000;
    const [target = "", ...more] = positionals;
    const [argument, run] = (Object.hasOwn(steps, target) && steps[target]) || [];
    const extra = more[argument === undefined ? 0 : 1];
    if (run !== undefined && (extra !== undefined || (argument !== undefined && more.length === 0))) {
      const what =
        extra === undefined ? `${target} needs an argument: ${argument}.` : `Unknown argument: "${extra}".`;
      throw wrongCommandLine(what, help(Object.keys(environments)));
    }
    const settings = new ReleaseSettings(env);
    const signal = stopSignal();
    const release: Release = {
      settings,
      // The first thing that can be wrong, and needs no server.
      environments: loadEnvironments(environments),
      print,
      signal,
      isPlan: isSet("plan"),
      wait: isSet("wait"),
      onlyVerify: isSet("verify"),
      following: () => ({
        deadline: Date.now() + timeoutMilliseconds,
        pollMilliseconds: settings.pollMilliseconds,
        signal,
        print,
      }),
    };
    return run === undefined ? releaseTo(positionals, release) : run(release, more[0] ?? "");
  },
);

let stopping: AbortController | undefined;

/**
 * Aborts on the first signal. npm passes on what the terminal has sent already, so the same signal may come twice, also when all
 * is done: it must not end the process before its exit code is given.
 */
function stopSignal(): AbortSignal {
  if (stopping !== undefined) return stopping.signal;
  const controller = new AbortController();
  stopping = controller;
  for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => controller.abort());
  return controller.signal;
}

async function build({ settings, print }: Release): Promise<number> {
  const outdir = settings.outputDirectory;
  const built = writeBuild(outdir, settings.currentCommit(), billOfMaterials("."));
  describe(built, print);
  const bucket = settings.optionalBucket();
  if (bucket !== undefined) {
    await storeBuild(built, outdir, bucket);
    print(`stored in ${bucket.name}`);
  }
  return 0;
}

async function fetch({ settings, print }: Release, id: string): Promise<number> {
  describe(await fetchBuild(id, settings.outputDirectory, settings.requiredBucket()), print);
  return 0;
}

function describe({ id, commit, stacks }: Build, print: Release["print"]): void {
  print(`build ${id} of commit ${commit}`);
  for (const [stack, hash] of Object.entries(stacks)) print(`  ${stack}  ${hash}`);
}

async function releaseTo(names: readonly string[], options: Release): Promise<number> {
  const { settings, environments, print, signal, isPlan, onlyVerify } = options;
  // What needs no server comes first, for all of them.
  const targets = names.map((name) => targetOf(name, environments));
  const connect = (target: Target) => settings.connect(target, signal);
  for (const target of targets) connect(target);
  const outdir = settings.outputDirectory;
  const built = readBuild(outdir);
  const pack = (stack: string) => packStack(stackOf(built, outdir, stack));
  for (const { name } of targets) stackOf(built, outdir, ingestionStackName(name));
  const isVerified = targets.some(({ verification, after }) => verification ?? after?.verification);
  const verifying = isPlan || !(isVerified || onlyVerify) ? undefined : settings.verifying();

  print(`build ${built.id} of commit ${built.commit}`);
  const turn = { ...options, built, connect, pack };
  const verification = verifying && { ...verifying, ...options.following(), build: built, connect };
  for (const [index, target] of targets.entries()) {
    const { name } = target;
    print(`${name} (${target.workspace.organization}/${target.workspace.workspace})`);
    if (isPlan) await planOne(target, turn);
    else if (onlyVerify && verification) await verifyAgain(target, verification);
    else if (!(await releaseOne(target, targets.slice(index + 1), { ...turn, verification }))) return 0;
  }
  return 0;
}

type Turn = Release & {
  readonly built: Build;
  readonly connect: (target: Target) => EnterpriseClient;
  readonly pack: (stack: string) => Promise<Buffer>;
  readonly verification?: VerificationOptions | undefined;
};

async function planOne(target: Target, { following, connect, pack, built }: Turn): Promise<void> {
  const archive = await pack(ingestionStackName(target.name));
  await planTarget(target, { ...following(), client: connect(target), archive, commit: built.commit });
}

/** Returns whether the next environments may get the build too. */
async function releaseOne(target: Target, next: readonly Target[], turn: Turn): Promise<boolean> {
  const { settings, print, wait, following, built, connect, pack, verification } = turn;
  const outcome = await promote(target, {
    ...following(),
    build: built,
    startedAt: settings.buildStartedAt,
    connect,
    pack,
    waitForConfirmation: wait,
    ...(verification && { requireVerified: (before) => requireVerified(before, verification) }),
  });
  print(`${target.name}: ${outcome}`);
  if (isReleased(outcome)) {
    if (target.verification && verification) await verifyRelease(target, outcome, verification);
    return true;
  }
  if (outcome !== "superseded by a later release") adviseNext(target, next, turn);
  return false;
}

/** How to go on, without the environments that have it: meanwhile they may have got something later. */
function adviseNext(waiting: Target, next: readonly Target[], { settings, print, built }: Turn): void {
  const toVerify =
    next.length === 0 && waiting.verification !== undefined ? [`--verify ${waiting.name}`] : [];
  const left = [...toVerify, ...next.map(({ name }) => name)].join(" ");
  if (left === "") return;
  const how =
    settings.optionalBucket() === undefined
      ? `npm run release -- ${left}`
      : `start this project with RELEASE_BUILD=${built.id} and RELEASE_ENVIRONMENTS="${left}"`;
  const what =
    next.length === 0
      ? `${waiting.name}: not verified yet`
      : `${next.map(({ name }) => name).join(", ")}: not released yet`;
  print(`${what}. After the run is applied, continue: ${how}`);
}

function readMinutes(text = String(RELEASE_TIMEOUT_MINUTES)): number {
  const minutes = Number(text);
  if (Number.isFinite(minutes) && minutes > 0 && minutes <= 1_440) return minutes;
  throw new UserError(`--timeout-minutes ${text}: give minutes, more than 0 and at most 1440.`, {
    exitCode: 2,
  });
}
