import type { SupportFinding, SupportReport } from "./assess-support.ts";

/** For the reader: a line for each version, what to know below it, then what is unchecked, old or needless. */
export function formatSupport(report: SupportReport, unchecked: readonly string[]): string {
  const { date, findings, needless } = report;
  const width = Math.max(...findings.map(({ product, version }) => `${product} ${version}`.length));
  const rows = findings.flatMap((finding) => [formatRow(finding, width), ...details(finding)]);
  const notes = [
    ...unchecked.map((what) => `not checked: ${what}`),
    ...formatOldRows(report),
    ...needless.map(
      ({ product, version }) =>
        `needless: nothing uses ${product} ${version}. Remove its exception from env/project.ts`,
    ),
  ];
  const open = findings.filter(({ state }) => state === "ended" || state === "unknown").length;
  const verdict =
    open === 0
      ? "No version is past its end of support without an exception."
      : `${open} of ${findings.length} versions are past their end of support without an exception, or not in the table.`;
  return [`Ends of support, as of ${date}`, "", ...rows, "", ...notes, verdict].join("\n");
}

function formatOldRows({ oldRows }: SupportReport): string[] {
  return [...new Set(oldRows.map(({ lookedUp }) => lookedUp))].map((day) => {
    const products = oldRows.filter(({ lookedUp }) => lookedUp === day).map(({ product }) => product);
    return `old: last looked up on ${day}: ${products.join(", ")}. Renew the table: docs/support.md`;
  });
}

function formatRow(
  { product, version, state, ends, daysLeft, where }: SupportFinding,
  width: number,
): string {
  const name = `${product} ${version}`.padEnd(width);
  return `${state.padEnd(9)}  ${name}  ${formatEnd(state, ends, daysLeft).padEnd(29)}  ${where.join(", ")}`;
}

function formatEnd(state: string, ends: string | undefined, daysLeft = 0): string {
  if (ends === undefined) return state === "unknown" ? "not in the table" : "none announced";
  const days = Math.abs(daysLeft) === 1 ? "1 day" : `${Math.abs(daysLeft)} days`;
  return daysLeft < 0 ? `${ends} (${days} ago)` : `${ends} (in ${days})`;
}

/** Of what asks for attention: what is no more then, who says so, and why it is used all the same. */
function details({ state, ends, afterwards, source, exception }: SupportFinding): string[] {
  const indented = (line: string) => `${" ".repeat(11)}${line}`;
  if (state === "supported" && ends !== undefined) return [];
  if (state === "unknown") {
    return [indented(`add its end to cli/support/ends-of-support.ts, from ${source}`)];
  }
  const held = state === "excepted" ? "has an exception until" : "its exception ended on";
  const excepted = exception ? [indented(`${held} ${exception.until}: ${exception.reason}`)] : [];
  return [indented(`${afterwards} (${source})`), ...excepted];
}
