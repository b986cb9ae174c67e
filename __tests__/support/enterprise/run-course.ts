// What becomes of a run: https://developer.hashicorp.com/terraform/enterprise/run/states

// biome-ignore lint/suspicious/noExplicitAny: JSON:API documents that the tests know the shape of
type Json = any;

/** How runs of a workspace go; each may be changed between runs. */
export interface Course {
  /** Of its configuration versions, after their upload. */
  configuration?: "uploaded" | "errored" | "fetching";
  plan?: {
    readonly additions?: number;
    readonly changes?: number;
    readonly destructions?: number;
    /** Makes the plan fail, with this log. */
    readonly failsWith?: string;
  };
  costEstimation?: boolean;
  /** Checked by policy checks, as Sentinel's are. */
  policies?: readonly {
    readonly name: string;
    readonly passes: boolean;
    readonly level: "advisory" | "soft-mandatory" | "hard-mandatory";
  }[];
  /** Whether policy checks tell how many failed alone, which is all that the documentation promises. */
  hidesPolicies?: boolean;
  /** Checked by policy evaluations after the plan, as OPA's are. */
  evaluations?: readonly {
    readonly name: string;
    readonly passes: boolean;
    readonly level: "advisory" | "mandatory";
  }[];
  task?: { readonly name: string; readonly passes: boolean };
  /** Makes the apply fail, with this log. */
  applyFailsWith?: string;
  /** A state that its runs never leave by themselves. */
  staysIn?: string;
  /** Whether the token's team may plan and not apply: what it starts then waits for somebody, whatever it asked for. */
  teamMayNotApply?: boolean;
  /** Whether neither the workspace nor its runs tell what whoever asks may. */
  hidesPermissions?: "of the workspace" | "of all";
  /** Of the state, by their names; without any, the token's team may not read them. */
  outputs?: Readonly<Record<string, { readonly value: unknown; readonly sensitive?: boolean }>>;
  /** How often a run that is applied by itself is seen planned before its apply begins. */
  looksBeforeApply?: number;
}

export interface FakeRun {
  readonly id: string;
  readonly workspace: string;
  readonly message: string;
  readonly isPlanOnly: boolean;
  readonly isAutoApplied: boolean;
  /** Whether somebody has started it who may apply runs, with another token. */
  readonly isOfPerson?: boolean;
  readonly configurationVersion: string;
  status: string;
  /** Whether it waits for somebody. */
  isPaused: boolean;
  /** A cancel or discard that was accepted, and takes effect when somebody has looked once more. */
  ending?: "canceled" | "discarded" | undefined;
  /** How often it was seen planned, where it is applied by itself. */
  looks?: number;
}

/** States of a pause in which somebody has to override something, and nobody can confirm. */
export const OVERRIDABLE = ["policy_override", "post_plan_awaiting_decision"];

const final = [
  "applied",
  "planned_and_finished",
  "errored",
  "discarded",
  "canceled",
  "force_canceled",
  "policy_soft_failed",
];

export function isFinal({ status }: FakeRun): boolean {
  return final.includes(status);
}

/** The state after this one, and whether the run waits for somebody in it. */
export function nextState(run: FakeRun, course: Course): [status: string, isPaused: boolean] {
  const { plan = {}, policies = [], evaluations = [], task } = course;
  const { additions = 3, changes = 2, destructions = 1 } = plan;
  const hasStage = evaluations.length > 0 || task !== undefined;
  const fails = (level: string) => policies.some((each) => !each.passes && each.level === level);
  const hasChanges = additions + changes + destructions > 0;
  const afterCost = (): [string, boolean] => (policies.length > 0 ? ["policy_checking", false] : decideOn());
  const decideOn = (): [string, boolean] => {
    if (run.isPlanOnly || !hasChanges) return ["planned_and_finished", false];
    const isApplied = run.isAutoApplied && (run.isOfPerson === true || course.teamMayNotApply !== true);
    if (isApplied) return [course.looksBeforeApply ? "planned" : "apply_queued", false];
    return [run.status === "planning" || run.status === "post_plan_running" ? "planned" : run.status, true];
  };
  const afterPlan = (): [string, boolean] =>
    course.costEstimation ? ["cost_estimating", false] : afterCost();

  switch (run.status) {
    case "pending":
      return ["plan_queued", false];
    case "plan_queued":
      return ["planning", false];
    case "planning":
      if (plan.failsWith !== undefined) return ["errored", false];
      return hasStage ? ["post_plan_running", false] : afterPlan();
    case "post_plan_running":
      if (evaluations.some((each) => !each.passes && each.level === "mandatory")) {
        return run.isPlanOnly ? ["policy_soft_failed", false] : ["post_plan_awaiting_decision", true];
      }
      return task?.passes === false ? ["errored", false] : afterPlan();
    case "cost_estimating":
      return ["cost_estimated", false];
    case "cost_estimated":
      return afterCost();
    case "policy_checking":
      if (fails("hard-mandatory")) return ["errored", false];
      if (fails("soft-mandatory"))
        return run.isPlanOnly ? ["policy_soft_failed", false] : ["policy_override", true];
      return ["policy_checked", false];
    case "policy_checked":
    case "post_plan_completed":
      return decideOn();
    case "planned":
      run.looks = (run.looks ?? 0) + 1;
      return [run.looks < (course.looksBeforeApply ?? 0) ? "planned" : "apply_queued", false];
    case "confirmed":
      return ["apply_queued", false];
    case "apply_queued":
      return ["applying", false];
    case "applying":
      if (course.applyFailsWith !== undefined) return ["errored", false];
      return [course.staysIn === "post_apply_running" ? "post_apply_running" : "applied", false];
    default:
      throw new Error(`nothing comes after ${run.status}`);
  }
}

/** It goes on to be applied, or to somebody who confirms it. */
export function stateAfterOverride(run: FakeRun): [status: string, isPaused: boolean] {
  const after = run.status === "policy_override" ? "policy_checked" : "post_plan_completed";
  return [after, !run.isAutoApplied];
}

export function policyChecksOf({ policies = [], hidesPolicies }: Course): Json[] {
  if (policies.length === 0) return [];
  const results = policies.map(({ name, passes, level }) => ({
    policy: { name, "enforcement-level": level },
    result: passes,
  }));
  const failed = (wanted: string) =>
    policies.filter(({ passes, level }) => !passes && level === wanted).length;
  return [
    {
      attributes: {
        result: {
          "hard-failed": failed("hard-mandatory"),
          "soft-failed": failed("soft-mandatory"),
          ...(hidesPolicies !== true && { sentinel: { data: { set: { policies: results } } } }),
        },
      },
    },
  ];
}

export function taskStagesOf(run: FakeRun, { evaluations = [], task }: Course): Json[] {
  if (evaluations.length === 0 && task === undefined) return [];
  const data = (prefix: string, is: boolean) => ({ data: is ? [{ id: `${prefix}-${run.id}` }] : [] });
  return [
    {
      id: `ts-${run.id}`,
      attributes: { stage: "post_plan" },
      relationships: {
        "policy-evaluations": data("poleval", evaluations.length > 0),
        "task-results": data("taskrs", task !== undefined),
      },
    },
  ];
}
