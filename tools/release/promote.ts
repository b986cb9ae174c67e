import type { Environment } from "../../env/schema.ts";
import { CommandError } from "../command-error.ts";
import type { Build } from "./build.ts";
import type { EnterpriseClient, Run } from "./enterprise-client.ts";
import { followRun, type RunOptions, type RunOutcome, startRun, urlOf, type Workspace } from "./run.ts";
import { failureOf } from "./run-failure.ts";
import { readReleaseMessage, releaseMessage } from "./run-message.ts";

/** An environment with a workspace, and the one that must have applied a build before it gets it. */
export interface Target {
  readonly name: string;
  readonly workspace: Workspace;
  readonly after: Target | undefined;
}

export interface PromotionOptions extends Omit<RunOptions, "client" | "workspace" | "workspaceId"> {
  readonly build: Build;
  /** Of the project that releases; absent on a laptop. */
  readonly number: number | undefined;
  readonly connect: (target: Target) => EnterpriseClient;
  readonly pack: (stack: string) => Promise<Buffer>;
}

export type PromotionOutcome = RunOutcome | "already released" | "superseded by a later release";

/** With these the next environment may get the build too. */
export function isReleased(outcome: PromotionOutcome): boolean {
  return ["applied", "nothing to change", "already released"].includes(outcome);
}

/**
 * The target of a name.
 * @throws CommandError where the environment has no workspace
 */
export function targetOf(name: string, environments: readonly Environment[]): Target {
  const environment = environments.find((each) => each.name === name);
  if (environment === undefined) {
    const known = environments.map((each) => each.name).join(", ");
    throw new CommandError(`There is no environment "${name}". Known: ${known}.`);
  }
  const { backend } = environment;
  if (backend.kind !== "tfe") {
    throw new CommandError(
      `env/${name}.ts has the backend "${backend.kind}": there is no workspace to release to. Move its state to Terraform Enterprise (docs/delivery.md), or use npm run apply -- ${name}.`,
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
  };
}

/**
 * Releases a build to one environment: starts its run, or follows the one that is there already.
 * @throws CommandError when the environment before has not applied it, or its run does not end well
 */
export async function promote(target: Target, options: PromotionOptions): Promise<PromotionOutcome> {
  const { build, number, connect, print } = options;
  if (target.after !== undefined) await requireApplied(target, target.after, options);
  const client = connect(target);
  const { workspace } = target;
  const workspaceId = await client.workspaceId(workspace.organization, workspace.workspace);
  const run: RunOptions = { ...options, client, workspace, workspaceId };
  const latest = await latestRun(client, workspaceId);
  const released = latest && readReleaseMessage(latest.message);
  const isLasting = latest !== undefined && failureOf(latest) === undefined;
  if (isLasting && released?.buildId === build.id) {
    print(`  run ${latest.id} is there already: ${urlOf(latest, run)}`);
    return isApplied(latest) ? "already released" : followRun(latest, run);
  }
  if (isLasting && number !== undefined && released?.number !== undefined && released.number > number) {
    return "superseded by a later release";
  }
  const archive = await options.pack(`proposals-${target.name}`);
  const message = releaseMessage(build, number);
  return followRun(await startRun(run, { archive, message, speculative: false }), run);
}

/** What was tried in one environment is what the next one gets. */
async function requireApplied(target: Target, before: Target, options: PromotionOptions): Promise<void> {
  const client = options.connect(before);
  const { workspace } = before;
  const workspaceId = await client.workspaceId(workspace.organization, workspace.workspace);
  let open: Run | undefined;
  for await (const run of client.runs(workspaceId)) {
    if (run.isPlanOnly || readReleaseMessage(run.message)?.buildId !== options.build.id) continue;
    if (isApplied(run)) return;
    if (failureOf(run) === undefined) open ??= run;
  }
  const why =
    open === undefined
      ? `release it there first: npm run release -- ${before.name}`
      : `its run there is ${open.status.replaceAll("_", " ")}: ${urlOf(open, { ...options, client, workspace, workspaceId })}`;
  throw new CommandError(
    `${target.name} gets only what ${before.name} has applied, and it has not applied the build ${options.build.id}: ${why}`,
  );
}

/** The last run that changed the workspace, may still do so, or failed, perhaps halfway: then nothing is as it was before. */
async function latestRun(client: EnterpriseClient, workspaceId: string): Promise<Run | undefined> {
  for await (const run of client.runs(workspaceId)) {
    if (!run.isPlanOnly && run.status !== "discarded") return run;
  }
  return undefined;
}

function isApplied({ status }: Run): boolean {
  return status === "applied" || status === "planned_and_finished";
}
