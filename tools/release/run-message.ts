import type { Build } from "./build.ts";

/** What a run's message tells of the release that it is. */
export interface ReleaseMark {
  readonly buildId: string;
  /** Counts the builds of the project that releases: the higher one is the later one. */
  readonly number: number | undefined;
}

const form = /^Release of [0-9a-f]{12}, build ([0-9a-f]{64})(?:, number (\d+))?$/;

export function releaseMessage({ commit, id }: Build, number: number | undefined): string {
  return `Release of ${commit.slice(0, 12)}, build ${id}${number === undefined ? "" : `, number ${number}`}`;
}

/** Undefined of a run that is no release. */
export function readReleaseMessage(message: string): ReleaseMark | undefined {
  const [, buildId, number] = form.exec(message) ?? [];
  return buildId === undefined
    ? undefined
    : { buildId, number: number === undefined ? undefined : Number(number) };
}
