import { whyItWaits } from "./apply-permission.ts";
import type { EnterpriseClient } from "./enterprise-client.ts";
import { EnterpriseError } from "./enterprise-connection.ts";
import type { Run } from "./enterprise-documents.ts";
import { isBlocked } from "./run-failure.ts";
import { outcomeOf } from "./run-outcome.ts";

/** A run that can't begin asks at each of so many looks whether somebody has to decide about one before it: servers limit lists. */
export const LOOKS_BEFORE_LIST = 10;

interface ListOptions {
  readonly client: EnterpriseClient;
  readonly workspaceId: string;
}

/** A workspace does one run after the other, and one that nobody confirms keeps all others from beginning. */
export async function waitingRunBefore(
  run: Run,
  options: ListOptions,
  planned: Map<string, number>,
): Promise<Run | undefined> {
  try {
    return await findWaitingRunBefore(run, options, planned);
  } catch (error) {
    // The next look tells whether the server is still away.
    if (error instanceof EnterpriseError && error.isAway) return undefined;
    throw error;
  }
}

async function findWaitingRunBefore(
  run: Run,
  { client, workspaceId }: ListOptions,
  planned: Map<string, number>,
): Promise<Run | undefined> {
  let isBefore = false;
  for await (const other of client.runs(workspaceId)) {
    if (isBefore && other.isConfirmable) planned.set(other.id, (planned.get(other.id) ?? 0) + 1);
    // One that is applied by itself may be seen between its plan and its apply.
    const looks = ((planned.get(other.id) ?? 0) - 1) * LOOKS_BEFORE_LIST;
    const waits = isBlocked(other) || whyItWaits(other, { isOwn: false, looks }) !== undefined;
    if (isBefore && waits) return other;
    isBefore ||= other.id === run.id;
    if (isBefore && outcomeOf(other) !== undefined) return undefined;
  }
  return undefined;
}
