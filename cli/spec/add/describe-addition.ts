import type { ImportedDocument } from "../../../openapi/import/import-document.ts";
import { lintDocument } from "../../../openapi/lint-document.ts";
import { displayPath } from "../../caller-files.ts";
import { formatFindings } from "../format-findings.ts";
import { homeLines, leftOutLines, section } from "../report-lines.ts";
import { describeChange, type FileChange } from "../write-files.ts";
import type { Addition } from "./plan-addition.ts";
import { renderLiteral } from "./render-literal.ts";

export interface AdditionReport {
  /** What was imported, for people. */
  readonly source: string;
  readonly api: string;
  readonly dryRun: boolean;
}

/** The changes, the bindings of each environment, the findings of the lint, what to check, and what to do next. */
export function describeAddition(addition: Addition, { source, api, dryRun }: AdditionReport): string[] {
  const changed = addition.changes.filter(({ before, after }) => before !== after);
  const names = changed.map(({ path }) => displayPath(path));
  return [
    ...changed.flatMap((change) => [dryRun ? describeChange(change) : describeWritten(change), ""]),
    outcome(names, source, dryRun),
    ...homeLines(addition.imported.home),
    ...section("Bindings, by environment", bindings(addition)),
    ...section("Left out", leftOutLines(addition.imported.dropped)),
    ...findings(addition.imported),
    ...section("Check before you plan", addition.undecided),
    ...section("Next", nextSteps(addition, api, dryRun)),
  ];
}

/** A new document is long, and a dry run has shown it: all of it would hide the report. */
function describeWritten(change: FileChange): string {
  if (change.before !== undefined) return describeChange(change);
  return `${displayPath(change.path)} is new (${change.after.trimEnd().split("\n").length} lines).`;
}

function outcome(names: readonly string[], source: string, dryRun: boolean): string {
  if (names.length === 0) return `Everything is up to date with ${source}.`;
  const list = names.join(", ");
  if (dryRun) return `Nothing was written. Without --dry-run, the command writes ${list} from ${source}.`;
  return `${list} ${names.length === 1 ? "was" : "were"} written from ${source}.`;
}

function bindings({ imported, entries }: Addition): string[] {
  const labels = new Map(imported.literals.map(({ placeholder, label }) => [placeholder, label]));
  const bound = entries.flatMap(({ environment, entry }) =>
    Object.entries(entry["bindings"] ?? {}).map(([name, target]) => ({
      name,
      line: `${environment.name}: ${renderLiteral(target, { indent: "", unit: "  " })}`,
    })),
  );
  const names = [...new Set(bound.map(({ name }) => name))].toSorted();
  return names.flatMap((name) => {
    const label = labels.get(name);
    const lines = bound.filter((each) => each.name === name).map(({ line }) => `    ${line}`);
    return [label === undefined ? name : `${name}, from ${label}`, ...lines];
  });
}

/** Errors do not keep the API from being added: they are corrected in the written document. */
function findings({ document }: ImportedDocument): string[] {
  const found = lintDocument(document);
  const errors = found.some(({ severity }) => severity === "error");
  const title = errors ? "Errors to correct before synthesis, and warnings" : "Warnings";
  return section(title, found.length > 0 ? formatFindings(found) : []);
}

function nextSteps({ imported, changes, entries }: Addition, api: string, dryRun: boolean): string[] {
  if (dryRun) return ["run the same command without --dry-run"];
  const file = displayPath(changes[0]?.path ?? "");
  const errors = lintDocument(imported.document).some(({ severity }) => severity === "error");
  return [
    ...(errors ? [`correct ${file} until this command finds no errors: npm run spec -- lint ${file}`] : []),
    `npm start -- ${entries[0]?.environment.name} runs it on this machine, without AWS`,
    "npm run test:fast",
    "npm run synth",
    ...entries.map(({ environment }) => `npm run plan -- ${environment.name}`),
    `after the apply, render the proxy again, so that it knows ${api} (docs/proxy.md)`,
  ];
}
