import { inject } from "vitest";
import { Random } from "./random.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The share of each long simulation that a run does: 0.1 in `npm test`, 1 in `npm run test:invariants`. */
    simulationScale: number;
  }
}

const simulationScale = inject("simulationScale");

export const isFull = simulationScale === 1;

/** The run's share of a count. */
export function scaled(count: number): number {
  return Math.ceil(count * simulationScale);
}

/** The run's share of the cases, drawn at random: taken at equal steps, they would have something in common. Always the same ones. */
export function sampled<Case>(cases: readonly Case[]): Case[] {
  const random = new Random(cases.length);
  const drawn = cases.map((value) => ({ value, rank: random.next() })).toSorted((a, b) => a.rank - b.rank);
  return drawn.slice(0, scaled(cases.length)).map(({ value }) => value);
}
