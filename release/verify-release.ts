import { VERIFICATION_WAIT_MINUTES } from "../contract/builds.ts";
import { UserError } from "../contract/user-error.ts";
import type { Build } from "./build.ts";
import type { EnterpriseClient } from "./enterprise-client.ts";
import type { Run } from "./enterprise-documents.ts";
import { isApplied, type PromotionOutcome, type Target } from "./promote.ts";
import { pause } from "./run.ts";
import { isBeingApplied } from "./run-failure.ts";
import { readReleaseMessage } from "./run-message.ts";
import { outputsText } from "./state-outputs.ts";
import type { VerificationRecord, VerificationRecords } from "./verification-records.ts";
import { reportLines, reportReasons } from "./verification-report.ts";
import type { CallerCredential, VerificationBuild, VerifyProject } from "./verify-project.ts";

export interface VerificationOptions {
  readonly build: Build;
  readonly records: VerificationRecords;
  readonly project: VerifyProject;
  readonly connect: (target: Target) => EnterpriseClient;
  readonly pollMilliseconds: number;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

/**
 * After a release: verifies what was applied. What is there already is verified again only where that has failed before.
 * @throws UserError where it does not hold, or nobody could tell
 */
export async function verifyRelease(
  target: Target,
  outcome: PromotionOutcome,
  options: VerificationOptions,
): Promise<void> {
  const before = outcome === "already released" ? await readRecord(target, options) : undefined;
  if (before?.verified) return options.print(`${target.name}: already verified by ${before.codeBuildId}`);
  await verifyAgain(target, options);
}

/**
 * Before the next environment gets a build: it must be verified here, and is where it was not yet.
 * @throws UserError where it was or is not verified
 */
export async function requireVerified(target: Target, options: VerificationOptions): Promise<void> {
  const record = await readRecord(target, options);
  if (record === undefined) return verifyAgain(target, options);
  if (record.verified) return;
  throw new UserError(
    [
      `The verification of ${target.name} failed with the build ${options.build.id}. No other environment gets this build:`,
      ...reportReasons(record.report),
      `  The log: ${record.logUrl}`,
      `  To verify it again without a release: --verify ${target.name}`,
    ].join("\n"),
  );
}

/**
 * Verifies what runs in an environment, whatever was found before.
 * @throws UserError where the environment runs something else, it does not hold, or nobody could tell
 */
export async function verifyAgain(target: Target, options: VerificationOptions): Promise<void> {
  const { print, project, records } = options;
  const { environment } = of(target, options);
  const credentials = credentialsOf(target);
  await handInOutputs(target, options);
  const id = await project.start({ ...of(target, options), commit: options.build.commit, credentials });
  print(`${environment}: verification ${id}`);
  const { status, logUrl } = await untilEnded(id, options);
  const log = logUrl ?? `the log of ${id} in CodeBuild`;
  const record = await records.read(of(target, options));
  if (record?.codeBuildId !== id) {
    throw new UserError(
      `The verification of ${environment} has no result. The status of its build is ${status}. See ${log}`,
    );
  }
  reportLines(record.report).forEach(print);
  if (!record.verified || status !== "SUCCEEDED") {
    throw new UserError(
      [`${environment} is not verified:`, ...reportReasons(record.report), `  The log: ${log}`].join("\n"),
    );
  }
  print(`${environment}: verified`);
}

const of = ({ name }: Target, { build }: VerificationOptions) => ({ buildId: build.id, environment: name });

function readRecord(target: Target, options: VerificationOptions): Promise<VerificationRecord | undefined> {
  return options.records.read(of(target, options));
}

function credentialsOf({ name, verification }: Target): readonly CallerCredential[] {
  if (verification !== undefined) return verification.credentials;
  throw new UserError(
    `${name} is not verified after a release. To change that, add it to delivery.verification.environments of the environment whose account builds.`,
  );
}

/** @throws UserError where the environment runs something else, or its outputs can't be read or are secret */
async function handInOutputs(target: Target, options: VerificationOptions): Promise<void> {
  const { build, connect, records } = options;
  const client = connect(target);
  const { organization, workspace } = target.workspace;
  const { id } = await client.workspace(organization, workspace);
  const latest = await latestChange(client, id);
  if (
    latest === undefined ||
    !isApplied(latest) ||
    readReleaseMessage(latest.message)?.buildId !== build.id
  ) {
    const what =
      latest === undefined ? "nothing was applied" : `the last change is ${latest.id}, ${latest.status}`;
    throw new UserError(
      `${target.name} does not run the build ${build.id} (${what}), so this build cannot be verified there. Release it to ${target.name} again, or continue with the build that runs there.`,
    );
  }
  await records.handIn(of(target, options), outputsText(await client.outputs(id), target.name));
}

/** The last run that has changed something, or may have. Those that wait have changed nothing yet. */
async function latestChange(client: EnterpriseClient, workspaceId: string): Promise<Run | undefined> {
  for await (const run of client.runs(workspaceId)) {
    const mayHaveChanged = isApplied(run) || isBeingApplied(run) || ENDED_HALFWAY.includes(run.status);
    if (mayHaveChanged) return run;
  }
  return undefined;
}
const ENDED_HALFWAY = ["errored", "canceled", "force_canceled"];

async function untilEnded(id: string, options: VerificationOptions): Promise<VerificationBuild> {
  const deadline = Date.now() + VERIFICATION_WAIT_MINUTES * 60_000;
  const { signal, project, print } = options;
  let isTold = false;
  for (;;) {
    const build = await project.look(id);
    if (!isTold && build.logUrl !== undefined) print(`  ${build.logUrl}`);
    isTold ||= build.logUrl !== undefined;
    if (build.status !== undefined && build.status !== "IN_PROGRESS") return build;
    if (signal.aborted) {
      throw new UserError(`Stopped. The verification ${id} continues, and its result will be stored.`);
    }
    if (Date.now() > deadline) throw new UserError(`The verification ${id} did not end in time.`);
    await pause(options);
  }
}
