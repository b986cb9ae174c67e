import { type Answer, jsonOf } from "./client.ts";

/** Something that was expected and what came of it. */
export interface Check {
  readonly expected: string;
  readonly passed: boolean;
  /** What came instead. */
  readonly got?: string;
}

export interface Step {
  readonly title: string;
  /** The way that the payload took, with times. */
  readonly way: readonly string[];
  readonly checks: readonly Check[];
}

export function statusCheck(expected: string, status: number, answer: Answer): Check {
  return { expected: `${expected} (${status})`, passed: answer.status === status, got: describe(answer) };
}

export function outcomeCheck(expected: string, status: string, answer: Answer): Check {
  return { expected, passed: jsonOf(answer)["status"] === status, got: describe(answer) };
}

export function bytesCheck(expected: string, bytes: Buffer, answer: Answer): Check {
  return {
    expected: `${expected} byte for byte (${megabytes(bytes.length)})`,
    passed: answer.status === 200 && answer.bytes.equals(bytes),
    got: answer.status === 200 ? `${answer.bytes.length} other bytes` : describe(answer),
  };
}

export function describe({ status, bytes }: Answer): string {
  return `${status} ${bytes.subarray(0, 300).toString("utf8")}`;
}

export function duration({ milliseconds }: Pick<Answer, "milliseconds">): string {
  return `${Math.round(milliseconds)} ms`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(bytes < 1_000_000 ? 2 : 1)} MB`;
}
