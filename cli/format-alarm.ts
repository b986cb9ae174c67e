import type { RaisedAlarm } from "../emulator/cloudwatch/evaluate-alarms.ts";
import type { AlarmEvent } from "../emulator/cloudwatch/watch-alarms.ts";

/** An alarm, and where the guide speaks of it. */
export function formatAlarm({ name, section }: RaisedAlarm): string {
  return section === undefined ? name : `${name} (docs/operations.md#${section})`;
}

/** One line for what changed in a service that runs on this machine. */
export function formatAlarmEvent(event: AlarmEvent, environment: string): string {
  if (event.kind === "alarm") return `alarm ${event.state}: ${formatAlarm(event.alarm)}`;
  const { moved, queueName } = event;
  const messages = moved === 1 ? "1 message" : `${moved} messages`;
  return `${messages} moved to ${queueName}. Show why: npm run redrive -- ${environment} --local`;
}
