import { type ItemKey, tableKey } from "../../../contract/keys.ts";
import type { CurrentState } from "./record.ts";
import type { RecordStore } from "./record-store.ts";

/** Faster writers of the same item that are borne before the caller has to try again later. */
const maxAttempts = 8;

/** Other writers of the item were faster every time: transient. */
export class ContentionError extends Error {
  override readonly name = "ContentionError";
  readonly code = "CONTENTION";
}

/** The state to write, if any, and what to answer once it is written. */
export interface Change<T> {
  readonly next?: CurrentState;
  readonly result: T;
}

/**
 * Reads the state of an item, asks for the change, and writes it only where what was read still stands. `mayBeWritten` says
 * that an earlier change may have been written all the same, and be replaced by now.
 * @throws {ContentionError}
 */
export async function updateCurrent<T>(
  records: Pick<RecordStore, "readCurrent" | "replaceCurrent">,
  key: ItemKey,
  change: (current: CurrentState | undefined, mayBeWritten: boolean) => Promise<Change<T>>,
): Promise<T> {
  let mayBeWritten = false;
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const current = await records.readCurrent(key);
    const { next, result } = await change(current, mayBeWritten);
    const written = next ? await records.replaceCurrent(next, current) : true;
    if (written === true) {
      return result;
    }
    mayBeWritten ||= written === "uncertain";
  }
  throw new ContentionError(
    `${tableKey(key)} was changed by other requests during ${maxAttempts} attempts in a row`,
  );
}
