import { CommandError } from "../command-error.ts";
import type { EnterpriseClient, Run } from "./enterprise-client.ts";

export interface ReleaseOptions {
  readonly client: EnterpriseClient;
  readonly address: string;
  readonly organization: string;
  readonly workspace: string;
  readonly archive: Buffer;
  readonly message: string;
  /** A plan that can never be applied. */
  readonly speculative: boolean;
  /** Applied without anybody's confirmation. */
  readonly autoApply: boolean;
  /** Whether to go on until somebody has confirmed or discarded the run. */
  readonly waitForConfirmation: boolean;
  readonly timeoutMilliseconds: number;
  readonly pollMilliseconds: number;
  /** Aborts when the release is to be given up. */
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

/** How a release ended well. */
export type ReleaseOutcome = "applied" | "nothing to change" | "planned" | "waits for confirmation";

/** States in which nothing happens any more. */
const failed: Readonly<Record<string, string>> = {
  errored: "failed",
  discarded: "was discarded",
  canceled: "was canceled",
  force_canceled: "was canceled by force",
  policy_soft_failed: "is stopped by a policy",
  policy_override: "is stopped by a policy, which somebody may override",
};

/**
 * Uploads a stack, starts its run in Terraform Enterprise and follows it to its end.
 * @throws CommandError when it does not end well; a run that was left behind is canceled or discarded before
 */
export async function runRelease(options: ReleaseOptions): Promise<ReleaseOutcome> {
  const { client, organization, workspace, print } = options;
  const deadline = Date.now() + options.timeoutMilliseconds;
  const workspaceId = await client.workspaceId(organization, workspace);
  const configuration = await client.createConfigurationVersion(workspaceId, options);
  await client.upload(configuration.uploadUrl, options.archive);
  print(`uploaded ${Math.ceil(options.archive.length / 1024)} kB to ${organization}/${workspace}`);
  await untilUploaded(configuration.id, options, deadline);
  const run = await client.createRun({
    workspaceId,
    configurationVersionId: configuration.id,
    message: options.message,
    autoApply: options.autoApply,
  });
  const url = `${options.address}/app/${organization}/workspaces/${workspace}/runs/${run.id}`;
  print(`run ${run.id}: ${url}`);
  try {
    return await follow(run, url, options, deadline);
  } catch (error) {
    if (error instanceof GivenUp) await giveUp(run.id, options, error.message);
    throw error instanceof GivenUp ? new CommandError(`${error.message} ${url}`) : error;
  }
}

/** The run is still there, and nobody waits for it any more. */
class GivenUp extends Error {}

async function untilUploaded(id: string, options: ReleaseOptions, deadline: number): Promise<void> {
  for (;;) {
    const { status, error } = await options.client.configurationStatus(id);
    if (status === "uploaded") return;
    if (status === "errored")
      throw new CommandError(`The configuration was refused: ${error ?? "no reason was given"}.`);
    if (Date.now() > deadline)
      throw new CommandError("The configuration was uploaded and not taken in time.");
    await pause(options);
  }
}

async function follow(
  started: Run,
  url: string,
  options: ReleaseOptions,
  deadline: number,
): Promise<ReleaseOutcome> {
  const { client, print, autoApply } = options;
  let last = "";
  let summarized = false;
  for (let run = started; ; run = await client.run(started.id)) {
    if (run.status !== last) print(`  ${run.status.replaceAll("_", " ")}`);
    last = run.status;
    if (!summarized && isPlanned(run)) {
      print(await summaryOf(run, client));
      summarized = true;
    }
    if (run.status === "applied") return "applied";
    if (run.status === "planned_and_finished") return options.speculative ? "planned" : "nothing to change";
    const failure = failed[run.status];
    if (failure !== undefined) throw new CommandError(await describeFailure(run, failure, url, client));
    const waits = run.isConfirmable && !autoApply;
    if (waits && !options.waitForConfirmation) {
      print(`  confirm or discard it there: ${url}`);
      return "waits for confirmation";
    }
    if (options.signal.aborted) throw new GivenUp("The release was given up; its run is ended.");
    if (Date.now() > deadline) {
      const minutes = Math.round(options.timeoutMilliseconds / 60_000);
      throw new GivenUp(`The run did not end within ${minutes} minutes and is ended.`);
    }
    await pause(options);
  }
}

function isPlanned({ status, isConfirmable }: Run): boolean {
  return isConfirmable || ["planned_and_finished", "applied", "apply_queued", "applying"].includes(status);
}

async function summaryOf({ planId }: Run, client: EnterpriseClient): Promise<string> {
  if (planId === undefined) return "  (no plan)";
  const { additions, changes, destructions } = await client.plan(planId);
  return `  Plan: ${additions} to add, ${changes} to change, ${destructions} to destroy.`;
}

async function describeFailure(
  run: Run,
  failure: string,
  url: string,
  client: EnterpriseClient,
): Promise<string> {
  const reasons = await reasonsOf(run, client);
  return [`The run ${failure}: ${url}`, ...reasons.map((reason) => `  ${reason}`)].join("\n");
}

async function reasonsOf(run: Run, client: EnterpriseClient): Promise<string[]> {
  if (run.status.startsWith("policy_")) {
    const policies = await client.policyResults(run.id);
    return policies
      .filter(({ passed }) => !passed)
      .map(
        ({ name, enforcement }) => `policy ${name} failed${enforcement === "" ? "" : ` (${enforcement})`}`,
      );
  }
  if (run.status !== "errored") return [];
  // The apply failed if there is one with errors, otherwise the plan did.
  const applyLog = run.applyId === undefined ? undefined : await client.applyLogUrl(run.applyId);
  const applyErrors = applyLog === undefined ? [] : await client.errorsIn(applyLog);
  if (applyErrors.length > 0) return applyErrors.map((error) => `apply: ${error}`);
  const planLog = run.planId === undefined ? undefined : (await client.plan(run.planId)).logUrl;
  const planErrors = planLog === undefined ? [] : await client.errorsIn(planLog);
  return planErrors.map((error) => `plan: ${error}`);
}

/** A run that is left behind would block the workspace, or be applied by surprise. */
async function giveUp(id: string, { client, print }: ReleaseOptions, why: string): Promise<void> {
  const run = await client.run(id);
  const action = run.isDiscardable ? "discard" : run.isCancelable ? "cancel" : undefined;
  if (action === undefined) return;
  await client.end(id, action, why);
  print(`  ${action === "cancel" ? "canceled" : "discarded"}`);
}

function pause({ pollMilliseconds, signal }: ReleaseOptions): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, pollMilliseconds);
    function done() {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done);
    if (signal.aborted) done();
  });
}
