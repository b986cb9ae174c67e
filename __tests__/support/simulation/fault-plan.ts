import type { BodyFault, Fault, FaultOf } from "../fault-proxy.ts";
import type { Random } from "./random.ts";

/** One payload of so many comes corrupted each time, and one body hangs when it is first opened. */
const every = { corrupted: 15, hanging: 50 };
/** So often at most a payload suffers that may be stored in the end: the queue gives it five receives. */
const maxFaultsOfOne = 2;

/** Whether no retry helps the payload of an item, such as `item-7`. */
export function isCorruptedForGood(item: string): boolean {
  return indexOf(item) % every.corrupted === 7;
}

/** Which request suffers what, by chance. */
export class FaultPlan {
  /** Items whose bodies have broken since this was cleared. */
  readonly struck = new Set<string>();
  readonly counts: Record<string, number> = {};
  readonly #random: Random;
  readonly #opened = new Map<string, number>();
  #next = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  of({ method, path, operation }: Parameters<FaultOf>[0]): Fault | undefined {
    const random = this.#random;
    // While it is awaited, the body that is open may break.
    const isSlow = operation === "GetItem" && random.chance(0.5);
    if (isSlow) return { delayMilliseconds: random.between(1, 60) };
    const [item] = /item-\d+/.exec(path) ?? [];
    if (method !== "GET" || item === undefined) return undefined;
    const body = this.#bodyFault(item);
    if (body) this.counts[body.kind] = (this.counts[body.kind] ?? 0) + 1;
    // What only takes its time is done all the same.
    if (body && body.kind !== "trickled") this.struck.add(item);
    return { checksum: true, body };
  }

  #bodyFault(item: string): BodyFault | undefined {
    const random = this.#random;
    const opened = this.#opened.get(item) ?? 0;
    this.#opened.set(item, opened + 1);
    if (isCorruptedForGood(item)) return { kind: "corrupted" };
    const afterBytes = random.pick([0, 100, 800]);
    if (indexOf(item) % every.hanging === 11 && opened === 0) return { kind: "hanging", afterBytes };
    if (opened >= maxFaultsOfOne || !random.chance(0.4)) return undefined;
    this.#next += 1;
    switch (this.#next % 4) {
      case 0:
        return { kind: "truncated", afterBytes };
      case 1:
        return { kind: "reset", afterBytes, delayMilliseconds: random.between(1, 60) };
      case 2:
        return { kind: "corrupted" };
      default:
        return { kind: "trickled", pieces: random.between(2, 8), delayMilliseconds: random.between(1, 15) };
    }
  }
}

function indexOf(item: string): number {
  return Number(item.replace(/^\D+/, ""));
}
