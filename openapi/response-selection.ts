import type { IntegrationResponse } from "./operations.ts";

const statuses = Array.from({ length: 400 }, (_, index) => index + 200);

/**
 * The statuses from 200 to 599 that a pattern of an integration response selects, or undefined where it is no
 * regular expression. AWS matches the whole status, with Java's syntax.
 */
export function selectedStatuses(pattern: string): number[] | undefined {
  try {
    const whole = new RegExp(`^(?:${asJavaScript(pattern)})$`);
    return statuses.filter((status) => whole.test(String(status)));
  } catch {
    return undefined;
  }
}

/** Java's inline flags, atomic groups and possessive quantifiers, which JavaScript does not have, change no status. */
function asJavaScript(pattern: string): string {
  return pattern
    .replaceAll(/\(\?[a-zA-Z]+\)/g, "")
    .replaceAll("(?>", "(?:")
    .replaceAll(/(?<!\\)([*+?}])\+/g, "$1");
}

/** The statuses that no pattern selects, so that the default gets them. */
export function unselectedStatuses(responses: IntegrationResponse[]): number[] {
  const selected = new Set(patternsOf(responses).flatMap(({ pattern }) => selectedStatuses(pattern) ?? []));
  return statuses.filter((status) => !selected.has(status));
}

/** The integration responses that are chosen by a pattern, all but the default. */
export function patternsOf(responses: IntegrationResponse[]): IntegrationResponse[] {
  return responses.filter(({ pattern }) => pattern !== "default");
}

/** Statuses in short: `200-299, 409`. */
export function formatStatuses(selected: number[]): string {
  const runs: number[][] = [];
  for (const status of selected) {
    const run = runs.at(-1);
    if (run?.at(-1) === status - 1) run.push(status);
    else runs.push([status]);
  }
  return runs.map((run) => (run.length === 1 ? `${run[0]}` : `${run[0]}-${run.at(-1)}`)).join(", ");
}
