import type { StateResource } from "../deployment.ts";
import type { State } from "./rule.ts";

/** Managed resources of a type. */
export function managed(state: State, type: string): StateResource[] {
  return state.filter((resource) => resource.mode === "managed" && resource.type === type);
}

/** Resources of a type that the stack manages or looks up. */
export function known(state: State, type: string): StateResource[] {
  return state.filter((resource) => resource.type === type);
}

/** The first resource of a type with this value, such as the policy of a bucket. */
export function find(state: State, type: string, key: string, value: unknown): StateResource | undefined {
  return known(state, type).find(({ values }) => values[key] === value);
}

/** One query of an alarm with metric math. */
interface Queried {
  // biome-ignore lint/suspicious/noExplicitAny: JSON that the rules know the shape of
  readonly metric?: any;
}

/** The alarms on a metric of whatever has this dimension. */
export function hasAlarm(state: State, metric: string, dimension: string, value: string): boolean {
  return managed(state, "aws_cloudwatch_metric_alarm").some(({ values }) =>
    [values, ...list<Queried>(values["metric_query"]).flatMap((query) => list(query.metric))].some(
      (each) => each["metric_name"] === metric && each["dimensions"]?.[dimension] === value,
    ),
  );
}

/** Whether both hold the same strings, in whatever order. */
export function sameMembers(one: readonly string[], other: readonly string[]): boolean {
  return [...one].sort().join("\n") === [...other].sort().join("\n");
}

/** The value of a JSON text, or undefined where it is none. */
// biome-ignore lint/suspicious/noExplicitAny: JSON that the rules know the shape of
export function parseJson(text: unknown): any {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

/** The list that a policy or Terraform writes as a list, as its only member, or not at all. */
export function list<T>(value: T | readonly T[] | null | undefined): T[] {
  return [value ?? []].flat() as T[];
}
