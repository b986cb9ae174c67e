import { Token } from "cdktf";

/** Percent, and 0 where there is too little to tell. */
export function shareOf(part: string, whole: string, minimum: number): string {
  return `IF(${whole} >= ${Token.asString(minimum)}, 100 * ${part} / ${whole}, 0)`;
}

/** The sum of metrics, of which one without data counts as 0. */
export function sumOf(...names: readonly string[]): string {
  return names.map((name) => `FILL(${name}, 0)`).join(" + ");
}
