import { ago, counted, printable } from "../printable.ts";
import type { CauseGroup } from "./group-by-cause.ts";

/** A paragraph for each group: what it is, and what a redrive does with it. */
export function describeGroups(
  groups: readonly CauseGroup[],
  { all, now }: { all: boolean; now: number },
): string[] {
  return groups.flatMap((group) => {
    const { title, loggedError, count, oldest, exampleKey, onRedrive, canSucceed, runbook } = group;
    const logged = loggedError === null ? "" : `; the function's log: ${printable(loggedError)}`;
    const decision = canSucceed || all ? "" : " Not moved, unless --all says so.";
    return [
      "",
      `${counted(count, "message")}: ${title}${logged}`,
      ...(oldest === null ? [] : [`  oldest      ${oldest}, ${ago(Date.parse(oldest), now)}`]),
      ...(exampleKey === null ? [] : [`  such as     ${printable(exampleKey)}`]),
      `  redriven    ${onRedrive}.${decision}`,
      `  see         ${runbook}`,
    ];
  });
}
