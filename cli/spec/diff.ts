import type { Change } from "../../openapi/compare/change.ts";
import { compareDocuments } from "../../openapi/compare/compare-documents.ts";
import { formatDocument } from "../../openapi/format-document.ts";
import { importDocument } from "../../openapi/import/import-document.ts";
import { parseDocument } from "../../openapi/parse-document.ts";
import { readInput } from "../caller-files.ts";
import { command } from "../command.ts";
import { homeOptions, homesOf } from "./home-options.ts";

const help = `usage: npm run spec -- diff <before> <after> [--account <id> …] [--region <name> …]
       [--foreign refuse|keep] [--json]

Compares two documents of specs/, two exports, or a document with an export. It prints what changed for callers (paths,
methods, parameters, models, statuses), which of these changes may break them, and what changed behind the API. It imports
exports first, so exports of one API from two accounts are equal. The exit code is 1 if a change may break callers, and 2
for a wrong command line.

  --account <id>      account of the export, if its ARNs do not show it; give it twice if the two exports differ
  --region <name>     region of the export, in the same way
  --foreign refuse    fails if an export names resources of another account or region. Default: keep, which compares them by
                      placeholders
  --json              for programs: { breaking, changes: [{ side, breaking, where, pointer, message }] }`;

const shape = {
  help,
  positionals: [2, 2],
  missing: "Name two documents or exports.",
  options: { ...homeOptions, json: "flag" },
} as const;

export const runDiff = command(shape, (given, { env, print }) => {
  const homes = homesOf(given, 2);
  // Nothing is deployed: resources of other accounts do not prevent a comparison.
  const [before = "", after = ""] = given.positionals.map((source, index) => {
    const { foreign = "keep", ...home } = homes[index] ?? {};
    return formatDocument(
      importDocument(readInput(source, env), { source, foreign, isForComparison: true, ...home }).document,
    );
  });
  const changes = compareDocuments(parseDocument(before, "before"), parseDocument(after, "after"));
  const breaking = changes.filter((change) => change.breaking).length;
  if (given.isSet("json")) print(JSON.stringify({ breaking, changes }, null, 2));
  else for (const line of asText(changes, { breaking, isSame: before === after })) print(line);
  return breaking > 0 ? 1 : 0;
});

function asText(
  changes: readonly Change[],
  { breaking, isSame }: { breaking: number; isSame: boolean },
): string[] {
  if (isSame) return ["The two are equal."];
  if (changes.length === 0) return ["They differ only in descriptions, or in parts that nothing refers to."];
  const parts: [string, Change[]][] = [
    ["May break callers", changes.filter((change) => change.breaking)],
    ["Other changes for callers", changes.filter((change) => change.side === "caller" && !change.breaking)],
    ["Behind the API", changes.filter((change) => change.side === "behind")],
  ];
  const count = changes.length === 1 ? "1 change" : `${changes.length} changes`;
  return [
    ...parts.flatMap(([title, those]) =>
      those.length === 0 ? [] : [title, ...those.map(({ where, message }) => `  ${where}: ${message}`), ""],
    ),
    `${count}; ${breaking} may break callers.`,
  ];
}
