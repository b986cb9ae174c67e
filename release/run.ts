import { UserError } from "../contract/user-error.ts";
import type { Environment } from "../env/schema.ts";
import { TEAM_MAY_NOT_APPLY, whyItWaits } from "./apply-permission.ts";
import { endRun } from "./end-run.ts";
import type { EnterpriseClient } from "./enterprise-client.ts";
import { EnterpriseError, sleep } from "./enterprise-connection.ts";
import type { Run } from "./enterprise-documents.ts";
import { failureOf, isBlocked, reasonsOf } from "./run-failure.ts";
import { outcomeOf, type RunOutcome } from "./run-outcome.ts";
import { LOOKS_BEFORE_LIST, waitingRunBefore } from "./waiting-run.ts";

export type Workspace = Extract<Environment["backend"], { kind: "tfe" }>;

export interface RunOptions {
  readonly client: EnterpriseClient;
  readonly workspace: Workspace;
  readonly workspaceId: string;
  /** Whether runs that the token's owner starts may be applied; undefined where the server does not say. */
  readonly mayApply: boolean | undefined;
  /** Whether to go on until somebody has confirmed, overridden or discarded the run. */
  readonly waitForConfirmation: boolean;
  /** Milliseconds since the epoch; then the run is given up. */
  readonly deadline: number;
  readonly pollMilliseconds: number;
  /** Aborts when the run is to be given up. */
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

/** Follows a run that this release has started itself, or one that it has found. */
export type FollowOptions = RunOptions & { readonly isOwn?: boolean };

/** The run is still there, and nobody waits for it any more. */
class GivenUp extends Error {}
const GIVEN_UP = "The release was stopped.";

interface RunContent {
  readonly archive: Buffer;
  readonly message: string;
  readonly speculative: boolean;
}

/**
 * Uploads a stack and starts its run.
 * @throws UserError where Terraform Enterprise does not take it, nobody would apply it, or it was given up before
 */
export async function startRun(options: RunOptions, content: RunContent): Promise<Run> {
  const { client, workspace, workspaceId, signal, print } = options;
  if (!content.speculative) requireApplyPermission(options);
  const configurationVersionId = await upload(options, content).catch((error: unknown) => {
    if (!signal.aborted) throw error;
    return undefined;
  });
  if (configurationVersionId === undefined || signal.aborted) {
    throw new UserError("The release was stopped before it started a run.");
  }
  // Once it is asked for, it has to be known whether it is there.
  const run = await client.unstoppable().createRun({
    workspaceId,
    configurationVersionId,
    message: content.message,
    autoApply: !content.speculative && workspace.apply === "automatic",
  });
  print(`  run ${run.id}: ${urlOf(run, options)}`);
  return run;
}

/** Before anything is uploaded: a run that nobody applies would keep all others of the workspace from beginning. */
function requireApplyPermission({ workspace, mayApply, waitForConfirmation, print }: RunOptions): void {
  if (workspace.apply !== "automatic" || mayApply !== false) return;
  const why = `${workspace.workspace}: ${TEAM_MAY_NOT_APPLY}.`;
  if (!waitForConfirmation) throw new UserError(`${why} Nothing was uploaded.`);
  print(`  ${why}`);
}

/** Returns the configuration version, which a run can be started of. */
async function upload(options: RunOptions, content: RunContent): Promise<string> {
  const { client, workspace, workspaceId, print } = options;
  const { id, uploadUrl } = await client.createConfigurationVersion(workspaceId, content);
  await client.upload(uploadUrl, content.archive);
  print(`  uploaded ${Math.ceil(content.archive.length / 1024)} kB to ${workspace.workspace}`);
  await untilUploaded(id, options);
  return id;
}

/**
 * Follows a run to its end, or to where somebody has to decide.
 * @throws UserError when it does not end well; a run that is given up is discarded or canceled before, unless it is being
 * applied
 */
export function followRun(run: Run, options: FollowOptions): Promise<RunOutcome> {
  return superviseRun(run, options, () => follow(run, options));
}

/**
 * Does something with a run that has been started: whatever happens, nobody is left without a word about it.
 * @throws UserError where the run was given up, or the server does not answer
 */
export async function superviseRun<Result>(
  run: Run,
  options: RunOptions,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const isGivenUp =
      error instanceof GivenUp || (error instanceof EnterpriseError && options.signal.aborted);
    if (isGivenUp) {
      const why = error instanceof GivenUp ? error.message : GIVEN_UP;
      throw new UserError(`${why} ${(await endRun(run, options, why)).description}: ${urlOf(run, options)}`);
    }
    if (!(error instanceof EnterpriseError)) throw error;
    throw new UserError(`${error.message}\nThe run may continue. Check it: ${urlOf(run, options)}`);
  }
}

export function urlOf({ id }: Pick<Run, "id">, { client, workspace }: RunOptions): string {
  return `${client.address}/app/${workspace.organization}/workspaces/${workspace.workspace}/runs/${id}`;
}

async function untilUploaded(id: string, options: RunOptions): Promise<void> {
  for (;;) {
    const { status, error } = await options.client.configurationStatus(id);
    if (status === "uploaded") return;
    if (status !== "pending" && status !== "fetching") {
      throw new UserError(
        `Terraform Enterprise refused the configuration: ${error ?? `its status is ${status}`}.`,
      );
    }
    if (Date.now() > options.deadline) {
      throw new UserError("Terraform Enterprise did not process the uploaded configuration in time.");
    }
    await pause(options);
  }
}

async function follow(started: Run, options: FollowOptions): Promise<RunOutcome> {
  const { client, print, signal } = options;
  let last = "";
  let summarized = false;
  let run = started;
  const plannedBefore = new Map<string, number>();
  for (let look = 0, looks = 0; ; look += 1) {
    looks = run.status === last ? looks + 1 : 1;
    if (looks === 1) print(`  ${run.status.replaceAll("_", " ")}`);
    if (!summarized && isPlanned(run)) {
      print(await summaryOf(run, client));
      summarized = true;
    }
    const ended = outcomeOf(run);
    if (ended !== undefined) return ended;
    const failure = failureOf(run) ?? (isBlocked(run) && !options.waitForConfirmation ? BLOCKED : undefined);
    if (failure !== undefined) throw new UserError(await describe(run, failure, options));
    if (signal.aborted) throw new GivenUp(GIVEN_UP);
    requireNoConfirmation(run, looks, options);
    const isToBeListed = looks === 1 || look % LOOKS_BEFORE_LIST === 0;
    const waiting = await outcomeOfWaiting(run, options, isToBeListed ? plannedBefore : undefined);
    if (waiting !== undefined) return waiting;
    if (Date.now() > options.deadline) {
      throw new GivenUp(`The run did not end in time. Its status is ${run.status.replaceAll("_", " ")}.`);
    }
    last = run.status;
    await pause(options);
    run = await lookAgain(run, options);
  }
}

/**
 * Where runs are applied by themselves: says at once that somebody has to confirm this one.
 * @throws UserError where it waits for somebody, and the release does not
 */
function requireNoConfirmation(run: Run, looks: number, options: FollowOptions): void {
  const { workspace, isOwn = false, waitForConfirmation } = options;
  if (workspace.apply !== "automatic" || waitForConfirmation) return;
  const why = whyItWaits(run, { isOwn, looks });
  if (why === undefined) return;
  throw new UserError(
    `The run is not applied automatically: ${why}.\n  It blocks later runs of the workspace. Somebody who may apply runs must confirm or discard it: ${urlOf(run, options)}\n  After it is applied, release again. The release continues from there.`,
  );
}

/** A server that is away for a while is no reason to leave a run behind: as long as there is time, it is asked again. */
async function lookAgain(before: Run, { client, deadline, signal, print }: RunOptions): Promise<Run> {
  let isTold = false;
  for (;;) {
    try {
      return await client.run(before.id);
    } catch (error) {
      // It did not answer because nobody waits for it any more.
      if (signal.aborted) return before;
      if (!(error instanceof EnterpriseError) || !error.isAway || Date.now() > deadline) throw error;
      if (!isTold) print(`  ${error.message} Trying again until the time is over.`);
      isTold = true;
    }
  }
}

const BLOCKED = "is stopped by a policy. Override the policy, or discard the run";

/**
 * Where somebody has to decide, about this run or about one before it.
 * @param plannedBefore how often runs before it were seen between their plan and their apply; undefined at a look that is not
 *   to list them
 */
async function outcomeOfWaiting(
  run: Run,
  options: RunOptions,
  plannedBefore: Map<string, number> | undefined,
): Promise<RunOutcome | undefined> {
  const isAutomatic = options.workspace.apply === "automatic";
  if (run.isConfirmable && !isAutomatic && !options.waitForConfirmation) {
    options.print(`  confirm or discard the run: ${urlOf(run, options)}`);
    return "waits for confirmation";
  }
  if (run.status !== "pending" || run.isPlanOnly || plannedBefore === undefined) return undefined;
  const before = await waitingRunBefore(run, options, plannedBefore);
  if (before === undefined) return undefined;
  const why = `the earlier run ${before.id} waits for a decision: ${urlOf(before, options)}`;
  if (isAutomatic) throw new GivenUp(`The run cannot start: ${why}`);
  if (options.waitForConfirmation) return undefined;
  options.print(`  ${why}`);
  return "waits for its turn";
}

function isPlanned({ status, isConfirmable }: Run): boolean {
  return isConfirmable || ["planned_and_finished", "applied", "apply_queued", "applying"].includes(status);
}

/** Nothing depends on it: a run whose plan can't be read is followed all the same. */
async function summaryOf({ planId }: Run, client: EnterpriseClient): Promise<string> {
  if (planId === undefined) return "  (no plan)";
  try {
    const { additions, changes, destructions } = await client.plan(planId);
    return `  Plan: ${additions} to add, ${changes} to change, ${destructions} to destroy.`;
  } catch (error) {
    if (!(error instanceof EnterpriseError)) throw error;
    return `  (the plan's summary cannot be read: ${error.message})`;
  }
}

async function describe(run: Run, failure: string, options: RunOptions): Promise<string> {
  const reasons = await reasonsOf(run, options.client);
  return [`The run ${failure}: ${urlOf(run, options)}`, ...reasons.map((reason) => `  ${reason}`)].join("\n");
}

/** Until the next look, or until it is given up. */
export function pause({
  pollMilliseconds,
  signal,
}: Pick<RunOptions, "pollMilliseconds" | "signal">): Promise<void> {
  return sleep(pollMilliseconds, signal);
}
