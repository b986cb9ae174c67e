import { adviseBinding } from "../../env/api-fields.ts";
import { formatDocument } from "../../openapi/format-document.ts";
import type { ImportedDocument } from "../../openapi/import/import-document.ts";
import type { NamedLiteral } from "../../openapi/import/name-literals.ts";
import { lintDocument } from "../../openapi/lint-document.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import { bindingOf } from "../../openapi/placeholder-parts.ts";
import { listPlaceholders } from "../../openapi/placeholders.ts";
import { displayPath, fromCaller } from "../caller-files.ts";
import type { CommandContext } from "../command.ts";
import { formatFindings } from "./format-findings.ts";
import { homeLines, leftOutLines, section } from "./report-lines.ts";
import { describeChange, readFileChange, writeFiles } from "./write-files.ts";

export interface WriteOptions {
  readonly imported: ImportedDocument;
  /** What was imported, for people. */
  readonly source: string;
  readonly file: string;
  readonly dryRun: boolean;
}

/** Writes an imported document, or prints how it would change. Then prints its placeholders and what is left to do. */
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
  if (of.isSame) return `${of.name} is up to date with ${of.source}.`;
  if (of.dryRun)
    return `\nNothing was written. Run the command without --dry-run to write ${of.name} from ${of.source}.`;
  return `${of.name} was ${of.isNew ? "written" : "rewritten"} from ${of.source}.`;
}

function report({ document, literals, dropped, home }: ImportedDocument): string[] {
  const findings = lintDocument(document);
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const toBind = placesOfBindings(document);
  const widest = Math.max(...[...toBind.keys()].map((name) => name.length));
  const origins = new Map(literals.map((literal) => [literal.placeholder, literal]));
  return [
    ...homeLines(home),
    ...section(
      "Placeholders to bind in each environment (env/*.ts)",
      [...toBind].map(([name, { size }]) => {
        const was = origins.get(name);
        const origin = was === undefined ? "" : `from ${describeOrigin(was)}, `;
        const advice =
          was?.owner === undefined
            ? adviseBinding(name)
            : `bind it to { kind: "external", arn: "${was.text}" }`;
        return `${name.padEnd(widest)}   ${origin}${size === 1 ? "1 place" : `${size} places`}; ${advice}`;
      }),
    ),
    ...section("Left out", leftOutLines(dropped)),
    ...section(
      errors > 0 ? "Errors to correct before you deploy, and warnings" : "Warnings",
      findings.length > 0 ? formatFindings(findings) : [],
    ),
  ];
}

/** The places of each binding in a document. Parts such as `queue.orders.arn` belong to the binding `queue.orders`. */
function placesOfBindings(document: OpenApiDocument): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const [placeholder, pointers] of listPlaceholders(document)) {
    const { binding } = bindingOf(placeholder);
    if (binding.includes(".")) found.set(binding, new Set([...(found.get(binding) ?? []), ...pointers]));
  }
  return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function describeOrigin({ label, owner }: NamedLiteral): string {
  if (owner === undefined) return label;
  const { account, region } = owner;
  return `${label} of account ${account}${region === "" ? "" : ` in ${region}`}`;
}
