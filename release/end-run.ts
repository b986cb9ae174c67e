import type { EnterpriseClient } from "./enterprise-client.ts";
import { EnterpriseError, sleep } from "./enterprise-connection.ts";
import type { Run } from "./enterprise-documents.ts";
import { failureOf, isBeingApplied } from "./run-failure.ts";
import { outcomeOf } from "./run-outcome.ts";

interface EndOptions {
  readonly client: EnterpriseClient;
  readonly pollMilliseconds: number;
}

/** How often somebody looks whether a run that was to end has ended. */
const LOOKS_AT_END = 20;

/** What became of a run that was to end, and whether it has ended. */
export interface RunEnd {
  readonly hasEnded: boolean;
  readonly description: string;
}

/**
 * A run that is left behind would block the workspace, or be applied by surprise. One that is being applied goes on: half of
 * an apply is worse than all of it.
 */
export async function endRun({ id }: Run, options: EndOptions, why: string): Promise<RunEnd> {
  const client = options.client.unstoppable();
  const accepted = new Set<string>();
  let status = "";
  try {
    for (let look = 0; look < LOOKS_AT_END; look += 1) {
      const run = await client.run(id);
      status = run.status.replaceAll("_", " ");
      if (isBeingApplied(run)) {
        return { hasEnded: false, description: "It is being applied, and continues" };
      }
      if (outcomeOf(run) !== undefined || failureOf(run) !== undefined) {
        return { hasEnded: true, description: `It is ${status}` };
      }
      // To end takes its time, and meanwhile the run may go on to where it can't be ended like that.
      const action = run.isDiscardable ? "discard" : run.isCancelable ? "cancel" : undefined;
      if (action !== undefined && !accepted.has(action) && (await client.end(id, action, why))) {
        accepted.add(action);
      }
      await sleep(options.pollMilliseconds);
    }
    return {
      hasEnded: false,
      description: `Terraform Enterprise was asked to end it, but it is still ${status}`,
    };
  } catch (error) {
    if (!(error instanceof EnterpriseError)) throw error;
    return { hasEnded: false, description: `It could not be ended, and may continue (${error.message})` };
  }
}
