import { adviseBinding } from "../../env/api-fields.ts";
import { formatDocument } from "../../openapi/format-document.ts";
import type { ImportedDocument } from "../../openapi/import/import-document.ts";
import { lintDocument } from "../../openapi/lint-document.ts";
import { listPlaceholders } from "../../openapi/placeholders.ts";
import { displayPath, fromCaller } from "../caller-files.ts";
import type { CommandContext } from "../command.ts";
import { formatFindings } from "./format-findings.ts";
import { describeChange, readFileChange, writeFiles } from "./write-files.ts";

export interface WriteOptions {
  readonly imported: ImportedDocument;
  /** What was imported, for people. */
  readonly source: string;
  readonly file: string;
  readonly dryRun: boolean;
}

/** Writes an imported document, or shows how it would change; then says what it stands on and what is left to do. */
export function writeDocument(
  { imported, source, file, dryRun }: WriteOptions,
  { env, print }: Pick<CommandContext, "env" | "print">,
): void {
  const path = fromCaller(file, env);
  const change = readFileChange(path, formatDocument(imported.document));
  const { before, after } = change;
  if (dryRun) print(describeChange(change));
  else writeFiles([change]);
  const name = displayPath(path);
  print(outcome({ source, name, dryRun, isNew: before === undefined, isSame: before === after }));
  for (const line of report(imported)) print(line);
}

function outcome(of: {
  source: string;
  name: string;
  dryRun: boolean;
  isNew: boolean;
  isSame: boolean;
}): string {
  if (of.isSame) return `${of.name} already says what ${of.source} does.`;
  if (of.dryRun) return `\nNothing was written: this is what ${of.source} would make of ${of.name}.`;
  return `${of.name} is ${of.isNew ? "written" : "rewritten"} from ${of.source}.`;
}

function report({ document, literals, dropped }: ImportedDocument): string[] {
  const placeholders = listPlaceholders(document);
  const findings = lintDocument(document);
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const toBind = [...placeholders.keys()].filter((name) => name.includes(".")).toSorted();
  const widest = Math.max(...toBind.map((name) => name.length));
  const labels = new Map(literals.map(({ placeholder, label }) => [placeholder, label]));
  return [
    ...section(
      "Placeholders, to be bound in each environment (env/*.ts)",
      toBind.map((name) => {
        const [was, places] = [labels.get(name), placeholders.get(name)?.length ?? 0];
        const origin = was === undefined ? "" : `it was ${was}, `;
        return `${name.padEnd(widest)}   ${origin}${places === 1 ? "1 place" : `${places} places`}; ${adviseBinding(name)}`;
      }),
    ),
    ...section(
      "Left out",
      dropped.map(({ pointer, why }) => `${pointer}   ${why}`),
    ),
    ...section(
      errors > 0 ? "To mend before it can be deployed" : "To look at",
      findings.length > 0 ? formatFindings(findings) : [],
    ),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${line}`)];
}
