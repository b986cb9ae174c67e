import type { Build } from "./build.ts";

/** What a run's message tells of the release that it is. */
export interface ReleaseMark {
  readonly buildId: string;
  /** When the build began that released it, in milliseconds since the epoch; a laptop does not say. */
  readonly startedAt: number | undefined;
}

const form = /^Release of [0-9a-f]{12}, build ([0-9a-f]{64})(?:, started (\d{4}-\d\d-\d\dT[\d:.]+Z))?$/;

export function releaseMessage({ commit, id }: Build, startedAt: number | undefined): string {
  const started = startedAt === undefined ? "" : `, started ${new Date(startedAt).toISOString()}`;
  return `Release of ${commit.slice(0, 12)}, build ${id}${started}`;
}

/** Undefined of a run that is no release. */
export function readReleaseMessage(message: string): ReleaseMark | undefined {
  const [, buildId, started] = form.exec(message) ?? [];
  if (buildId === undefined) return undefined;
  const startedAt = started === undefined ? Number.NaN : Date.parse(started);
  return { buildId, startedAt: Number.isNaN(startedAt) ? undefined : startedAt };
}
