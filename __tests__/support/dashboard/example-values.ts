/**
 * What the picture of the dashboard shows: at 14:00 a caller sends everything again, DynamoDB throttles the table for half an
 * hour, messages wait, and those that fail five times become dead letters. Nothing here is measured.
 */
export const TIME_RANGE = "9 June 2026, 11:00 – 15:00 UTC";
const first = hourOf(11);
const last = hourOf(15);
const stepMinutes = 5;
export const STEPS = (last - first) / stepMinutes;

/** Numbers of 48 periods of five minutes, or of 14 days; undefined where a period has no data. */
export type Series = readonly (number | undefined)[];

/** A graph's and a line's title, such as "Messages / waiting". A line without an example is drawn at 0. */
export function exampleValues(title: string, label: string): Series {
  const example = examples[`${title} / ${label}`] ?? (() => 0);
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    const value = example(first + step * stepMinutes, step);
    return value === undefined ? undefined : Math.max(0, value);
  });
}

export function exampleTitles(): string[] {
  return Object.keys(examples);
}

/** Labels of the time axis, by where they are on it. */
export const HOURS: TimeLabels = { "11:00": 0, "12:00": 0.25, "13:00": 0.5, "14:00": 0.75 };
export const DAYS: TimeLabels = { "28 May": 0, "1 June": 1 / 3, "5 June": 2 / 3 };

export type TimeLabels = Readonly<Record<string, number>>;

/** Alarms that are raised at 15:00, by the ends of their names. */
export const RAISED = ["outage", "dead-letters"];

/** Cells of the newest errors by the names of their fields. */
export const NEWEST_ERRORS: readonly Readonly<Record<string, string>>[] = [
  failedMessage("14:31:52"),
  failedMessage("14:31:07"),
  serverError("14:30:44"),
  failedRequest("14:30:44"),
  failedMessage("14:30:12"),
  serverError("14:29:58"),
  failedRequest("14:29:58"),
  failedMessage("14:29:31"),
];

function failedMessage(time: string) {
  return logged(time, "message failed", "5b0c7a1e");
}

function failedRequest(time: string) {
  return logged(time, "request failed", "c81f24d0");
}

function logged(time: string, message: string, requestId: string) {
  return {
    "@timestamp": time,
    "message.message": message,
    "message.errorName": "ThrottlingException",
    requestId,
  };
}

function serverError(time: string) {
  return { "@timestamp": time, status: "500", resourcePath: "/<collection>/{item}", requestId: "c81f24d0" };
}

type Example = (minute: number, step: number) => number | undefined;

const examples: Readonly<Record<string, Example>> = {
  "Requests / <collection>": (minute, step) => 420 * burst(minute) * noise(1, step),
  "Requests / <collection>-large": (minute, step) => 90 * burst(minute) * noise(2, step),
  "Server errors (5xx) / <collection>": (minute) => 64 * throttled(minute),
  "Client errors (4xx) / 4xx <collection>": (_, step) => 9 * noise(3, step, 0.5),
  "Client errors (4xx) / 4xx <collection>-large": (_, step) => 3 * noise(4, step, 0.8),
  "Client errors (4xx) / 413 <collection>-large": (_, step) => (step === 17 ? 2 : 0),
  "Latency / <collection> p50": (minute, step) => (140 + 380 * throttled(minute)) * noise(5, step),
  "Latency / <collection>-large p50": (_, step) => 520 * noise(6, step),
  "Latency / <collection> p99": (minute, step) => (650 + 8_100 * throttled(minute)) * noise(7, step),
  "Latency / <collection>-large p99": (_, step) => 2_300 * noise(8, step),

  "Messages / waiting": (minute, step) => 460 * backlog(minute) * noise(9, step) + 2 * noise(10, step, 0.9),
  "Messages / in flight": (minute, step) => 6 * noise(11, step, 0.5) + 130 * throttled(minute),
  "Oldest message / age": (minute, step) => 8 * noise(12, step, 0.6) + 1_750 * backlog(minute),
  "Dead letters / dead letters": (minute) => Math.round(between(minute, hourOf(14, 25), hourOf(14, 35)) * 14),
  "Sweep / UnprocessedObjects": hourly(() => 0),
  "Sweep / ForeignObjects": hourly(() => 0),
  "Sweep / RequeuedObjects": hourly(() => 0),
  "Sweep / RemovedDocuments": hourly((_, step) => 40 * noise(13, step, 0.3)),
  "Sweep / UnversionedDocuments": hourly(() => 0),

  "Outcomes / Stored api": (minute, step) => (380 * burst(minute) - 64 * throttled(minute)) * noise(1, step),
  "Outcomes / Stored queue": (minute, step) => 82 * processed(minute) * noise(2, step),
  "Outcomes / Unchanged api": (minute, step) => 22 * (burst(minute) ** 2 - 0.4) * noise(14, step),
  "Outcomes / Unchanged queue": (minute, step) => 4 * processed(minute) * noise(15, step),
  "Outcomes / Superseded api": (_, step) => 3 * noise(16, step, 0.9),
  "Outcomes / Superseded queue": (_, step) => noise(17, step, 0.9),
  "Outcomes / Rejected api": (_, step) => 8 * noise(18, step, 0.5),
  "Outcomes / Rejected queue": (_, step) => 2 * noise(19, step, 0.8),
  "Time to outcome, p99 / TimeToOutcome api": (minute, step) =>
    (600 + 8_000 * throttled(minute)) * noise(7, step),
  "Time to outcome, p99 / TimeToOutcome queue": (minute, step) =>
    9_000 * noise(20, step, 0.4) + 1_790_000 * backlog(minute),
  "Errors and retries / api": (minute) => Math.round(3 * throttled(minute)),
  "Errors and retries / FailedMessages queue": (minute, step) => 58 * throttled(minute) * noise(21, step),
  "Duration p99, and memory / api": (minute, step) => (560 + 8_000 * throttled(minute)) * noise(7, step),
  "Duration p99, and memory / queue": (minute, step) => (1_900 + 9_500 * throttled(minute)) * noise(22, step),
  "Duration p99, and memory / sweep": hourly((_, step) => 4_200 * noise(23, step)),
  "Duration p99, and memory / api memory": (_, step) => 186 * noise(24, step, 0.04),
  "Duration p99, and memory / queue memory": (_, step) => 244 * noise(25, step, 0.04),
  "Duration p99, and memory / sweep memory": hourly(() => 131),

  "Payload size / api p50": (_, step) => 310_000 * noise(26, step, 0.2),
  "Payload size / queue p50": (_, step) => 6_400_000 * noise(27, step),
  "Payload size / api p99": (_, step) => 3_900_000 * noise(28, step),
  "Payload size / queue p99": (_, step) => 9_300_000 * noise(29, step, 0.04),
  "Table: units, throttles / read units": (minute, step) => 900 * burst(minute) * noise(1, step),
  "Table: units, throttles / write units": (minute, step) => 2_100 * burst(minute) * noise(1, step),
  "Table: units, throttles / read throttles": (minute) => 70 * throttled(minute),
  "Table: units, throttles / write throttles": (minute) => 820 * throttled(minute),
  "Intake bucket, 14 days / bytes stored": (_, step) =>
    step % 4 === 0 ? (38_000_000 + 600_000 * step) * noise(30, step, 0.1) : undefined,
  "Invocations / api": (minute, step) => 440 * burst(minute) * noise(1, step),
  "Invocations / queue": (minute, step) => 92 * (processed(minute) + throttled(minute)) * noise(2, step),
  "Invocations / sweep": (minute) => (minute % 60 === 20 ? 1 : 0),
};

function hourOf(hour: number, minute = 0): number {
  return hour * 60 + minute;
}

/** From 0 to 1 while the minutes pass. */
function between(minute: number, from: number, to: number): number {
  return Math.min(1, Math.max(0, (minute - from) / (to - from)));
}

/** The usual traffic is 1. */
function burst(minute: number): number {
  return (
    1 +
    1.9 * between(minute, hourOf(13, 50), hourOf(14)) * (1 - between(minute, hourOf(14, 20), hourOf(14, 40)))
  );
}

function throttled(minute: number): number {
  return (
    between(minute, hourOf(13, 55), hourOf(14, 5)) * (1 - between(minute, hourOf(14, 20), hourOf(14, 35)))
  );
}

function backlog(minute: number): number {
  return (
    between(minute, hourOf(13, 58), hourOf(14, 28)) * (1 - between(minute, hourOf(14, 30), hourOf(14, 50)))
  );
}

/** Of large payloads: less while the table is throttled, more while the queue empties. */
function processed(minute: number): number {
  const emptying =
    between(minute, hourOf(14, 25), hourOf(14, 35)) * (1 - between(minute, hourOf(14, 45), hourOf(14, 55)));
  return 1 - 0.6 * throttled(minute) + 1.6 * emptying;
}

function hourly(example: Example): Example {
  return (minute, step) => (minute % 60 === 20 ? example(minute, step) : undefined);
}

/** A factor around 1: the same one for the same seed and step. */
function noise(seed: number, step: number, spread = 0.1): number {
  let hash = Math.imul(seed, 0x9e3779b1) + Math.imul(step + 1, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  hash = (hash ^ (hash >>> 15)) >>> 8;
  return 1 + spread * ((hash % 2_001) / 1_000 - 1);
}
