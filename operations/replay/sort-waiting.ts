import { kindOfIntakeKey } from "../../contract/intake-keys.ts";
import type { WaitingObject } from "../waiting-objects.ts";

/** What was found below a prefix, by what a replay does with it. */
export interface Waiting {
  /** Payloads that the queue function is told of again. */
  readonly payloads: Tally;
  /** Payloads whose own event is probably still under way. */
  readonly young: Tally;
  /** Of an older version of this project: they would fail. */
  readonly older: Tally;
  /** Under keys that no API writes: nobody waits for them. */
  readonly foreign: Tally;
}

export interface Tally {
  count: number;
  sizeBytes: number;
  /** Epoch milliseconds. */
  oldestAt: number | undefined;
  youngestAt: number | undefined;
  exampleKey: string | undefined;
}

function emptyTally(): Tally {
  return { count: 0, sizeBytes: 0, oldestAt: undefined, youngestAt: undefined, exampleKey: undefined };
}

export function nothingWaiting(): Waiting {
  return { payloads: emptyTally(), young: emptyTally(), older: emptyTally(), foreign: emptyTally() };
}

/** @param writtenBefore epoch milliseconds: what was written later is young */
export function kindOfWaiting({ key, writtenAt }: WaitingObject, writtenBefore: number): keyof Waiting {
  const kind = kindOfIntakeKey(key);
  if (kind !== "submission") return kind;
  return writtenAt <= writtenBefore ? "payloads" : "young";
}

export function addTo(tally: Tally, { key, sizeBytes, writtenAt }: WaitingObject): void {
  tally.count += 1;
  tally.sizeBytes += sizeBytes;
  tally.oldestAt = Math.min(tally.oldestAt ?? writtenAt, writtenAt);
  tally.youngestAt = Math.max(tally.youngestAt ?? writtenAt, writtenAt);
  tally.exampleKey ??= key;
}
