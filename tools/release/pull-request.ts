// How a pull request is planned: a check without a token hands its stacks in, and a build of the branch plans them.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadEnvironments } from "../../env/load-environment.ts";
import { CommandError } from "../command-error.ts";
import type { EnterpriseClient } from "./enterprise-client.ts";
import { packStack } from "./pack.ts";
import { PlanRequests, requestId } from "./plan-requests.ts";
import { type Target, targetOf } from "./promote.ts";
import { followRun, pause, type RunOptions, startRun } from "./run.ts";
import * as settings from "./settings.ts";

type PlanOptions = Pick<RunOptions, "deadline" | "pollMilliseconds" | "signal" | "print">;

/** In a check, which holds no token: gives the stacks to somebody who does, and waits for what comes of them. */
export async function handIn(options: PlanOptions): Promise<number> {
  const { deadline, signal, print } = options;
  const requests = new PlanRequests(settings.requiredBucket());
  const environments = settings.planEnvironments();
  const id = (process.env["CODEBUILD_BUILD_ID"] ?? `local-${process.pid}`).replaceAll(/[^A-Za-z0-9-]/g, "-");
  const archives = new Map<string, Buffer>();
  for (const name of environments) {
    const directory = join(settings.outputDirectory(), "stacks", `proposals-${name}`);
    if (!existsSync(directory))
      throw new CommandError(`There is no ${directory}. Synthesize first: npm run synth.`);
    archives.set(name, await packStack(directory));
  }
  await requests.handIn(id, { commit: settings.currentCommit(), environments }, archives);
  print(`handed in ${environments.join(", ")} as ${id}`);
  for (;;) {
    const result = await requests.readResult(id);
    if (result !== undefined) {
      result.lines.forEach(print);
      return result.succeeded ? 0 : 1;
    }
    if (signal.aborted) throw new CommandError(`Nobody waits for the plan of ${id} any more.`);
    if (Date.now() > deadline) throw new CommandError(`Nobody has planned ${id} in time.`);
    await pause(options);
  }
}

/** Built from the branch that is released: what was handed in is data, planned where it may be and never applied. */
export async function planRequest(key: string, options: PlanOptions): Promise<number> {
  const id = requestId(key);
  const requests = new PlanRequests(settings.requiredBucket());
  const lines: string[] = [];
  const print = (line: string) => {
    options.print(line);
    lines.push(line);
  };
  const succeeded = await planAll(id, requests, { ...options, print }).catch((error: unknown) => {
    // A check waits for the result, whatever it is.
    print(
      error instanceof CommandError ? error.message : "The plan ended with an error that nobody expected.",
    );
    if (error instanceof CommandError) return false;
    return requests.writeResult(id, { succeeded: false, lines }).then(() => Promise.reject(error));
  });
  await requests.writeResult(id, { succeeded, lines });
  return succeeded ? 0 : 1;
}

/** Every environment is planned, also when one before fails: people mend all problems at once. */
async function planAll(id: string, requests: PlanRequests, options: PlanOptions): Promise<boolean> {
  const allowed = settings.planEnvironments();
  const all = loadEnvironments();
  const { commit, environments } = await requests.readRequest(id);
  let succeeded = true;
  for (const name of environments) {
    try {
      if (!allowed.includes(name)) throw new CommandError(`${name} is not planned for pull requests.`);
      const target = targetOf(name, all);
      const archive = await requests.readArchive(id, name);
      await planTarget(target, { ...options, client: settings.connect(target), archive, commit });
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      options.print(`${name}: ${error.message}`);
      succeeded = false;
    }
  }
  return succeeded;
}

/**
 * A speculative run, which can't be applied.
 * @throws CommandError where it fails
 */
export async function planTarget(
  { name, workspace }: Target,
  options: PlanOptions & {
    readonly client: EnterpriseClient;
    readonly archive: Buffer;
    readonly commit: string;
  },
): Promise<void> {
  const { client, archive, commit, print } = options;
  const workspaceId = await client.workspaceId(workspace.organization, workspace.workspace);
  const run: RunOptions = { ...options, workspace, workspaceId, waitForConfirmation: false };
  const message = `Plan of ${commit.slice(0, 12)}`;
  print(`${name}: ${await followRun(await startRun(run, { archive, message, speculative: true }), run)}`);
}
