import { UserError } from "../contract/user-error.ts";
import type { Arguments } from "./command.ts";

export interface NumberRange {
  readonly least: number;
  readonly most: number;
  /** Where the option is not given. */
  readonly otherwise: number;
}

/** @throws UserError with exit code 2 where an option is no whole number of that range */
export function numberOption(
  { text }: Pick<Arguments, "text">,
  option: string,
  { least, most, otherwise }: NumberRange,
): number {
  const given = text(option);
  if (given === undefined) return otherwise;
  const number = Number(given);
  if (/^\d+$/.test(given) && number >= least && number <= most) return number;
  throw new UserError(`--${option} is "${given}": it must be a whole number from ${least} to ${most}.`, {
    exitCode: 2,
  });
}
