import { type LintProblem, rules } from "../../openapi/lint-document.ts";

const whys = new Map(rules.map(({ id, why }) => [id, why]));

/** Lines for people: each finding, and once for each rule why. */
export function formatFindings(findings: readonly LintProblem[]): string[] {
  const byRule = new Map<string, LintProblem[]>();
  for (const finding of findings) byRule.set(finding.rule, [...(byRule.get(finding.rule) ?? []), finding]);
  return [...byRule].flatMap(([rule, ofRule]) => [
    // What a text is, not what a document says, has no reason beside its message.
    [`${ofRule[0]?.severity}  ${rule}`, whys.get(rule)].filter((part) => part !== undefined).join(": "),
    ...ofRule.map(({ pointer, message }) => `  ${pointer === "" ? "(document)" : pointer}\n      ${message}`),
  ]);
}
