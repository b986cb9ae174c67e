// How a pull request is planned: a check without a token hands its stacks in, and a build of the branch plans them.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../contract/user-error.ts";
import { ingestionStackName } from "../domain/names.ts";
import type { Environment } from "../env/schema.ts";
import type { EnterpriseClient } from "./enterprise-client.ts";
import { packStack } from "./pack.ts";
import { type PlanRequest, PlanRequests } from "./plan-requests.ts";
import { runOptions, type Target, targetOf } from "./promote.ts";
import { followRun, pause, type RunOptions, startRun } from "./run.ts";
import type { ReleaseSettings } from "./settings.ts";

type PlanOptions = Pick<RunOptions, "deadline" | "pollMilliseconds" | "signal" | "print"> & {
  readonly settings: ReleaseSettings;
};
type PlanRequestOptions = PlanOptions & { readonly environments: readonly Environment[] };

/** In a check, which holds no token: gives the stacks to somebody who does, and waits for what comes of them. */
export async function handIn(options: PlanOptions): Promise<number> {
  const { deadline, signal, print, settings } = options;
  const bucket = settings.requiredBucket();
  const requests = new PlanRequests(bucket);
  const stacks = [];
  for (const environment of settings.planEnvironments()) {
    const directory = join(settings.outputDirectory, "stacks", ingestionStackName(environment));
    if (!existsSync(directory))
      throw new UserError(`There is no ${directory}. Synthesize first: npm run synth.`);
    stacks.push({ environment, archive: await packStack(directory) });
  }
  const version = await requests.handIn({ commit: settings.currentCommit(), stacks });
  print(`handed in ${stacks.map(({ environment }) => environment).join(", ")} as ${version}`);
  for (;;) {
    const result = await requests.readResult(version);
    if (result !== undefined) {
      result.lines.forEach(print);
      return result.succeeded ? 0 : 1;
    }
    if (signal.aborted) throw new UserError(`Stopped. The plan of ${version} may continue.`);
    if (Date.now() > deadline) {
      throw new UserError(
        `No result of the plan ${version} arrived in time, or it cannot be read from ${bucket.name}. Check the builds of the plan project.`,
      );
    }
    await pause(options);
  }
}

/** Built from the branch that is released: what was handed in is data, planned where it may be and never applied. */
export async function planRequest(version: string, options: PlanRequestOptions): Promise<number> {
  const requests = new PlanRequests(options.settings.requiredBucket());
  const lines: string[] = [];
  const print = (line: string) => {
    options.print(line);
    lines.push(line);
  };
  requests.requireVersion(version);
  try {
    const request = await requests.read(version);
    const succeeded = await planAll(request, { ...options, print });
    await requests.writeResult(version, { succeeded, lines });
    return succeeded ? 0 : 1;
  } catch (error) {
    // A check waits for the result, whatever it is.
    const isExpected = error instanceof UserError;
    lines.push(
      isExpected ? error.message : "The plan ended with an unexpected error. See the log of the plan build.",
    );
    await requests.writeResult(version, { succeeded: false, lines });
    throw error;
  }
}

/** Every environment is planned, also when one before fails: people mend all problems at once. */
async function planAll({ commit, stacks }: PlanRequest, options: PlanRequestOptions): Promise<boolean> {
  let succeeded = true;
  for (const { environment, archive } of stacks) {
    try {
      const target = plannedTarget(environment, options);
      await planTarget(target, {
        ...options,
        client: options.settings.connect(target, options.signal),
        archive,
        commit,
      });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      options.print(`${environment}: ${error.message}`);
      succeeded = false;
    }
  }
  return succeeded;
}

/**
 * What the project that plans is told may be out of date; what the branch says is not.
 * @throws UserError where pull requests may not run with the environment's credentials
 */
function plannedTarget(name: string, { settings, environments }: PlanRequestOptions): Target {
  if (!settings.planEnvironments().includes(name)) {
    throw new UserError(`${name} is not in delivery.plans, so it is not planned for pull requests.`);
  }
  const target = targetOf(name, environments);
  if (target.workspace.apply === "automatic") return target;
  throw new UserError(
    `releases of ${name} are confirmed by hand, so pull requests may not use its credentials. Apply the delivery stack again.`,
  );
}

/**
 * A speculative run, which can't be applied.
 * @throws UserError where it fails
 */
export async function planTarget(
  target: Target,
  options: Omit<PlanOptions, "settings"> & {
    readonly client: EnterpriseClient;
    readonly archive: Buffer;
    readonly commit: string;
  },
): Promise<void> {
  const { archive, commit, print } = options;
  const run = await runOptions(target, { ...options, waitForConfirmation: false });
  const message = `Plan of ${commit.slice(0, 12)}`;
  print(
    `${target.name}: ${await followRun(await startRun(run, { archive, message, speculative: true }), run)}`,
  );
}
