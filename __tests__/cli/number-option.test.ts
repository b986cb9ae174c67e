import { describe, expect, it } from "vitest";
import { numberOption } from "../../cli/number-option.ts";

const range = { least: 1, most: 1_000, otherwise: 10 };
const read = (given: string | undefined) => numberOption({ text: () => given }, "per-second", range);

describe(numberOption, () => {
  it.each([
    [undefined, 10],
    ["1", 1],
    ["1000", 1_000],
  ])("reads %s", (given, number) => {
    expect(read(given)).toBe(number);
  });

  it.each(["0", "1001", "-1", "1.5", "1e2", "many", ""])('refuses "%s"', (given) => {
    expect(() => read(given)).toThrow(
      expect.objectContaining({
        exitCode: 2,
        message: `--per-second is "${given}": it must be a whole number from 1 to 1000.`,
      }),
    );
  });
});
