import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { ingestionStackName } from "../../domain/names.ts";
import { evaluate, type Scope } from "../../emulator/terraform/evaluate.ts";
import { parseTemplate } from "../../emulator/terraform/expression.ts";
import type { Environment } from "../../env/schema.ts";
import type { OpenApiDocument } from "../../openapi/openapi-document.ts";
import { parseDocument } from "../../openapi/parse-document.ts";
import { IngestionStack } from "../../stacks/ingestion/ingestion-stack.ts";

/** The parts of a `cdk.tf.json` that tests look at, by type and local name. */
export interface TerraformJson {
  readonly terraform: {
    readonly backend?: Record<string, Record<string, unknown>>;
    readonly cloud?: Record<string, unknown>;
    readonly required_providers: Record<string, { source: string; version: string }>;
    readonly required_version: string;
  };
  readonly provider: { readonly aws: Record<string, unknown>[] };
  readonly resource: Record<string, Record<string, Block>>;
  readonly data: Record<string, Record<string, Block>>;
  readonly variable: Record<string, Block>;
  readonly output: Record<string, Block>;
  readonly locals: Record<string, string>;
  readonly moved?: readonly { readonly from: string; readonly to: string }[];
  readonly removed?: readonly { readonly from: string; readonly lifecycle: Block }[];
}
// biome-ignore lint/suspicious/noExplicitAny: JSON that the tests know the shape of
export type Block = Record<string, any>;

export interface Synthesized {
  readonly json: TerraformJson;
  readonly text: string;
  readonly variableValues: Readonly<Record<string, unknown>>;
}

export function readDocuments(): Record<string, OpenApiDocument> {
  return Object.fromEntries(
    readdirSync("specs")
      .filter((file) => file.endsWith(".openapi.json"))
      .map((file) => [file, parseDocument(readFileSync(join("specs", file), "utf8"), file)]),
  );
}

/**
 * Synthesizes the stack of one environment as main.ts does, with a few bytes in place of the built functions.
 * `extend` may add to the stack before it is synthesized.
 */
export function synthesize(
  environment: Environment,
  documents = readDocuments(),
  extend: (stack: IngestionStack) => void = () => undefined,
): Synthesized {
  const outdir = mkdtempSync(join(tmpdir(), "synth-"));
  try {
    const bundle = { path: join(outdir, "functions.zip"), sha256Base64: "c2hhMjU2" };
    writeFileSync(bundle.path, "bundle");
    const app = new App({ outdir });
    const id = ingestionStackName(environment.name);
    const stack = new IngestionStack(app, id, { environment, documents, bundle });
    extend(stack);
    app.synth();
    const text = readFileSync(join(outdir, "stacks", id, "cdk.tf.json"), "utf8");
    return { text, json: JSON.parse(text), variableValues: stack.variableValues };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** All of a type. */
export const resources = ({ json }: Synthesized, type: string): Block[] =>
  Object.values(json.resource[type] ?? {});

/** @throws Error that names those of the type, where there is none of that name */
export const resource = (stack: Synthesized, type: string, name: string): Block => {
  const found = stack.json.resource[type]?.[name];
  if (!found) {
    throw new Error(`no ${type}.${name}, but ${Object.keys(stack.json.resource[type] ?? {})}`);
  }
  return found;
};

export const types = (stack: Synthesized) => Object.keys(stack.json.resource);
export const statements = (policy: string): Block[] => jsonOf(policy).Statement;

/** JSON of a stack, also where Terraform is to encode it: references stand there as they are. */
export function jsonOf(text: string): Block {
  const encoded = text.startsWith("${jsonencode(") ? evaluate(parseTemplate(text), references) : text;
  return JSON.parse(String(encoded));
}

const references: Scope = {
  lookUp: (path) => ({ value: `\${${path.join(".")}}`, names: path.length }),
};
