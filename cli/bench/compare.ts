/** Numbers below it cannot be right, and why. */
export interface Least {
  readonly value: number;
  readonly because: string;
}

interface Limits {
  /** The median has to stay at or below it; where it does not, it is reported as missed. */
  readonly target?: number;
  readonly least?: Least;
}

/** Something that the values of one turn say together. */
export interface Comparison extends Limits {
  readonly what: string;
  of(measured: (candidate: string) => number): number;
}

export function ratio(of: string, to: string, limits: Limits = {}): Comparison {
  return { what: `${of} / ${to}`, of: (measured) => measured(of) / measured(to), ...limits };
}

/** What `of` has more than `to`; `per` so many of something, as `by` says. */
export function added(
  of: string,
  to: string,
  { per = 1, by, ...limits }: Limits & { readonly per?: number; readonly by?: string } = {},
): Comparison {
  const what = `${of} - ${to}`;
  return {
    what: by === undefined ? what : `(${what}), per ${by}`,
    of: (measured) => (measured(of) - measured(to)) / per,
    ...limits,
  };
}

/** The value itself, held to a limit in the benchmark's unit. */
export function itself(what: string, limits: Limits): Comparison {
  return { what, of: (measured) => measured(what), ...limits };
}
