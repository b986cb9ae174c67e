import * as z from "zod";

const check = z.object({
  expected: z.string(),
  result: z.enum(["holds", "fails", "not checked"]),
  got: z.string().nullish(),
  finding: z.object({ part: z.string(), look: z.string() }).nullish(),
});

/** What "npm run verify -- <environment> --json" prints, as far as a release tells of it. */
const reportSchema = z.object({
  steps: z.array(z.object({ title: z.string(), checks: z.array(check) })).min(1),
});
type Check = z.infer<typeof check>;

const NOT_UNDERSTOOD = "  (the report has an unknown format: see the log)";

/** A line for each step, and below it what does not hold or was not checked. */
export function reportLines(report: unknown): string[] {
  const { data } = reportSchema.safeParse(report);
  if (data === undefined) return [NOT_UNDERSTOOD];
  return data.steps.flatMap(({ title, checks }) => {
    const mark = checks.some(({ result }) => result === "fails") ? "✗" : "✓";
    const isUnchecked = checks.every(({ result }) => result === "not checked");
    return [`  ${isUnchecked ? "–" : mark} ${title}`, ...checks.flatMap(detailLines)];
  });
}

/** What does not hold, and where to look. */
export function reportReasons(report: unknown): string[] {
  const { data } = reportSchema.safeParse(report);
  if (data === undefined) return [NOT_UNDERSTOOD];
  return data.steps.flatMap(({ title, checks }) => {
    const lines = checks.filter(({ result }) => result === "fails").flatMap(detailLines);
    return lines.length === 0 ? [] : [`  ✗ ${title}`, ...lines];
  });
}

function detailLines({ expected, result, got, finding }: Check): string[] {
  if (result === "holds") return [];
  const why = result === "fails" ? `got ${got ?? "nothing"}` : `not checked: ${got ?? "no information"}`;
  return [
    `      ${expected}: ${why}`,
    ...(finding ? [`      part: ${finding.part}`, `      look: ${finding.look}`] : []),
  ];
}
