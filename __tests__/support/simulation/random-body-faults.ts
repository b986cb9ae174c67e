import type { Random } from "./random.ts";
import type { BodyFault } from "./simulated-body.ts";

/** Of the objects that come corrupted, so many do each time: no retry helps them. */
const shareOfLost = 0.3;

/** Every kind of fault, resets before, while and after the calls that come first, trickles up to longer than a function may take. */
export function randomBodyFaults(
  random: Random,
  probability: number,
): (key: string) => BodyFault | undefined {
  const lost = new Set<string>();
  return (key) => {
    if (lost.has(key)) return { kind: "body-corrupted" };
    if (!random.chance(probability)) return undefined;
    const fault = randomBodyFault(random);
    if (fault.kind === "body-corrupted" && random.chance(shareOfLost)) lost.add(key);
    return fault;
  };
}

function randomBodyFault(random: Random): BodyFault {
  const afterBytes = random.pick([0, 1, 100, 500]);
  switch (random.between(1, 5)) {
    case 1:
      return { kind: "body-reset", afterBytes, milliseconds: random.between(0, 90) };
    case 2:
      return { kind: "body-truncated", afterBytes };
    case 3:
      return { kind: "body-corrupted" };
    case 4:
      return {
        kind: "body-trickled",
        pieces: random.between(2, 20),
        pauseMilliseconds: random.between(1, 6_000),
      };
    default:
      return { kind: "body-hanging", afterBytes };
  }
}
