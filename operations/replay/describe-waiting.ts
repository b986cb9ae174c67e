import { ago, counted, pasteable } from "../printable.ts";
import type { Tally, Waiting } from "./sort-waiting.ts";

export interface WaitingContext {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly olderThanMinutes: number;
}

export function describeWaiting(waiting: Waiting, { now, olderThanMinutes }: WaitingContext): string[] {
  const { payloads, young, older, foreign } = waiting;
  return [
    ...(payloads.count === 0 && young.count > 0 ? [] : describe(payloads, "payload", now)),
    ...(young.count === 0
      ? []
      : [
          `${counted(young.count, "payload")} younger than ${olderThanMinutes} minutes: left out, because the event of S3 may still arrive (--older-than-minutes 0 includes all)`,
        ]),
    ...(older.count === 0
      ? []
      : [
          `${counted(older.count, "object")} with keys of an older version: left out, because the queue function does not read them (docs/operations.md#objects-of-an-older-version)`,
          ...exampleOf(older),
        ]),
    ...(foreign.count === 0
      ? []
      : [
          `${counted(foreign.count, "object")} with keys that no API writes: left out (docs/operations.md#foreign-objects)`,
          ...exampleOf(foreign),
        ]),
  ];
}

function describe(tally: Tally, noun: string, now: number): string[] {
  const { count, sizeBytes, oldestAt, youngestAt } = tally;
  if (oldestAt === undefined || youngestAt === undefined) return [`no ${noun} waits there`];
  return [
    `${counted(count, noun)}, ${formatBytes(sizeBytes)}`,
    `  oldest      ${new Date(oldestAt).toISOString()}, ${ago(oldestAt, now)}`,
    `  youngest    ${new Date(youngestAt).toISOString()}, ${ago(youngestAt, now)}`,
    ...exampleOf(tally),
  ];
}

function exampleOf({ exampleKey }: Tally): string[] {
  return exampleKey === undefined ? [] : [`  for example ${pasteable(exampleKey)}`];
}

function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} bytes`;
  return bytes < 1_000_000 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
