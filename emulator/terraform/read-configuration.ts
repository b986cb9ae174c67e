import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../contract/user-error.ts";

const blockSchema = z.record(z.string(), z.unknown());
const resourcesSchema = z.record(z.string(), z.record(z.string(), blockSchema)).default({});

const configurationSchema = z.object({
  provider: z.object({ aws: z.array(blockSchema).min(1) }),
  variable: z.record(z.string(), blockSchema).default({}),
  locals: blockSchema.default({}),
  data: resourcesSchema,
  resource: resourcesSchema,
  output: z.record(z.string(), z.object({ value: z.unknown() })).default({}),
});

/** A stack's configuration as it was synthesized, with the values of its variables. */
export type Configuration = z.infer<typeof configurationSchema> & {
  readonly variables: Readonly<Record<string, unknown>>;
};

/**
 * Reads `cdk.tf.json` and the variable files beside it, in the order of their names as Terraform does.
 * @param given values that go before those of the files
 * @throws UserError if a file is missing or has another form, or if values and variables do not match
 */
export async function readConfiguration(
  directory: string,
  given: Readonly<Record<string, unknown>>,
): Promise<Configuration> {
  const file = join(directory, "cdk.tf.json");
  const parsed = configurationSchema.safeParse(await readJson(file));
  if (!parsed.success) {
    throw new UserError(
      `${file} does not have the form that cdktf writes:\n${z.prettifyError(parsed.error)}`,
    );
  }
  const variables = { ...(await readVariableFiles(directory)), ...given };
  checkVariables(parsed.data.variable, variables);
  return { ...parsed.data, variables: { ...defaultsOf(parsed.data.variable), ...variables } };
}

async function readVariableFiles(directory: string): Promise<Record<string, unknown>> {
  const names = (await readdir(directory)).filter((name) => name.endsWith(".auto.tfvars.json")).sort();
  const values: Record<string, unknown> = {};
  for (const name of names) Object.assign(values, blockSchema.parse(await readJson(join(directory, name))));
  return values;
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (cause) {
    throw new UserError(`${file} cannot be read: ${cause}. Run "npm run synth" to write it.`, { cause });
  }
}

function defaultsOf(declared: Configuration["variable"]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(declared).flatMap(([name, block]) =>
      "default" in block ? [[name, block["default"]]] : [],
    ),
  );
}

function checkVariables(
  declared: Configuration["variable"],
  values: Readonly<Record<string, unknown>>,
): void {
  const unknown = Object.keys(values).filter((name) => !Object.hasOwn(declared, name));
  const missing = Object.keys(declared).filter(
    (name) => !Object.hasOwn(values, name) && !("default" in (declared[name] ?? {})),
  );
  const problems = [
    ...unknown.map((name) => `var.${name} has a value, but the stack does not declare it`),
    ...missing.map((name) => `var.${name} has no value`),
  ];
  if (problems.length > 0) throw new UserError(problems.join("\n"));
}
