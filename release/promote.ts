import { UserError } from "../contract/user-error.ts";
import { ingestionStackName } from "../domain/names.ts";
import type { Environment } from "../env/schema.ts";
import type { Build } from "./build.ts";
import { endRun } from "./end-run.ts";
import type { EnterpriseClient } from "./enterprise-client.ts";
import type { Run } from "./enterprise-documents.ts";
import { followRun, type RunOptions, startRun, superviseRun, urlOf, type Workspace } from "./run.ts";
import { failureOf } from "./run-failure.ts";
import { readReleaseMessage, releaseMessage } from "./run-message.ts";
import type { RunOutcome } from "./run-outcome.ts";
import type { CallerCredential } from "./verify-project.ts";

/** An environment with a workspace, and the one that must have applied a build before it gets it. */
export interface Target {
  readonly name: string;
  readonly workspace: Workspace;
  readonly after: Target | undefined;
  /** How it is verified once it has applied a build, where it is. */
  readonly verification: { readonly credentials: readonly CallerCredential[] } | undefined;
}

export interface PromotionOptions
  extends Omit<RunOptions, "client" | "workspace" | "workspaceId" | "mayApply"> {
  readonly build: Build;
  /** When this release began, in milliseconds since the epoch: an older one gives way to it. Absent on a laptop. */
  readonly startedAt: number | undefined;
  readonly connect: (target: Target) => EnterpriseClient;
  readonly pack: (stack: string) => Promise<Buffer>;
  /** Throws UserError unless the build is verified there. */
  readonly requireVerified?: (target: Target) => Promise<void>;
}

export type PromotionOutcome = RunOutcome | "already released" | "superseded by a later release";

/** With these the next environment may get the build too. */
export function isReleased(outcome: PromotionOutcome): boolean {
  return ["applied", "nothing to change", "already released"].includes(outcome);
}

/**
 * The target of a name.
 * @throws UserError where the environment has no workspace
 */
export function targetOf(name: string, environments: readonly Environment[]): Target {
  const environment = environments.find((each) => each.name === name);
  if (environment === undefined) {
    const known = environments.map((each) => each.name).join(", ");
    throw new UserError(`There is no environment "${name}". Known: ${known}.`, { exitCode: 2 });
  }
  const { backend } = environment;
  if (backend.kind !== "tfe") {
    throw new UserError(
      `env/${name}.ts has the backend "${backend.kind}", so there is no workspace to release to. Move its state to Terraform Enterprise (docs/delivery.md), or run npm run apply -- ${name}.`,
    );
  }
  const order = environments
    .flatMap(({ delivery }) => (delivery.kind === "codebuild" ? [delivery.releases] : []))
    .find((releases) => releases.includes(name));
  const before = order?.[order.indexOf(name) - 1];
  return {
    name,
    workspace: backend,
    after: before === undefined ? undefined : targetOf(before, environments),
    verification: isVerified(name, environments) ? { credentials: credentialsFor(environment) } : undefined,
  };
}

function isVerified(name: string, environments: readonly Environment[]): boolean {
  return environments.some(
    ({ delivery }) =>
      delivery.kind === "codebuild" &&
      delivery.verification.kind === "in-vpc" &&
      delivery.verification.environments.includes(name),
  );
}

/** What the environment's proxy asks a caller for. Somebody else's proxy is expected to ask for a token. */
function credentialsFor({ proxy }: Environment): readonly CallerCredential[] {
  if (proxy.kind !== "haproxy") return ["token"];
  const { authentication } = proxy;
  if (authentication.kind === "mutual-tls") return ["certificate", "key"];
  return authentication.certificateBound ? ["token", "certificate", "key"] : ["token"];
}

/**
 * Releases a build to one environment: starts its run, or follows the one that is there already.
 * @throws UserError when the environment before has not applied it or is not verified, or its run does not end well
 */
export async function promote(target: Target, options: PromotionOptions): Promise<PromotionOutcome> {
  const { build, startedAt, connect, print } = options;
  if (target.after !== undefined) {
    await requireApplied(target, target.after, options);
    if (target.after.verification !== undefined) await options.requireVerified?.(target.after);
  }
  const run = await runOptions(target, { ...options, client: connect(target) });
  const latest = await latestRun(run);
  const isItsOwn = latest !== undefined && readReleaseMessage(latest.message)?.buildId === build.id;
  if (isItsOwn && failureOf(latest) === undefined) {
    print(`  the workspace already has run ${latest.id} of this build: ${urlOf(latest, run)}`);
    return isApplied(latest) ? "already released" : followRun(latest, run);
  }
  if (await isLate(startedAt, run)) return "superseded by a later release";
  const archive = await options.pack(ingestionStackName(target.name));
  const message = releaseMessage(build, startedAt);
  const started = await startRun(run, { archive, message, speculative: false });
  // A later release may have come while this one was uploaded.
  if (await superviseRun(started, run, () => isLate(startedAt, run, started))) return giveWay(started, run);
  return followRun(started, { ...run, isOwn: true });
}

/** @throws UserError where somebody else has to end the run, so that it does not come over the later one */
async function giveWay(started: Run, run: RunOptions): Promise<PromotionOutcome> {
  const { hasEnded, description } = await endRun(started, run, "A later release replaces it.");
  if (hasEnded) {
    run.print(`  a later release replaces this one. ${description}`);
    return "superseded by a later release";
  }
  throw new UserError(
    `A later release has started a run before this one, and this run must not overwrite it. ${description}. Discard this run, or release the later build again: ${urlOf(started, run)}`,
  );
}

/** What every run of a target needs; says so where somebody has locked its workspace. */
export async function runOptions(
  { workspace }: Target,
  options: Omit<RunOptions, "workspace" | "workspaceId" | "mayApply">,
): Promise<RunOptions> {
  const { organization, workspace: workspaceName } = workspace;
  const { id, isLocked, mayApply } = await options.client.workspace(organization, workspaceName);
  if (isLocked) options.print("  the workspace is locked: runs wait until somebody unlocks it");
  return { ...options, workspace, workspaceId: id, mayApply };
}

/** What was tried in one environment is what the next one gets. */
async function requireApplied(target: Target, before: Target, options: PromotionOptions): Promise<void> {
  const client = options.connect(before);
  const { workspace } = before;
  const { id: workspaceId, mayApply } = await client.workspace(workspace.organization, workspace.workspace);
  let open: Run | undefined;
  for await (const run of client.runs(workspaceId)) {
    if (readReleaseMessage(run.message)?.buildId !== options.build.id) continue;
    if (isApplied(run)) return;
    if (failureOf(run) === undefined) open ??= run;
  }
  const why =
    open === undefined
      ? `release it there first: npm run release -- ${before.name}`
      : `its run there is ${open.status.replaceAll("_", " ")}: ${urlOf(open, { ...options, client, workspace, workspaceId, mayApply })}`;
  throw new UserError(
    `${before.name} has not applied the build ${options.build.id}, so ${target.name} cannot get it: ${why}`,
  );
}

/** The last run that changed the workspace, may still do so, or failed, perhaps halfway: then nothing is as it was before. */
async function latestRun({ client, workspaceId }: RunOptions): Promise<Run | undefined> {
  for await (const run of client.runs(workspaceId)) {
    if (run.status !== "discarded") return run;
  }
  return undefined;
}

/** A release does not last that long: what began before is older than anything that it could meet. */
const DAY_MILLISECONDS = 86_400_000;

/** Whether a release that began later has a run, before this one where it has one itself. Who says no time is never late. */
async function isLate(
  startedAt: number | undefined,
  { client, workspaceId }: RunOptions,
  own?: Run,
): Promise<boolean> {
  if (startedAt === undefined) return false;
  let isBefore = own === undefined;
  for await (const run of client.runs(workspaceId)) {
    if (isBefore && run.status !== "discarded") {
      const other = readReleaseMessage(run.message)?.startedAt ?? startedAt;
      if (other > startedAt) return true;
      if (other < startedAt - DAY_MILLISECONDS) return false;
    }
    isBefore ||= run.id === own?.id;
  }
  return false;
}

/** With or without a change. */
export function isApplied({ status }: Run): boolean {
  return status === "applied" || status === "planned_and_finished";
}
