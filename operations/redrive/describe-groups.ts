import { ago, counted, pasteable, printable } from "../printable.ts";
import type { CauseGroup } from "./group-by-cause.ts";

/** A paragraph for each group: what it is, and what a redrive does with it. */
export function describeGroups(
  groups: readonly CauseGroup[],
  { all, now }: { all: boolean; now: number },
): string[] {
  return groups.flatMap((group) => {
    const {
      title,
      loggedError,
      count,
      oldest,
      exampleKey,
      exampleMessageId,
      onRedrive,
      canSucceed,
      runbook,
    } = group;
    const logged = loggedError === null ? "" : ` (last error: ${printable(loggedError)})`;
    const decision = canSucceed || all ? "" : " --apply leaves it here; --all moves it too.";
    return [
      "",
      `${counted(count, "message")}: ${title}${logged}`,
      ...(oldest === null ? [] : [`  oldest      ${oldest}, ${ago(Date.parse(oldest), now)}`]),
      `  for example ${exampleKey === null ? `message ${printable(exampleMessageId)}` : pasteable(exampleKey)}`,
      `  on redrive  ${onRedrive}.${decision}`,
      `  see         ${runbook}`,
    ];
  });
}
