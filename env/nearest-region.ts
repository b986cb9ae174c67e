import { REGIONS } from "./regions.ts";

/** With more changes, it is not a typing error. */
const MOST_CHANGES = 4;

/** The region that is probably meant. */
export function nearestRegion(written: unknown): string {
  const text = String(written).toLowerCase();
  const [nearest] = REGIONS.map((region) => ({ region, changes: editDistance(text, region) }))
    .filter(({ changes }) => changes <= MOST_CHANGES)
    .toSorted((a, b) => a.changes - b.changes);
  return nearest?.region ?? "eu-central-1";
}

/** How many characters must be added, removed or replaced to turn one text into the other. */
function editDistance(from: string, to: string): number {
  let before = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, character] of [...from].entries()) {
    const row = [index + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (before[column] ?? 0) + (character === other ? 0 : 1);
      row.push(Math.min(replaced, (before[column + 1] ?? 0) + 1, (row[column] ?? 0) + 1));
    }
    before = row;
  }
  return before.at(-1) ?? 0;
}
