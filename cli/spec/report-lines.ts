import type { AccountHome } from "../../openapi/import/account-home.ts";
import type { Dropped } from "../../openapi/import/remove-parts.ts";

/** A title and indented lines below it, or nothing where there are none. */
export function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}

/** The account that the export belongs to: what names it becomes the environment's own account. */
export function homeLines({ account, accountAt, region }: AccountHome): string[] {
  if (account === undefined || accountAt === undefined) return [];
  const where = region === undefined ? "" : ` in ${region}`;
  return [
    "",
    `The API belongs to account ${account}${where}, according to ${accountAt}. If that is wrong, set --account.`,
  ];
}

const SHOWN = 3;

/** The parts that were left out, with the reason. Of many with one reason, the first few and a count. */
export function leftOutLines(dropped: readonly Dropped[]): string[] {
  const reasons = [...new Set(dropped.map(({ why }) => why))];
  return reasons.flatMap((why) => {
    const pointers = dropped.filter((each) => each.why === why).map(({ pointer }) => pointer);
    const more = pointers.length - SHOWN;
    const shown = more > 1 ? pointers.slice(0, SHOWN) : pointers;
    return [...shown.map((pointer) => `${pointer}   ${why}`), ...(more > 1 ? [`… and ${more} more`] : [])];
  });
}
