import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { UserError } from "../../contract/user-error.ts";

export interface SynthesisComparison {
  /** Of each stack, in which lines the two differ: where, and what each has. Empty where they say the same. */
  readonly stacks: Readonly<Record<string, readonly string[]>>;
  /** As each library stamps what it writes, such as 0.21.0. */
  readonly versions: readonly [string, string];
}

/**
 * Compares what two libraries synthesized into folders: JSON by what it says, the rest by its bytes; their stamps apart.
 * @throws UserError where one library wrote both
 */
export function compareSynthesis(one: string, other: string): SynthesisComparison {
  const versions = [stampOf(one), stampOf(other)] as const;
  if (versions[0] === versions[1]) {
    throw new UserError(
      `Both results name the version ${versions[0]}, so cdktn did not replace cdktf. Delete .cache/cdktn and run the command again.`,
    );
  }
  const [files, others] = [filesIn(one), filesIn(other)];
  const stacks = new Map<string, string[]>();
  for (const file of [...new Set([...files, ...others])].toSorted()) {
    const [folder, stack = ""] = file.split("/");
    const group = folder === "stacks" ? stack : folder;
    const found = stacks.get(group ?? "") ?? [];
    stacks.set(group ?? "", found);
    if (!files.includes(file) || !others.includes(file)) {
      found.push(`${file} is in only one of the two results`);
    } else {
      found.push(...compareFile(join(one, file), join(other, file)).map((line) => `${file}: ${line}`));
    }
  }
  return { stacks: Object.fromEntries(stacks), versions };
}

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    statSync(join(folder, file)).isFile(),
  );

function compareFile(one: string, other: string): string[] {
  if (!one.endsWith(".json")) return readFileSync(one).equals(readFileSync(other)) ? [] : ["other bytes"];
  return differencesOf(withoutStamp(one), withoutStamp(other), "");
}

/** Version of the library: in the manifest, and in each stack's metadata. */
function withoutStamp(file: string): unknown {
  const content = JSON.parse(readFileSync(file, "utf8"));
  if (basename(file) === "manifest.json") delete content.version;
  delete content["//"]?.metadata?.version;
  return content;
}

function stampOf(folder: string): string {
  return String(JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")).version);
}

/** By paths as of JSON pointers, with what is there and what is there in the other. */
function differencesOf(one: unknown, other: unknown, path: string): string[] {
  if (!isTree(one) || !isTree(other) || Array.isArray(one) !== Array.isArray(other)) {
    return Object.is(one, other) ? [] : [`${path || "/"} is ${show(one)} by cdktf, ${show(other)} by cdktn`];
  }
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].flatMap((key) => differencesOf(one[key], other[key], `${path}/${key}`));
}

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

function show(value: unknown): string {
  if (value === undefined) return "absent";
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
