import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { itHolds, PROPERTY_LIMIT_MILLISECONDS } from "./property.ts";

describe(itHolds, () => {
  const tried: number[] = [];
  itHolds(
    "tries the property as often as it is told to, and then what has to hold of all of it",
    fc.property(fc.nat(), (value) => void tried.push(value)),
    { numRuns: 7, afterwards: () => expect(tried).toHaveLength(7) },
  );

  it("gives each property a time limit of its own", ({ task }) => {
    const [property] = task.suite?.tasks ?? [];

    expect(property?.name).toMatch(/^tries the property/);
    expect(property).toHaveProperty("timeout", PROPERTY_LIMIT_MILLISECONDS);
  });
});
