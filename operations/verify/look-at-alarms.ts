import { type Check, fails, holds, notChecked } from "./check.ts";
import type { AlarmState } from "./operator-view.ts";
import type { Verification } from "./step.ts";

export async function lookAtAlarms({ view, stack }: Verification): Promise<Check[]> {
  const expected = "no alarm is raised";
  const alarms = await view.alarms();
  if (alarms.kind !== "seen") return [notChecked(expected, alarms.reason)];
  if (alarms.value.length === 0) {
    return [fails("the stack's alarms are there", `none begins with ${stack.namePrefix}-`, NO_ALARMS)];
  }
  const raised = alarms.value.filter(({ state }) => state === "ALARM");
  if (raised.length > 0) return raised.map(raisedCheck);
  return [holds(expected, describeStates(alarms.value))];
}

function raisedCheck({ name, section }: AlarmState): Check {
  return fails(`${name} is not raised`, "ALARM", {
    part: "what this alarm measures",
    look: `It may have been raised before this verification: see its history.${section ? ` docs/operations.md#${section}` : ""}`,
  });
}

const NO_ALARMS = {
  part: "CloudWatch",
  look: "Check that the outputs are of this account and region. npm run plan shows missing alarms.",
};

/** A new alarm has no data yet, and one of a metric that counts seldom has none for long. */
function describeStates(alarms: readonly AlarmState[]): string {
  const without = alarms.filter(({ state }) => state === "INSUFFICIENT_DATA").length;
  return `${alarms.length} alarms${without > 0 ? `, ${without} of them with INSUFFICIENT_DATA` : ""}`;
}
