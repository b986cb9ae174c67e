import type { Run } from "./enterprise-documents.ts";
import { isBeingApplied } from "./run-failure.ts";

/**
 * So many looks may find a run between its plan and its apply: a minute, where a moment is usual. What waits longer in that
 * state waits for somebody; that its apply has to wait for a worker is a state of its own.
 */
const LOOKS_BETWEEN_PLAN_AND_APPLY = 20;

/** Terraform Enterprise applies a run by itself only where whoever started it may apply runs: https://developer.hashicorp.com/terraform/enterprise/api-docs/run#apply-a-run */
export const TEAM_MAY_NOT_APPLY =
  'the token\'s team may plan but not apply runs, so Terraform Enterprise does not apply its runs automatically. Give the team the permission to apply runs (workspace settings, Team Access: "Apply runs" or "Write"; with backend.managed, apply the workspace stack again), or set apply: "confirmed" in the environment\'s backend';

export interface SeenRun {
  /** Whether this release has started it: of others the server does not say what whoever started them may. */
  readonly isOwn: boolean;
  /** How many looks in a row have found it in its state. */
  readonly looks: number;
}

/**
 * Why a run of an environment that needs no confirmation waits for one all the same; undefined where it is applied by itself,
 * or may be.
 */
export function whyItWaits(run: Run, { isOwn, looks }: SeenRun): string | undefined {
  if (run.isPlanOnly || isBeingApplied(run)) return undefined;
  if (isOwn && run.mayApply === false) return TEAM_MAY_NOT_APPLY;
  if (!run.isConfirmable) return undefined;
  if (!run.isAutoApplied) return "it was started without auto-apply";
  const isSettled = !isOwn && looks >= LOOKS_BETWEEN_PLAN_AND_APPLY;
  return isSettled ? "its creator had no permission to apply runs when it was planned" : undefined;
}
