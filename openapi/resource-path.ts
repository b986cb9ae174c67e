/** The parts of a resource's path, or of a request's. A slash at the end makes no other resource. */
export function segmentsOf(path: string): string[] {
  return path.replace(/\/$/, "").split("/").slice(1);
}

/** 1 for a literal segment, 2 for a parameter, 3 for a greedy one, 0 for none. */
export function segmentRank(segment: string | undefined): 0 | 1 | 2 | 3 {
  if (segment === undefined) return 0;
  if (!segment.startsWith("{")) return 1;
  return segment.endsWith("+}") ? 3 : 2;
}

/** Sorts as API Gateway looks: a literal segment goes before a parameter, and that before a greedy one. */
export function bySpecificity(left: readonly string[], right: readonly string[]): number {
  const length = Math.max(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const difference = segmentRank(left[index]) - segmentRank(right[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}
