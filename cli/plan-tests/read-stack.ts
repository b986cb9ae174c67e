import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as z from "zod";
import type { Values } from "./conditions.ts";

/** A condition of Terraform, and its message for whoever breaks it. */
export interface Rule {
  /** Of what it is one: `var.region`, or `data.aws_kms_key.encryption_key`. */
  readonly address: string;
  readonly condition: string;
  readonly message: string;
}

export interface Variable {
  readonly name: string;
  /** Such as `list(string)`. */
  readonly type: string;
  readonly value: unknown;
  readonly rules: readonly Rule[];
}

/** A data source: what the stack looks up. */
export interface LookUp {
  readonly address: string;
  readonly type: string;
  /** Its arguments, with the variables' values in the place of references to them alone. */
  readonly args: Values;
  readonly postconditions: readonly Rule[];
  /** Addresses of other data sources that it refers to. */
  readonly needs: readonly string[];
}

/** What a test of a stack's plan is about. */
export interface StackFacts {
  readonly name: string;
  readonly values: Values;
  readonly variables: readonly Variable[];
  readonly lookUps: readonly LookUp[];
  /** Conditions of resources, outputs and checks. */
  readonly others: readonly string[];
  /** Sources of its providers, such as `hashicorp/aws`. */
  readonly providers: readonly string[];
}

const conditions = z
  .array(z.object({ condition: z.string(), error_message: z.string() }))
  .optional()
  .transform((each = []) => each);
const lifecycle = z.object({ precondition: conditions, postcondition: conditions }).optional();
const blocks = <Block extends z.ZodType>(block: Block) => z.record(z.string(), block).optional();
const configurationSchema = z.object({
  terraform: z.object({ required_providers: z.record(z.string(), z.object({ source: z.string() })) }),
  variable: blocks(z.object({ type: z.string(), validation: conditions })),
  data: blocks(z.record(z.string(), z.looseObject({ lifecycle }))),
  resource: blocks(z.record(z.string(), z.looseObject({ lifecycle }))),
  output: blocks(z.looseObject({ precondition: conditions })),
  check: blocks(z.unknown()),
});
type Configuration = z.infer<typeof configurationSchema>;

/** Reads a synthesized stack's directory: its configuration, and the values of its variables. */
export function readStack(directory: string): StackFacts {
  const name = basename(directory);
  const read = (file: string): unknown => JSON.parse(readFileSync(join(directory, file), "utf8"));
  const configuration = configurationSchema.parse(read("cdk.tf.json"));
  const file = `${name}.auto.tfvars.json`;
  const values = existsSync(join(directory, file)) ? z.record(z.string(), z.unknown()).parse(read(file)) : {};
  return {
    name,
    values,
    variables: variablesOf(configuration, values),
    lookUps: lookUpsOf(configuration, values),
    others: othersOf(configuration),
    providers: Object.values(configuration.terraform.required_providers).map(({ source }) => source),
  };
}

const rulesOf = (address: string, stated: z.infer<typeof conditions>): Rule[] =>
  stated.map(({ condition, error_message: message }) => ({ address, condition, message }));

function variablesOf({ variable = {} }: Configuration, values: Values): Variable[] {
  return Object.entries(variable).map(([name, { type, validation }]) => ({
    name,
    type,
    value: values[name],
    rules: rulesOf(`var.${name}`, validation),
  }));
}

function lookUpsOf({ data = {} }: Configuration, values: Values): LookUp[] {
  return each(data).map(({ type, name, block }) => {
    const { lifecycle: stated, ...args } = block;
    const address = `data.${type}.${name}`;
    return {
      address,
      type,
      args: Object.fromEntries(Object.entries(args).map(([key, value]) => [key, resolve(value, values)])),
      postconditions: rulesOf(address, stated?.postcondition ?? []),
      needs: [...new Set(JSON.stringify(args).match(/\bdata\.\w+\.\w+/g) ?? [])],
    };
  });
}

function resolve(value: unknown, values: Values): unknown {
  const [, name] = typeof value === "string" ? (/^\$\{var\.(\w+)\}$/.exec(value) ?? []) : [];
  return name === undefined ? value : values[name];
}

function othersOf({ data = {}, resource = {}, output = {}, check = {} }: Configuration): string[] {
  const ofResources = each(resource).flatMap(({ type, name, block: { lifecycle: stated } }) =>
    rulesOf(`${type}.${name}`, [...(stated?.precondition ?? []), ...(stated?.postcondition ?? [])]),
  );
  const ofData = each(data).flatMap(({ type, name, block: { lifecycle: stated } }) =>
    rulesOf(`data.${type}.${name}`, stated?.precondition ?? []),
  );
  const ofOutputs = Object.entries(output).flatMap(([name, { precondition }]) =>
    rulesOf(`output.${name}`, precondition),
  );
  return [
    ...[...ofResources, ...ofData, ...ofOutputs].map(({ address, message }) => `${address}: ${message}`),
    ...Object.keys(check).map((name) => `check.${name}`),
  ];
}

function each<Block>(byType: Readonly<Record<string, Readonly<Record<string, Block>>>>) {
  return Object.entries(byType).flatMap(([type, byName]) =>
    Object.entries(byName).map(([name, block]) => ({ type, name, block })),
  );
}
