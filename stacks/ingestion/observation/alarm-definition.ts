import type { EnvironmentVariables } from "../../variables/environment-variables.ts";
import type { Metric } from "./metric.ts";

/** Someone is called at once, or a ticket waits for the morning. */
export type Severity = "urgent" | "ticket";

export type Thresholds = EnvironmentVariables["alarms"];

/** One alarm, as data. Its id is its name behind the prefix. */
export type AlarmDefinition = AlarmTerms & AlarmMetrics;

/** One metric as it is, or metric math over several by the names that they have here. */
type AlarmMetrics =
  | { readonly metric: Metric }
  | { readonly metrics: Readonly<Record<string, Metric>>; readonly expression: string };

interface AlarmTerms {
  readonly id: string;
  /** Its section of docs/operations.md, if that is not its id. */
  readonly section?: string;
  readonly severity: Severity;
  /** What happened, for the person who is called. */
  readonly description: string;
  /** The alarm is raised above it, or below it with `below`. */
  readonly threshold: number;
  readonly below?: true;
  /** What missing data means: there is no traffic, or something does not run. */
  readonly missing: "notBreaching" | "breaching";
  readonly periodSeconds: number;
  /** Periods in a row that are looked at, and how many of them have to be bad. */
  readonly periods: readonly [bad: number, of: number];
}

/** Looked at every five minutes; no data means that nothing happens. */
export const quiet = { missing: "notBreaching", periodSeconds: 300 } as const;
/** A single bad period calls. */
export const atOnce = [1, 1] as const;
/** A single spike does not. */
export const twoOfThree = [2, 3] as const;
