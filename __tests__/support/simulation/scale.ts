import { inject } from "vitest";

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

/** The run's share of the cases, taken evenly from all of them. */
export function sampled<Case>(cases: readonly Case[]): Case[] {
  const step = Math.round(1 / simulationScale);
  return cases.filter((_, index) => index % step === 0);
}
