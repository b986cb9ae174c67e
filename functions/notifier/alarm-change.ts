import * as z from "zod/mini";
import { parseJson } from "../../contract/parse-json.ts";

/** What CloudWatch tells of an alarm that changed its state, of metric alarms and composite ones alike. */
export interface AlarmChange {
  readonly name: string;
  readonly arn: string;
  readonly description: string;
  readonly state: "ALARM" | "OK" | "INSUFFICIENT_DATA";
  readonly reason: string;
  /** ISO 8601. */
  readonly changedAt: string;
  readonly accountId: string;
  /** `AWS/SQS ApproximateAgeOfOldestMessage`, or the rule of a composite alarm. */
  readonly watches: string;
  /** Names of the alarms that made a composite alarm change. */
  readonly causes: readonly string[];
  readonly severity: "urgent" | "ticket";
}

/** A message that tells of no alarm: trying it again would not help. */
export class AlarmMessageError extends Error {
  override readonly name = "AlarmMessageError";
  readonly code = "ALARM_MESSAGE";
}

const text = z.string();
const state = z.enum(["ALARM", "OK", "INSUFFICIENT_DATA"]);

const messageSchema = z.object({
  AlarmName: text,
  AlarmArn: text,
  AlarmDescription: z.nullish(text),
  AWSAccountId: text,
  NewStateValue: state,
  NewStateReason: z.nullish(text),
  StateChangeTime: text,
  // A metric alarm has a trigger, with a metric or with metric math; a composite one has a rule.
  Trigger: z.nullish(z.object({ MetricName: z.nullish(text), Namespace: z.nullish(text) })),
  AlarmRule: z.nullish(text),
  TriggeringChildren: z.nullish(z.array(z.object({ Arn: text }))),
});

/**
 * The alarm that an SNS message tells of.
 * @throws {AlarmMessageError} naming what the message lacks, without its text
 */
export function parseAlarmChange(message: string, severity: AlarmChange["severity"]): AlarmChange {
  const result = messageSchema.safeParse(parseJson(message));
  if (!result.success) {
    const places = result.error.issues.map(({ path }) => path.join(".") || "(message)");
    throw new AlarmMessageError(`The message describes no alarm. Missing or invalid: ${places.join(", ")}`);
  }
  const { data } = result;
  return {
    name: data.AlarmName,
    arn: data.AlarmArn,
    description: data.AlarmDescription ?? "",
    state: data.NewStateValue,
    reason: data.NewStateReason ?? "",
    changedAt: toIsoTime(data.StateChangeTime),
    accountId: data.AWSAccountId,
    watches:
      data.AlarmRule ??
      ([data.Trigger?.Namespace, data.Trigger?.MetricName].filter(Boolean).join(" ") || "metric math"),
    causes: (data.TriggeringChildren ?? []).map(({ Arn }) => Arn.split(":alarm:")[1] ?? Arn),
    severity,
  };
}

/** CloudWatch writes `2026-01-31T10:00:00.000+0000`. */
function toIsoTime(time: string): string {
  const date = new Date(time.replace(/([+-]\d{2})(\d{2})$/, "$1:$2"));
  return Number.isNaN(date.getTime()) ? new Date(0).toISOString() : date.toISOString();
}
