import { z } from "zod";
import { partitionOf } from "../../contract/partitions.ts";
import { UserError } from "../../contract/user-error.ts";
import { type AddressedResource, computedAttributes, type Deployment } from "./computed-attributes.ts";
import { evaluate, type Scope } from "./evaluate.ts";
import { parseTemplate } from "./expression.ts";
import { type Configuration, readConfiguration } from "./read-configuration.ts";

/** A resource or data source with every reference resolved, and what AWS would assign to it. */
export interface ResolvedResource {
  /** Such as `aws_s3_bucket.intake_bucket` or `data.aws_partition.account_partition`. */
  readonly address: string;
  readonly type: string;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface ResolvedStack {
  /** Paths in the values, such as that of a function's code, start from here. */
  readonly directory: string;
  readonly resources: readonly ResolvedResource[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/**
 * Resolves the configuration in a stack's directory, without Terraform: variables, locals, references between
 * resources, functions, and what AWS would answer.
 * @param variables values that go before those of the variable files
 * @throws UserError naming the address of what cannot be resolved
 */
export async function resolveStack(
  directory: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<ResolvedStack> {
  const configuration = await readConfiguration(directory, variables);
  const resolver = new Resolver(configuration);
  return { directory, resources: resolver.resources(), outputs: resolver.outputs() };
}

type Mode = "managed" | "data";
type Block = Readonly<Record<string, unknown>>;

/** Arguments that say how Terraform works, not what a resource is. */
const metaArguments = new Set(["//", "depends_on", "lifecycle", "provider", "count", "for_each"]);

const providerSchema = z.object({ region: z.string(), allowed_account_ids: z.array(z.string()).length(1) });

class Resolver implements Scope {
  readonly #configuration: Configuration;
  readonly #known = new Map<string, unknown>();
  /** The addresses that are being resolved, each for the sake of the one before. */
  readonly #pending: string[] = [];

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
  }

  resources(): ResolvedResource[] {
    return [...this.#all("data"), ...this.#all("managed")];
  }

  outputs(): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(this.#configuration.output).map(([name, { value }]) => [
        name,
        this.#resolve(`output.${name}`, value),
      ]),
    );
  }

  lookUp(path: readonly string[]): { value: unknown; names: number } {
    const [first = "", second = ""] = path;
    if (first === "var") return { value: this.#variable(second), names: 2 };
    if (first === "local") return { value: this.#local(second), names: 2 };
    const mode: Mode = first === "data" ? "data" : "managed";
    const [type = "", name = "", attribute] = mode === "data" ? path.slice(1) : path;
    if (attribute === undefined) throw new Error(`${path.join(".")} names no attribute`);
    return { value: this.#attribute(mode, type, name, attribute), names: mode === "data" ? 4 : 3 };
  }

  #all(mode: Mode): ResolvedResource[] {
    return Object.entries(this.#blocks(mode)).flatMap(([type, named]) =>
      Object.keys(named).map((name) => ({
        address: addressOf(mode, type, name),
        type,
        values: this.#values(mode, type, name),
      })),
    );
  }

  #values(mode: Mode, type: string, name: string): Record<string, unknown> {
    const block = this.#block(mode, type, name);
    const names = [
      ...Object.keys(block).filter((key) => !metaArguments.has(key)),
      ...Object.keys(computedAttributes(mode, type)),
    ];
    return Object.fromEntries(names.map((key) => [key, this.#attribute(mode, type, name, key)]));
  }

  #attribute(mode: Mode, type: string, name: string, attribute: string): unknown {
    const block = this.#block(mode, type, name);
    const address = addressOf(mode, type, name);
    if (Object.hasOwn(block, attribute) && !metaArguments.has(attribute)) {
      return this.#resolve(`${address}.${attribute}`, block[attribute]);
    }
    const compute = computedAttributes(mode, type)[attribute];
    if (compute === undefined) {
      throw new Error(
        `${address} does not set "${attribute}", and the value that AWS would assign is not known here`,
      );
    }
    const resource: AddressedResource = {
      address,
      argument: (key) => String(this.#attribute(mode, type, name, key)),
    };
    return compute(resource, this.#deployment());
  }

  #variable(name: string): unknown {
    if (!Object.hasOwn(this.#configuration.variables, name))
      throw new Error(`there is no variable "${name}"`);
    return this.#configuration.variables[name];
  }

  #local(name: string): unknown {
    if (!Object.hasOwn(this.#configuration.locals, name))
      throw new Error(`there is no local value "${name}"`);
    return this.#resolve(`local.${name}`, this.#configuration.locals[name]);
  }

  #block(mode: Mode, type: string, name: string): Block {
    const block = this.#blocks(mode)[type]?.[name];
    if (block === undefined) throw new Error(`there is no ${addressOf(mode, type, name)}`);
    return block;
  }

  #blocks(mode: Mode): Configuration["resource"] {
    return mode === "data" ? this.#configuration.data : this.#configuration.resource;
  }

  #deployment(): Deployment {
    const [provider] = this.#configuration.provider.aws;
    const resolved = {
      region: this.#resolve("provider.aws.region", provider?.["region"]),
      allowed_account_ids: this.#resolve(
        "provider.aws.allowed_account_ids",
        provider?.["allowed_account_ids"],
      ),
    };
    const { region, allowed_account_ids: accountIds } = providerSchema.parse(resolved);
    return { region, accountId: accountIds[0] ?? "", ...placeOf(region) };
  }

  /** The value at an address, resolved once. */
  #resolve(address: string, value: unknown): unknown {
    if (this.#known.has(address)) return this.#known.get(address);
    if (this.#pending.includes(address)) {
      const cycle = [...this.#pending.slice(this.#pending.indexOf(address)), address];
      throw new UserError(`The configuration has a circular reference: ${cycle.join(" → ")}.`);
    }
    this.#pending.push(address);
    const resolved = this.#resolveWithin(address, value);
    this.#pending.pop();
    this.#known.set(address, resolved);
    return resolved;
  }

  #resolveWithin(address: string, value: unknown): unknown {
    if (typeof value === "string") return this.#resolveText(address, value);
    if (Array.isArray(value))
      return value.map((item, index) => this.#resolveWithin(`${address}[${index}]`, item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, this.#resolveWithin(`${address}.${key}`, inner)]),
    );
  }

  #resolveText(address: string, text: string): unknown {
    try {
      return evaluate(parseTemplate(text), this);
    } catch (cause) {
      if (cause instanceof UserError) throw cause;
      const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new UserError(`${address} cannot be resolved: ${reason}. Its value is ${shown}`, { cause });
    }
  }
}

function addressOf(mode: Mode, type: string, name: string): string {
  return `${mode === "data" ? "data." : ""}${type}.${name}`;
}

function placeOf(region: string): Pick<Deployment, "partition" | "dnsSuffix"> {
  return {
    partition: partitionOf(region),
    dnsSuffix: region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com",
  };
}
