import fc from "fast-check";
import { it } from "vitest";

/** It ends what hangs, and measures nothing: alone, the longest of them takes a few seconds. */
export const PROPERTY_LIMIT_MILLISECONDS = 120_000;

interface Options<Values> extends fc.Parameters<Values> {
  /** Asserts something of all runs together, such as that each case was really reached. */
  readonly afterwards?: () => void;
}

/** A property test, as `it` is a test: with a time limit, which is why the linter refuses `fc.assert` elsewhere. */
export function itHolds<Values>(
  name: string,
  property: fc.IRawProperty<Values>,
  { afterwards, ...parameters }: Options<Values> = {},
): void {
  it(
    name,
    async () => {
      await fc.assert(property, parameters);
      afterwards?.();
    },
    PROPERTY_LIMIT_MILLISECONDS,
  );
}
